import BatchAlgebra

/// Where the time of a product goes, from ceilings and from what is known of its method; all in seconds.
///
/// time = ceiling + call + tiles + packing + threads + rest. The parts are estimates, so that the rest may be negative:
/// a product whose operands lie nearer than their size suggests beats its ceiling.
public struct GEMMExplanation: Sendable, Hashable, Codable {
  /// What bounds the product on an ideal engine.
  public enum Bound: String, Sendable, Hashable, Codable {
    /// The bytes of its operands, each counted once.
    case bandwidth
    /// Its floating-point operations.
    case operations = "FLOPs"
  }

  /// What bounds it.
  public var bound: Bound
  /// The floating-point operations over the bytes of the operands.
  public var intensity: Double
  /// max(bytes / bandwidth, operations / peak) on all threads.
  public var ceiling: Double
  /// Beginning a call, and handing work over to other threads.
  public var call: Double
  /// Multiply-adds for what pads whole tiles.
  public var tiles: Double
  /// Copying operands into another order, on the paths through a library that do.
  public var packing: Double
  /// Threads that have nothing or less to do than others.
  public var threads: Double
  /// What is left.
  public var rest: Double

  /// The ceiling's share of the time.
  public var ceilingShare: Double { ceiling / (ceiling + call + tiles + packing + threads + rest) }
}

extension GEMMExplanation {
  /// Whether the bytes of a product take at least half as long as its operations, so that what disturbs caches and
  /// memory disturbs it; true where the ceilings are not known.
  static func isMemoryBound(
    _ key: GEMMPointKey, _ precision: FMAPeak.Precision, copies: Int, _ ceilings: MachineCeilings
  ) -> Bool {
    let traffic = Traffic(key, scalarBytes: precision == .double ? 8 : 4, copies: copies)
    guard let peak = ceilings.peak(precision, threads: key.threads),
      let memory = traffic.seconds(ceilings, threads: key.threads)
    else { return true }
    return memory * 2 >= key.operations / peak
  }

  /// What beginning calls costs, in seconds.
  struct Overheads {
    /// A call that has next to nothing to compute.
    var call: Double
    /// Handing work over to the other threads of a team.
    var handingOver: Double
  }

  /// Explains a time.
  init?(
    _ key: GEMMPointKey, time: Double, method: ProductMethod, precision: FMAPeak.Precision, copies: Int,
    ceilings: MachineCeilings, overheads: Overheads
  ) {
    let count = key.threads
    guard let peak = ceilings.peak(precision, threads: count), let single = ceilings.peak(precision, threads: 1) else {
      return nil
    }
    let traffic = Traffic(key, scalarBytes: precision == .double ? 8 : 4, copies: copies)
    guard let memory = traffic.seconds(ceilings, threads: count) else { return nil }
    let operations = key.operations / peak
    bound = memory > operations ? .bandwidth : .operations
    intensity = key.operations / Double(traffic.byteCount)
    ceiling = max(memory, operations)
    call = overheads.call + ((method.threads ?? 1) > 1 ? overheads.handingOver : 0)
    tiles = bound == .operations ? ((method.tileWork ?? 1) - 1) * operations : 0
    packing = method.packs == true ? traffic.packingSeconds(ceilings, threads: method.threads ?? count) ?? 0 : 0
    threads = 0
    if let used = method.threads, used < count {
      // What the ceiling would be for the threads that are used.
      let peakUsed = used == 1 ? single : peak * Double(used) / Double(count)
      let memoryUsed = traffic.seconds(ceilings, threads: used) ?? memory
      threads = max(key.operations / peakUsed, memoryUsed) - ceiling
    } else if let imbalance = method.imbalance {
      threads = (imbalance - 1) * ceiling
    }
    rest = time - ceiling - call - tiles - packing - threads
  }
}

/// The bytes of a product's operands, each counted once.
private struct Traffic {
  private let read: Int
  private let written: Int
  private let workingSet: Int

  init(_ key: GEMMPointKey, scalarBytes: Int, copies: Int) {
    let x = key.batch * key.layer.inputs, y = key.batch * key.layer.outputs
    let weight = key.layer.inputs * key.layer.outputs
    (read, written) =
      switch key.pass {
      case .forward: ((x + weight) * scalarBytes, y * scalarBytes)
      case .backwardData: ((y + weight) * scalarBytes, x * scalarBytes)
      case .backwardWeights: ((x + y) * scalarBytes, weight * scalarBytes)
      }
    workingSet = (x + y + weight * copies) * scalarBytes
  }

  var byteCount: Int { read + written }

  /// A written line is first fetched: two bytes of traffic for each byte.
  func seconds(_ ceilings: MachineCeilings, threads: Int) -> Double? {
    guard let reading = ceilings.bandwidth(.read, workingSet: workingSet, threads: threads),
      let updating = ceilings.bandwidth(.update, workingSet: workingSet, threads: threads)
    else { return nil }
    return Double(read) / reading + 2 * Double(written) / updating
  }

  /// Both factors are read and written to a buffer.
  func packingSeconds(_ ceilings: MachineCeilings, threads: Int) -> Double? {
    ceilings.bandwidth(.update, workingSet: workingSet, threads: threads).map { 2 * Double(read) / $0 }
  }
}
