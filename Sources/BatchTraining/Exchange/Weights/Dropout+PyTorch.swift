extension Dropout: PyTorchExportable {
  public func pyTorchModules(for inputShape: [Int]) -> [PyTorchModule] { [PyTorchModule("Dropout(\(rate))")] }
}
