extension Dropout: PyTorchExportable {
  /// `Dropout`, which means the same and draws other masks.
  public func pyTorchModules(for inputShape: [Int]) -> [PyTorchModule] { [PyTorchModule("Dropout(\(rate))")] }
}
