/// What a file of weights says of itself in its header.
enum WeightsMetadata {
  /// The version of the format that is written and read.
  static let version = "1"

  static let versionKey = "batchwise.format_version"
  static let layoutKey = "batchwise.layout"
  /// The layers in words, and the shape of an example.
  static let modelKey = "batchwise.model"
  static let inputShapeKey = "batchwise.input_shape"
  /// The expression that makes the network in Python.
  static let pyTorchKey = "batchwise.pytorch"
}
