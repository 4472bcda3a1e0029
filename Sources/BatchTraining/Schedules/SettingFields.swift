/// The fields of a setting that is written as text with colons, read from left to right.
struct SettingFields {
  /// The first field, which says what the setting is.
  let name: String
  private var rest: ArraySlice<Substring>

  init(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    name = String(parts[0])
    rest = parts.dropFirst()
  }

  /// Whether all fields are read.
  var isAtEnd: Bool { rest.isEmpty }

  /// Reads a field of any kind.
  mutating func text(_ what: String) throws(ScheduleError) -> Substring {
    guard let field = rest.popFirst() else { throw .senseless("\(what) is missing") }
    return field
  }

  /// Reads a number, or a fraction such as `1/8`.
  mutating func number(_ what: String) throws(ScheduleError) -> Double {
    let field = try text(what)
    guard let number = SettingNumber.read(field) else { throw .senseless("\(what) is no number: '\(field)'") }
    return number
  }

  /// Reads a whole number of at least 1.
  mutating func count(_ what: String) throws(ScheduleError) -> Int {
    let field = try text(what)
    guard let count = Int(field), count > 0 else {
      throw .senseless("\(what) is no whole number of at least 1: '\(field)'")
    }
    return count
  }

  /// Reads a length of training.
  mutating func length(_ what: String) throws(ScheduleError) -> TrainingLength {
    try Self.length(text(what), what)
  }

  /// Reads lengths of training with commas between them.
  mutating func lengths(_ what: String) throws(ScheduleError) -> [TrainingLength] {
    var lengths: [TrainingLength] = []
    for field in try text(what).split(separator: ",", omittingEmptySubsequences: false) {
      lengths.append(try Self.length(field, what))
    }
    return lengths
  }

  /// Takes all fields that are left, as the text of another setting.
  mutating func remainder(_ what: String) throws(ScheduleError) -> String {
    guard !rest.isEmpty else { throw .senseless("\(what) is missing") }
    defer { rest = [] }
    return rest.joined(separator: ":")
  }

  /// Throws when fields are left.
  func requireEnd() throws(ScheduleError) {
    if let field = rest.first { throw .senseless("nothing is expected where '\(field)' stands") }
  }

  private static func length(_ field: Substring, _ what: String) throws(ScheduleError) -> TrainingLength {
    do {
      return try TrainingLength(String(field))
    } catch {
      throw .senseless("\(what) must be epochs or a share of training, as 5 or 5%, not '\(field)'")
    }
  }
}
