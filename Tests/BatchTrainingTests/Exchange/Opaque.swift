import BatchAlgebra
import BatchTraining

/// A layer that does not say how it is written.
struct Opaque: Layer {
  var description: String { "opaque" }
  func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
    LayerPlan(output: input)
  }
  func forward<S: Scalar>(_ pass: LayerPass<S>) {}
  func backward<S: Scalar>(_ pass: LayerPass<S>) {}
}
