public import BatchFormats
public import BatchFoundation

/// Weights that cannot be written, or that a network cannot take.
public enum WeightsError: DiagnosticError, Equatable {
  /// PyTorch has no modules for a layer.
  case unsupportedLayer(name: String, layer: String)
  /// The file cannot be written.
  case notWritten(FileError)
  /// The file cannot be read.
  case notRead(DataError)
  /// The file does not say how its weights lie.
  case unknownLayout(path: String)
  /// The file says that its weights lie in a way that this package does not know.
  case foreignLayout(path: String, found: String)
  /// The file says something else than what is asked for.
  case otherLayout(path: String, found: String, expected: WeightsLayout)
  /// The file is of a later version of the format.
  case otherVersion(path: String, found: String)
  /// The file was written from a network with other layers or another input.
  case otherModel(path: String, found: String, expected: String)
  /// The tensors of the file are not the network's parameters.
  case tensors(path: String, [TensorProblem])

  public var diagnosis: Diagnosis {
    switch self {
    case .unsupportedLayer(let name, let layer):
      Diagnosis(
        .usage, "\(name), '\(layer)', has no counterpart in PyTorch",
        hint: "write the weights in the plain layout, or make its type conform to PyTorchExportable")
    case .notWritten(let error): error.diagnosis
    case .notRead(let error): error.diagnosis
    case .unknownLayout(let path):
      Diagnosis(
        .badData, "\(path) does not say how its weights lie",
        hint: "read it with the layout pyTorch if PyTorch wrote it, and with the layout plain if its weights are "
          + "[in, out]")
    case .foreignLayout(let path, let found):
      Diagnosis(
        .badData, "\(path) has the layout '\(found)', which this package does not know",
        hint: "take a newer one, or write the file in the layout "
          + WeightsLayout.allCases.map(\.rawValue).joined(separator: " or "))
    case .otherLayout(let path, let found, let expected):
      Diagnosis(
        .badData, "\(path) has the layout '\(found)', not '\(expected.rawValue)'",
        hint: "leave the layout away to take the file's")
    case .otherVersion(let path, let found):
      Diagnosis(
        .badData,
        "\(path) is of version \(found) of the format, and this package reads version \(WeightsMetadata.version)",
        hint: "take a newer package, or write the file anew with this one")
    case .otherModel(let path, let found, let expected):
      Diagnosis(
        .badData, "\(path) holds the weights of '\(found)', and the network is '\(expected)'",
        hint: "build the network that the file is of")
    case .tensors(let path, let problems):
      Diagnosis(
        .badData, "\(path) does not fit the network: \(problems.map(\.description).joined(separator: "; "))")
    }
  }
}

/// A tensor of a file that does not fit a network.
public enum TensorProblem: Equatable, Sendable, CustomStringConvertible {
  /// The file lacks a parameter.
  case missing(name: String, shape: [Int])
  /// The file has a tensor that is no parameter.
  case unexpected(name: String, shape: [Int])
  /// A tensor has another shape than the parameter.
  case shape(name: String, found: [Int], expected: [Int])
  /// The elements of a tensor are no floating-point numbers.
  case elementType(name: String, ElementType)

  public var description: String {
    switch self {
    case .missing(let name, let shape):
      "it has no '\(name)' \(shape) (build the network with fewer layers, or take the file of this one)"
    case .unexpected(let name, let shape):
      "the network has no '\(name)' \(shape) (build the network with the layer, or take the tensor out of the file)"
    case .shape(let name, let found, let expected):
      "'\(name)' is \(found) and should be \(expected) "
        + (found.count == 2 && found.reversed() == expected
          ? "(read it with the other layout, which has it transposed)" : "(build the network with the file's widths)")
    case .elementType(let name, let type):
      "'\(name)' has elements of \(type) (store it as float32, float64, float16 or bfloat16)"
    }
  }
}
