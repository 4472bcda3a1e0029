/// The numbers of a quantity's state, written one after another.
struct StateWriter {
  private(set) var numbers: [Double] = []

  mutating func write(_ number: Int) { numbers.append(Double(number)) }

  mutating func write(_ values: [Double]) {
    write(values.count)
    numbers.append(contentsOf: values)
  }

  mutating func write(_ text: String) { write(text.utf8.map { Double($0) }) }

  mutating func write(_ texts: [String]) {
    write(texts.count)
    for text in texts { write(text) }
  }
}

/// The same, read from the front; each reads nil where the numbers are not what was written.
struct StateReader {
  private var rest: ArraySlice<Double>

  init(_ numbers: [Double]) { rest = numbers[...] }

  /// Reads a whole number of at least 0.
  mutating func integer() -> Int? {
    guard let number = rest.popFirst().flatMap({ Int(exactly: $0) }), number >= 0 else { return nil }
    return number
  }

  mutating func values() -> [Double]? {
    guard let count = integer(), count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  mutating func text() -> String? {
    guard let values = values() else { return nil }
    let bytes = values.compactMap { UInt8(exactly: $0) }
    return bytes.count == values.count ? String(decoding: bytes, as: UTF8.self) : nil
  }

  mutating func texts() -> [String]? {
    guard let count = integer(), count <= rest.count else { return nil }
    var texts: [String] = []
    for _ in 0..<count {
      guard let text = text() else { return nil }
      texts.append(text)
    }
    return texts
  }
}
