public import BatchFoundation

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

  /// A shape of positive numbers up to ``limit``.
  public init(inputs: Int, outputs: Int) {
    precondition(
      inputs > 0 && outputs > 0 && inputs <= Self.limit && outputs <= Self.limit, "a layer of \(inputs)×\(outputs)")
    self.inputs = inputs
    self.outputs = outputs
  }

  public var description: String { "\(inputs)x\(outputs)" }
}

extension LayerShape: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    do {
      try self.init(text)
    } catch {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: error.description))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// A layer shape that cannot be read.
public struct LayerShapeError: DiagnosticError, Equatable {
  /// The text.
  public var text: String

  public var diagnosis: Diagnosis {
    Diagnosis(
      .usage, "'\(text)' is no layer: write inputs and outputs, each from 1 to \(LayerShape.limit), as in 784x512")
  }
}
