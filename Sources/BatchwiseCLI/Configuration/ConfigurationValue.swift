import Batchwise

/// What stands behind a key of a configuration file.
enum ConfigurationValue: Hashable {
  /// `null`: the option is not given.
  case absent
  /// `true` or `false`.
  case flag(Bool)
  /// A number, as it is written.
  case number(String)
  /// Text.
  case text(String)
  /// A list, for an option that may be repeated.
  case list([ConfigurationValue])

  /// The value as JSON.
  var json: String {
    switch self {
    case .absent: "null"
    case .flag(let isOn): "\(isOn)"
    case .number(let text): text
    case .text(let text): JSONText.quoted(text)
    case .list(let values): "[\(values.map(\.json).joined(separator: ", "))]"
    }
  }
}

/// A key of a configuration file and its value.
struct ConfigurationEntry: Hashable {
  /// The long name of an option, without its dashes.
  let key: String
  let value: ConfigurationValue

  init(key: String, value: ConfigurationValue) {
    self.key = key
    self.value = value
  }

  /// An option and what it was given.
  init(_ key: String, _ value: some ConfigurationRepresentable) {
    self.init(key: key, value: value.configurationValue)
  }
}

/// The value of an option, as a configuration file holds it.
protocol ConfigurationRepresentable {
  /// What is read back to the same value.
  var configurationValue: ConfigurationValue { get }
}

extension Bool: ConfigurationRepresentable {
  var configurationValue: ConfigurationValue { .flag(self) }
}

extension Int: ConfigurationRepresentable {
  var configurationValue: ConfigurationValue { .number("\(self)") }
}

extension UInt64: ConfigurationRepresentable {
  var configurationValue: ConfigurationValue { .number("\(self)") }
}

extension Double: ConfigurationRepresentable {
  /// JSON has no infinity; as text it is read back, too.
  var configurationValue: ConfigurationValue { isFinite ? .number("\(self)") : .text("\(self)") }
}

extension String: ConfigurationRepresentable {
  var configurationValue: ConfigurationValue { .text(self) }
}

extension Optional: ConfigurationRepresentable where Wrapped: ConfigurationRepresentable {
  var configurationValue: ConfigurationValue { map(\.configurationValue) ?? .absent }
}

extension Array: ConfigurationRepresentable where Element: ConfigurationRepresentable {
  var configurationValue: ConfigurationValue { .list(map(\.configurationValue)) }
}

extension ConfigurationRepresentable where Self: RawRepresentable, RawValue == String {
  var configurationValue: ConfigurationValue { .text(rawValue) }
}
