/// The settings in which two plans or runs differ, one phrase each: `epochs (here 10, asked for 20)`.
package struct SettingDifferences<Settings> {
  /// The phrases, in the order in which settings were compared.
  package private(set) var phrases: [String] = []

  private let settings: (Settings, Settings)
  private let words: (String, String)

  /// Nothing compared so far; the words stand before the values of the first and the second settings.
  package init(_ first: Settings, _ second: Settings, words: (String, String)) {
    settings = (first, second)
    self.words = words
  }

  /// Compares a setting.
  package mutating func compare<T: Equatable>(_ name: String, _ value: KeyPath<Settings, T>) {
    let (first, second) = (settings.0[keyPath: value], settings.1[keyPath: value])
    if first != second { add(name, "\(first)", "\(second)") }
  }

  /// Compares a setting that there may be none of.
  package mutating func compare<T: Equatable>(_ name: String, _ value: KeyPath<Settings, T?>) {
    let (first, second) = (settings.0[keyPath: value], settings.1[keyPath: value])
    if first != second { add(name, first.map { "\($0)" } ?? "none", second.map { "\($0)" } ?? "none") }
  }

  private mutating func add(_ name: String, _ first: String, _ second: String) {
    phrases.append("\(name) (\(words.0) \(first), \(words.1) \(second))")
  }
}
