/// How values of an open protocol, of which a user may bring their own, are known again and stored.
///
/// A plan holds such values as they are; ``Coded`` compares and stores them by their codec. A file tells everything of
/// the package's own values and of a user's the text that they are known by: read back, that is an ``UnknownValue``.
public protocol ValueCodec {
  /// The protocol's type, such as `any LearningRateSchedule`.
  associatedtype Value: Sendable
  /// The text by which a value is known: two values with the same text are the same.
  static func text(_ value: Value) -> String
  /// Reads a value from a file.
  static func decode(from decoder: any Decoder) throws -> Value
  /// Writes a value to a file.
  static func encode(_ value: Value, to encoder: any Encoder) throws
}

/// A codec whose values are written as their text wherever they are written: on a command line, in a file of JSON.
public protocol TextCodec: ValueCodec {
  /// What a text that cannot be read throws.
  associatedtype ReadingError: Error, CustomStringConvertible
  /// Reads the text of one of the package's own values.
  static func read(_ text: String) throws(ReadingError) -> Value
  /// What stands for a value that only its owner knows; nil where the text begins as that of one of the package's own.
  static func unknown(_ text: String) -> Value?
}

extension TextCodec {
  public static func decode(from decoder: any Decoder) throws -> Value {
    let text = try decoder.singleValueContainer().decode(String.self)
    if let unknown = unknown(text) { return unknown }
    do {
      return try read(text)
    } catch {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: error.description))
    }
  }

  public static func encode(_ value: Value, to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text(value))
  }
}

/// A value of an open protocol as a plan holds it: compared by its text, stored by its codec.
///
/// ```swift
/// struct Plan: Hashable, Codable {
///   @Coded<ScheduleCodec> var schedule: any LearningRateSchedule
/// }
/// ```
@propertyWrapper public struct Coded<Codec: ValueCodec>: Codable, Hashable, Sendable, CustomStringConvertible {
  /// The value.
  public var wrappedValue: Codec.Value

  /// A value.
  public init(wrappedValue: Codec.Value) { self.wrappedValue = wrappedValue }

  public init(from decoder: any Decoder) throws { wrappedValue = try Codec.decode(from: decoder) }

  public func encode(to encoder: any Encoder) throws { try Codec.encode(wrappedValue, to: encoder) }

  public static func == (a: Coded, b: Coded) -> Bool { a.description == b.description }

  public func hash(into hasher: inout Hasher) { hasher.combine(description) }

  public var description: String { Codec.text(wrappedValue) }
}

extension Coded where Codec: TextCodec {
  /// Reads the text of one of the package's own values.
  public init(_ text: String) throws(Codec.ReadingError) { wrappedValue = try Codec.read(text) }
}

/// What stands for a value of a user's own where only its text is known, as in a plan that was read from a file.
///
/// It compares and can be shown, so that a run or a study of it can be reported and be resumed by whoever has the value
/// itself. It cannot be trained with: who tries is told so before anything begins.
public struct UnknownValue: Sendable, Hashable, CustomStringConvertible {
  /// The text that the value is known by.
  public let description: String

  /// What stands for the value that is known by a text.
  public init(_ description: String) { self.description = description }

  /// What is said to who wants to train with it, `what` being a word such as "schedule".
  package func refusal(_ what: String) -> String {
    "the \(what) '\(description)' is none of this package's, and only its text is known here; "
      + "resume it in the program that it belongs to"
  }
}
