import FoundationEssentials

/// JSON as the files of runs, studies and profiles hold it: sorted keys, and names for the numbers JSON does not have.
package enum RecordJSON {
  package static func line<T: Encodable>(_ value: T) -> [UInt8] { encode(value, pretty: false) + [UInt8(ascii: "\n")] }

  /// A value as text without a line break, to stand inside of other text.
  package static func text<T: Encodable>(_ value: T) -> String {
    String(decoding: encode(value, pretty: false), as: UTF8.self)
  }

  package static func document<T: Encodable>(_ value: T) -> [UInt8] {
    encode(value, pretty: true) + [UInt8(ascii: "\n")]
  }

  package static func decode<T: Decodable>(
    _ type: T.Type, from bytes: some Sequence<UInt8>, path: String, line: Int? = nil
  ) throws(FileError) -> T {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw .damaged(path: path, line: line, reason: reason(error))
    } catch {
      throw .damaged(path: path, line: line, reason: "\(error)")
    }
  }

  /// The version of the format that a value names under `format`, to be compared before the rest is decoded.
  package static func format(of bytes: some Sequence<UInt8>, path: String) throws(FileError) -> Int {
    try decode(Version.self, from: bytes, path: path).format
  }

  private struct Version: Decodable {
    var format: Int
  }

  private static func encode<T: Encodable>(_ value: T, pretty: Bool) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return [UInt8](try encoder.encode(value))
    } catch {
      preconditionFailure("a record's own values can always be written as JSON: \(error)")
    }
  }

  private static func reason(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case .valueNotFound(_, let context), .typeMismatch(_, let context):
      "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has no value of the right kind"
    case .dataCorrupted(let context):
      // A value that is refused has a path; text that is no JSON has none.
      context.codingPath.isEmpty
        ? "it is not valid JSON"
        : "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' cannot be: \(context.debugDescription)"
    @unknown default: "it cannot be read"
    }
  }
}
