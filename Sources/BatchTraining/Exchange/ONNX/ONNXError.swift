public import BatchFoundation

/// A network that cannot be written as an ONNX model.
public enum ONNXError: DiagnosticError, Equatable {
  /// A layer does not say how it is written.
  case unsupportedLayer(name: String, layer: String)
  /// What is to be written about the network does not fit it.
  case mismatch(String)
  /// The model has more bytes than a Protocol Buffers message may have.
  case tooLarge(byteCount: Int)
  /// The file cannot be written.
  case file(FileError)

  public var diagnosis: Diagnosis {
    switch self {
    case .unsupportedLayer(let name, let layer):
      Diagnosis(
        .usage, "\(name), '\(layer)', cannot be written as ONNX",
        hint: "leave it out, or make its type conform to ONNXExportable")
    case .mismatch(let reason): Diagnosis(.usage, reason)
    case .tooLarge(let byteCount):
      Diagnosis(
        .system, "the model has \(byteCount) bytes and an ONNX file at most \(Self.largestByteCount)",
        hint: "write the weights as safetensors instead")
    case .file(let error): error.diagnosis
    }
  }

  /// The most bytes of a message: *Protocol Buffers, Encoding*, "Message Size".
  static var largestByteCount: Int { Int(Int32.max) }
}
