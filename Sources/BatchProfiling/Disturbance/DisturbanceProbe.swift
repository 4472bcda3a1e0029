public import BatchAlgebra
import BatchFoundation

/// Something short that a quiet machine always does at the same rate.
public protocol DisturbanceProbe: AnyObject {
  /// The share of the quiet rate below which the machine counts as disturbed.
  var leastShare: Double { get }
  /// The rate, now.
  func probe() -> Double
}

extension DisturbanceProbe {
  /// The median rate of several probes; one during which the process was switched out is taken again.
  public func median(of probes: Int = 15) -> Double {
    precondition(probes > 0, "a median of \(probes) probes")
    return medianValue((0..<probes).map { _ in undisturbed(max, probe) })
  }
}

extension FMAPeak: DisturbanceProbe {
  public var leastShare: Double { 0.93 }
}

extension LineTransfer: DisturbanceProbe {
  // There are spells in which lines travel at two thirds of the usual rate while the peak holds.
  public var leastShare: Double { 0.8 }
}

/// The rate at which a team updates memory that lies in its outer caches.
public final class MemoryProbe: DisturbanceProbe {
  private let bandwidth: Bandwidth
  private let passes: Int

  /// A probe of about `seconds`.
  ///
  /// - Throws: `AllocationError` when there is no memory for the working set.
  public init(_ team: ThreadTeam, byteCount: Int = 3 << 20, seconds: Double = 60e-6) throws(AllocationError) {
    bandwidth = try Bandwidth(team, byteCount: byteCount)
    let shortest = (0..<9).map { [bandwidth] _ in bandwidth.run(.update, passes: 1).seconds }.min() ?? seconds
    passes = max(1, Int(seconds / shortest))
  }

  public var leastShare: Double { 0.6 }
  public func probe() -> Double {
    // What ran before has taken the place of the working set in the caches: bringing it back is no disturbance.
    _ = bandwidth.run(.update, passes: 1)
    return bandwidth.run(.update, passes: passes).rate
  }
}
