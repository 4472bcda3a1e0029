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
