import BatchAlgebra
import BatchData

extension Standardisation {
  /// Adds (x − mean) · (1 / divisor), computed as ``/BatchData/Standardisation/apply(to:)`` does.
  func addNodes<S: Scalar>(to graph: inout ONNXGraph, input: String, inputShape: [Int], as scalar: S.Type) -> String {
    guard mode != .none else { return input }
    let shape = mode == .perFeature ? inputShape : []
    graph.addTensor("standardisation.mean", shape: shape, means.map { S($0) })
    graph.addTensor("standardisation.factor", shape: shape, divisors.map { S(1 / $0) })
    graph.scope = "standardisation"
    return graph.addNode("Mul", [graph.addNode("Sub", [input, "standardisation.mean"]), "standardisation.factor"])
  }
}
