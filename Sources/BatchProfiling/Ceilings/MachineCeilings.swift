import Glibc

/// What the machine can do at most, for several numbers of threads: the sides of a roofline.
public struct MachineCeilings: Sendable, Hashable, Codable {
  /// The floating-point operations a second of so many threads.
  public struct Peak: Sendable, Hashable, Codable {
    /// The number of threads.
    public var threads: Int
    /// The numbers computed with.
    public var precision: FMAPeak.Precision
    /// The floating-point operations a second, all threads together.
    public var rate: Double

    /// A peak.
    public init(threads: Int, precision: FMAPeak.Precision, rate: Double) {
      self.threads = threads
      self.precision = precision
      self.rate = rate
    }
  }

  /// The bytes a second that so many threads move through a working set.
  public struct Rung: Sendable, Hashable, Codable {
    /// The number of threads.
    public var threads: Int
    /// The level of the cache that the working set lies in; nil for the memory.
    public var cacheLevel: Int?
    /// The size of the working set in bytes, all threads together.
    public var workingSet: Int
    /// The bytes a second of ``Bandwidth/Pattern/read``.
    public var read: Double
    /// The bytes a second of ``Bandwidth/Pattern/update``.
    public var update: Double

    /// A rung of the ladder.
    public init(threads: Int, cacheLevel: Int?, workingSet: Int, read: Double, update: Double) {
      self.threads = threads
      self.cacheLevel = cacheLevel
      self.workingSet = workingSet
      self.read = read
      self.update = update
    }

    /// Where the working set lies: `L1`, `L2`, `L3` or `memory`.
    public var place: String { cacheLevel.map { "L\($0)" } ?? "memory" }

    /// The bytes a second of a pattern.
    public func rate(_ pattern: Bandwidth.Pattern) -> Double {
      switch pattern {
      case .read: read
      case .update: update
      }
    }
  }

  /// The bytes a second that travel between the processors of so many threads.
  public struct Transfer: Sendable, Hashable, Codable {
    /// The number of threads, at least 2.
    public var threads: Int
    /// The bytes a second, all threads together.
    public var rate: Double

    /// A rate of ``LineTransfer``.
    public init(threads: Int, rate: Double) {
      self.threads = threads
      self.rate = rate
    }
  }

  /// The peaks in registers.
  public var peaks: [Peak]
  /// The working sets from the nearest cache to the memory.
  public var rungs: [Rung]
  /// The traffic between processors.
  public var transfers: [Transfer]

  /// Ceilings that are known.
  public init(peaks: [Peak], rungs: [Rung], transfers: [Transfer]) {
    self.peaks = peaks
    self.rungs = rungs
    self.transfers = transfers
  }

  /// The numbers of threads that there are ceilings for, in ascending order.
  public var threadCounts: [Int] {
    Set(peaks.map(\.threads)).union(rungs.map(\.threads)).union(transfers.map(\.threads)).sorted()
  }

  /// What cannot be true of ceilings that were read from a file; nil for nothing.
  package var fault: String? {
    let rates = peaks.map(\.rate) + rungs.flatMap { [$0.read, $0.update] } + transfers.map(\.rate)
    if let rate = rates.first(where: { !($0 > 0 && $0.isFinite) }) { return "'ceilings' has a rate of \(rate)" }
    guard threadCounts.allSatisfy({ $0 >= 1 }), rungs.allSatisfy({ $0.workingSet >= 1 }) else {
      return "'ceilings' has no threads, or a working set of nothing"
    }
    return nil
  }

  /// The floating-point operations a second; nil where they were not measured.
  public func peak(_ precision: FMAPeak.Precision, threads: Int) -> Double? {
    peaks.first { $0.threads == threads && $0.precision == precision }?.rate
  }

  /// The bytes a second through a working set of so many bytes, all threads together; nil where that number of threads
  /// was not measured.
  ///
  /// Linear in the logarithm of the size between two measured working sets, and constant below and above them all.
  public func bandwidth(_ pattern: Bandwidth.Pattern, workingSet: Int, threads: Int) -> Double? {
    let ladder = rungs.filter { $0.threads == threads }.sorted { $0.workingSet < $1.workingSet }
    guard let first = ladder.first, let last = ladder.last else { return nil }
    guard workingSet > first.workingSet else { return first.rate(pattern) }
    for (lower, upper) in zip(ladder, ladder.dropFirst()) where workingSet <= upper.workingSet {
      let way = log2(Double(workingSet) / Double(lower.workingSet))
      let whole = log2(Double(upper.workingSet) / Double(lower.workingSet))
      return lower.rate(pattern) + way / whole * (upper.rate(pattern) - lower.rate(pattern))
    }
    return last.rate(pattern)
  }

  /// The same ceilings where a later and longer look at the float peak of a number of threads found it higher: all
  /// peaks of these threads rise with it.
  package func raised(toFloatPeak peak: Double, threads: Int) -> MachineCeilings {
    guard let known = self.peak(.float, threads: threads), peak > known else { return self }
    var result = self
    for index in peaks.indices where peaks[index].threads == threads { result.peaks[index].rate *= peak / known }
    return result
  }

  /// The bytes a second that travel between processors; nil where they were not measured, as for one thread.
  public func transfer(threads: Int) -> Double? { transfers.first { $0.threads == threads }?.rate }
}

extension MachineCeilings {
  /// Ceilings this far apart are those of another state of the machine.
  ///
  /// A virtual machine's processors move between the host's: when they no longer share a cache, lines travel between
  /// them at a third of the rate, and each has a way to the memory of its own.
  private static var sameState: Double { 1.25 }

  /// What the machine could do at most and differs in other ceilings by a quarter or more, each as `name: this →
  /// other`.
  public func differences(from other: MachineCeilings) -> [String] {
    let theirs = Dictionary(other.rates.map { ($0.name, $0.rate) }, uniquingKeysWith: { first, _ in first })
    return rates.compactMap { name, rate in
      guard let theirRate = theirs[name], max(rate, theirRate) > Self.sameState * min(rate, theirRate) else {
        return nil
      }
      return "\(name): \(Self.text(rate)) → \(Self.text(theirRate))"
    }
  }

  /// The rates that bear on a timing, each with a name.
  private var rates: [(name: String, rate: Double)] {
    func threads(_ count: Int) -> String { count == 1 ? "1 thread" : "\(count) threads" }
    return peaks.map { ("peak in \($0.precision.rawValue), \(threads($0.threads))", $0.rate) }
      + rungs.filter { $0.cacheLevel != 1 }.map { ("reading from \($0.place), \(threads($0.threads))", $0.read) }
      + transfers.map { ("lines between cores, \(threads($0.threads))", $0.rate) }
  }

  /// In billions a second, to a tenth.
  private static func text(_ rate: Double) -> String { "\((rate / 1e8).rounded() / 10) G/s" }
}
