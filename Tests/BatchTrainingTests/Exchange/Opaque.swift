import BatchAlgebra
import BatchTraining

/// A layer that does not say how it is written.
struct Opaque: Layer {
  var description: String { "opaque" }
  func outputShape(for inputShape: [Int]) -> [Int] { inputShape }
  func parameters(for inputShape: [Int]) -> [ParameterDescription] { [] }
  func savedCount(for inputShape: [Int]) -> Int { 0 }
  func forward<S: Scalar>(_ pass: LayerPass<S>) {}
  func backward<S: Scalar>(_ pass: LayerPass<S>) {}
}
