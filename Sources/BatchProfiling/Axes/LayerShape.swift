/// The shape of a dense layer, written as text: `784x512` takes 784 inputs to 512 outputs.
public struct LayerShape: Sendable, Hashable, CustomStringConvertible {
  /// The number of inputs.
  public let inputs: Int
  /// The number of outputs.
  public let outputs: Int

  /// The largest number of inputs or outputs.
  public static var limit: Int { 1_000_000 }

  /// Reads a shape.
  ///
  /// - Throws: ``LayerShapeError`` with the text when it is not two numbers with an x between them.
  public init(_ text: String) throws(LayerShapeError) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let inputs = Int(parts[0]), let outputs = Int(parts[1]), inputs > 0, outputs > 0,
      inputs <= Self.limit, outputs <= Self.limit
    else { throw LayerShapeError(text: text) }
    self.inputs = inputs
    self.outputs = outputs
  }

  public var description: String { "\(inputs)x\(outputs)" }
}

/// A layer shape that cannot be read.
public struct LayerShapeError: Error, Equatable, CustomStringConvertible {
  /// The text.
  public var text: String

  public var description: String {
    "'\(text)' is no layer: write inputs and outputs, each from 1 to \(LayerShape.limit), as in 784x512"
  }
}
