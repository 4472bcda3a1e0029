public import BatchProfiling

/// The content of a sweep's `study.json`.
public struct SweepDescription: Sendable, Hashable, Codable {
  /// The kind of study.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// Trials that differ in batch size and seed.
    case sweep
  }

  /// The version of the format that is written and read.
  public static var currentFormat: Int { 2 }

  /// The version of the format it was written in.
  public var format = Self.currentFormat
  /// The kind of study.
  public var kind = Kind.sweep
  /// What is trained, and how.
  public var plan: SweepPlan
  /// The machine on which the study was begun.
  public var environment: MachineEnvironment
  /// The arguments with which the study was begun.
  public var arguments: [String]

  /// A description of a study that begins now, on this machine.
  public init(plan: SweepPlan, arguments: [String]) {
    self.plan = plan
    self.arguments = arguments
    environment = .current()
  }
}
