extension Dropout: ONNXExportable, PyTorchExportable {
  /// Nothing: a trained network drops nothing.
  public func addNodes(
    to graph: inout ONNXGraph, input: String, inputShape: [Int], parameters: [String], buffers: [String]
  ) -> String { input }

  /// `Dropout` with the same rate.
  public func pyTorchModules(for inputShape: [Int]) -> [PyTorchModule] { [PyTorchModule("Dropout(\(rate))")] }
}
