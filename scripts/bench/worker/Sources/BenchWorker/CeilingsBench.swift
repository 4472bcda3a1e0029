import BatchAlgebra
import BatchProfiling

/// The requests for what the machine can do at most.
final class CeilingsBench {
  private let team: ThreadTeam
  private var peaks: [FMAPeak.Precision: FMAPeak] = [:]

  init(team: ThreadTeam) { self.team = team }

  /// `peak [float|double|bfloat16]`: one short probe.
  func peak(_ arguments: [String]) throws -> Answer {
    guard arguments.count <= 1, let precision = FMAPeak.Precision(rawValue: arguments.first ?? "float"),
      FMAPeak.Precision.supported.contains(precision)
    else {
      let names = FMAPeak.Precision.supported.map(\.rawValue).joined(separator: ", ")
      throw RequestError.malformed("peak takes one of \(names)")
    }
    let probe = try peaks[precision] ?? FMAPeak(team, precision: precision)
    peaks[precision] = probe
    return Answer(["flops": .number(probe.probe())])
  }

  /// `bandwidth <bytes> read|update`: the median for a working set of that size.
  func bandwidth(_ arguments: [String]) throws -> Answer {
    guard arguments.count == 2, let byteCount = Int(arguments[0]), byteCount > 0,
      let pattern = Bandwidth.Pattern(rawValue: arguments[1])
    else { throw RequestError.malformed("bandwidth takes a number of bytes, then read or update") }
    let bandwidth = try Bandwidth(team, byteCount: byteCount)
    return Answer(["rate": .number(bandwidth.median(pattern))])
  }
}
