public import BatchFoundation

/// What a reader should know of how data were read: what was found out by itself, and could be meant otherwise.
public struct DataNote: Sendable, Hashable {
  /// A sentence.
  public let text: String
  /// The settings by which it is changed.
  public let settings: [Diagnosis.Setting]

  /// A sentence, and the settings by which what it says is changed.
  public init(_ text: String, settings: [Diagnosis.Setting] = []) {
    self.text = text
    self.settings = settings
  }
}
