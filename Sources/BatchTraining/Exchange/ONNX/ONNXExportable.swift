/// A layer that can be written as nodes of an ONNX graph.
public protocol ONNXExportable: Layer {
  /// Adds the nodes that compute the layer's output as a trained network does, and returns the output's name.
  ///
  /// `input` names the layer's input [batch, `inputShape`…]; `parameters` name the layer's parameters, in their order
  /// and plain shapes, which the graph holds already. A layer that only matters in training returns `input`.
  ///
  /// - Throws: ``ONNXError`` for settings that ONNX has no operators for.
  func addNodes(
    to graph: inout ONNXGraph, input: String, inputShape: [Int], parameters: [String]
  ) throws(ONNXError) -> String
}
