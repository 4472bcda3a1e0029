import BatchFoundation

/// Everything beside its plan that the bits of a run depend on, made once and handed down.
///
/// The tool makes it from its options, the environment and what a tuning has measured; networks, profilers, checkpoints
/// and studies carry it. Two runs with the same plan, seed and context end with the same bits.
public struct ComputeContext: Sendable, Hashable, Codable {
  /// The instructions that the package's kernels use.
  public var instructionSet: InstructionSet
  /// What computes products.
  public var engine: GEMMEngine
  /// Where one way of computing a product gives way to another: what a tuning has measured, or the defaults.
  public var thresholds: GEMMThresholds
  /// The number of threads that share the work.
  public var threads: Int
  /// The numbers computed with.
  public var precision: Precision

  /// A context with all of its parts; without thresholds the instruction set's defaults are used.
  ///
  /// This processor must run the instruction set.
  public init(
    instructionSet: InstructionSet = .widest, engine: GEMMEngine = .auto, thresholds: GEMMThresholds? = nil,
    threads: Int, precision: Precision
  ) {
    require(instructionSet.isSupported, "this processor does not run \(instructionSet.rawValue)")
    self.instructionSet = instructionSet
    self.engine = engine
    self.thresholds = thresholds ?? .defaults(for: instructionSet, precision)
    self.threads = threads
    self.precision = precision
  }

  /// What is usual for a number type: the processor's widest instructions, and engines as they are the fastest.
  public init<S: Scalar>(for scalar: S.Type, threads: Int) {
    self.init(threads: threads, precision: S.precision)
  }
}

extension ComputeContext {
  /// Reads a context, of whatever processor; a number of threads that no team has is refused.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    instructionSet = try values.decode(InstructionSet.self, forKey: .instructionSet)
    engine = try values.decode(GEMMEngine.self, forKey: .engine)
    thresholds = try values.decode(GEMMThresholds.self, forKey: .thresholds)
    threads = try values.decode(.threads, atLeast: ThreadTeam.counts.lowerBound)
    precision = try values.decode(Precision.self, forKey: .precision)
    guard threads <= ThreadTeam.counts.upperBound else {
      throw DecodingError.dataCorruptedError(
        forKey: .threads, in: values,
        debugDescription: "it is \(threads), and at most \(ThreadTeam.counts.upperBound)")
    }
  }

  /// What differs in another context, each as `name: this → other`.
  public func differences(from other: ComputeContext) -> [String] {
    let facts: [(name: String, this: String, other: String)] = [
      ("instruction set", instructionSet.rawValue, other.instructionSet.rawValue),
      ("engine", engine.rawValue, other.engine.rawValue),
      ("thresholds", thresholds.description, other.thresholds.description),
      ("threads", "\(threads)", "\(other.threads)"),
      ("precision", precision.rawValue, other.precision.rawValue),
    ]
    return facts.filter { $0.this != $0.other }.map { "\($0.name): \($0.this) → \($0.other)" }
  }
}
