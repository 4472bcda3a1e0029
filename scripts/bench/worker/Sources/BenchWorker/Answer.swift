import Glibc

/// One line of JSON.
struct Answer {
  enum Value {
    case number(Double)
    case text(String)
  }

  let fields: [String: Value]

  init(_ fields: [String: Value]) { self.fields = fields }

  /// Writes the line at once: the other side waits for it.
  func send() {
    let pairs = fields.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\(Self.json($0.value))" }
    print("{\(pairs.joined(separator: ","))}")
    fflush(nil)
  }

  private static func json(_ value: Value) -> String {
    switch value {
    case .number(let number): number.isFinite ? "\(number)" : "null"
    case .text(let text): quoted(text)
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 32: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// A request that gets no result.
enum RequestError: Error, CustomStringConvertible {
  /// It makes sense, but there is no such thing here.
  case unsupported(String)
  /// It makes no sense.
  case malformed(String)

  var description: String {
    switch self {
    case .unsupported(let reason), .malformed(let reason): reason
    }
  }
}
