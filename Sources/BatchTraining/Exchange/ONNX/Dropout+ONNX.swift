extension Dropout: ONNXExportable {
  /// Nothing: y = x once a network is trained.
  public func addNodes(
    to graph: inout ONNXGraph, input: String, inputShape: [Int], parameters: [String]
  ) -> String { input }
}
