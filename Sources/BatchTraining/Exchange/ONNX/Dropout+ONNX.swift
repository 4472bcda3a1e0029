extension Dropout: ONNXExportable {
  /// Nothing: a trained network drops nothing.
  public func addNodes(
    to graph: inout ONNXGraph, input: String, inputShape: [Int], parameters: [String]
  ) -> String { input }
}
