/// A layer that can be written as nodes of an ONNX graph.
public protocol ONNXExportable: Layer {
  /// Adds the nodes that compute the layer's output as a trained network does, and returns the output's name.
  ///
  /// `input` names the layer's input [batch, `inputShape`…]; `parameters` and `buffers` name the layer's parameters and
  /// running buffers, in their order and plain shapes, which the graph holds already. A layer that only matters in
  /// training returns `input`.
  ///
  /// - Throws: ``ONNXError`` for settings that ONNX has no operators for.
  func addNodes(
    to graph: inout ONNXGraph, input: String, inputShape: [Int], parameters: [String], buffers: [String]
  ) throws(ONNXError) -> String
}

/// A loss that turns outputs into probabilities by an operator of ONNX.
public protocol ONNXExportableLoss: Loss {
  /// The operator, and its attributes.
  var probabilities: (operatorName: String, attributes: KeyValuePairs<String, ONNXAttribute>) { get }
}

extension SoftmaxCrossEntropy: ONNXExportableLoss {
  public var probabilities: (operatorName: String, attributes: KeyValuePairs<String, ONNXAttribute>) {
    ("Softmax", ["axis": .int(-1)])
  }
}

extension BinaryCrossEntropy: ONNXExportableLoss {
  public var probabilities: (operatorName: String, attributes: KeyValuePairs<String, ONNXAttribute>) {
    ("Sigmoid", [:])
  }
}
