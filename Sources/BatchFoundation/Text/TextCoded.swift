/// A value that is written as text wherever it is written: on a command line, in a message, in a file of JSON.
///
/// The text that `description` gives reads back as an equal value.
public protocol TextCoded: Codable, Hashable, Sendable, CustomStringConvertible {
  /// What a text that cannot be read throws.
  associatedtype ReadingError: Error, CustomStringConvertible
  /// Reads the text.
  init(_ text: String) throws(ReadingError)
}

extension TextCoded {
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
