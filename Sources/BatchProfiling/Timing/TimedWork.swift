/// Something that can be done again and again and timed.
public struct TimedWork {
  /// The name, for progress and errors.
  public var name: String
  /// The number of threads that it keeps busy.
  public var threads: Int
  /// What is compared with it has the same number, and is sampled for as long as one of them needs it; nil for what is
  /// sampled for as long as anything is, and never waited for.
  public var group: Int?
  /// Whether caches and memory bound it, so that disturbances of theirs matter.
  public var isMemoryBound: Bool
  /// Whether it runs threads that are not of the package's teams, which may spin for a while when it is done and may be
  /// switched out by one another.
  public var hasOwnThreads: Bool
  /// Called before the untimed calls of each sample.
  public var prepare: () -> Void
  /// Does it so many times.
  public var run: (_ calls: Int) -> Void

  /// Something to time.
  public init(
    name: String, threads: Int, group: Int?, isMemoryBound: Bool = true, hasOwnThreads: Bool = false,
    prepare: @escaping () -> Void = {},
    run: @escaping (_ calls: Int) -> Void
  ) {
    self.name = name
    self.threads = threads
    self.group = group
    self.isMemoryBound = isMemoryBound
    self.hasOwnThreads = hasOwnThreads
    self.prepare = prepare
    self.run = run
  }
}
