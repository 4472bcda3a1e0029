public import BatchAlgebra
public import BatchFoundation

extension MachineCeilings {
  /// Measures each number of threads, in ascending order and each once, on a team of its own: about a second for each.
  ///
  /// Every rate is the best of several medians of short runs; a run during which the process was switched out is taken
  /// again.
  ///
  /// - Throws: ``MachineCeilingsError`` when a team cannot be made or there is no memory for a working set.
  public static func measure(threadCounts: [Int]) throws(MachineCeilingsError) -> MachineCeilings {
    let levels = CacheLevels.current().levels
    let memory = AvailableMemory.current() ?? 0
    var ceilings = MachineCeilings(peaks: [], rungs: [], transfers: [])
    for threads in Set(threadCounts).sorted() {
      let team: ThreadTeam
      do { team = try ThreadTeam(threads: threads) } catch { throw .team(error) }
      let ladder = WorkingSetLadder(levels, threads: threads, availableMemory: memory)
      do { try ceilings.append(team, ladder) } catch { throw .allocation(error) }
    }
    return ceilings
  }

  /// Each quantity several times in turn, and the best kept: a ceiling is what the machine does when nobody disturbs
  /// it, and a disturbance lasts longer than a few runs of one quantity.
  private mutating func append(_ team: ThreadTeam, _ ladder: WorkingSetLadder) throws(AllocationError) {
    var fma: [FMAPeak] = []
    for precision in FMAPeak.Precision.supported { fma.append(try FMAPeak(team, precision: precision)) }
    var memories: [Bandwidth] = []
    for rung in ladder.rungs { memories.append(try Bandwidth(team, byteCount: rung.byteCount)) }
    let lines = team.threads > 1 ? try LineTransfer(team) : nil
    let best = bestOfRounds(
      fma.map { peak in { peak.median(of: 5) } }
        + memories.flatMap { memory in
          Bandwidth.Pattern.allCases.map { pattern in { memory.median(pattern, of: 3, seconds: Self.runSeconds) } }
        } + [lines].compactMap { $0 }.map { lines in { lines.median(of: 5) } })
    for (peak, rate) in zip(fma, best) {
      peaks.append(Peak(threads: team.threads, precision: peak.precision, rate: rate))
    }
    for (index, rung) in ladder.rungs.enumerated() {
      let first = fma.count + index * Bandwidth.Pattern.allCases.count
      let rates = Dictionary(
        uniqueKeysWithValues: zip(Bandwidth.Pattern.allCases, best[first...]).map { ($0, $1) })
      rungs.append(
        Rung(
          threads: team.threads, cacheLevel: rung.cacheLevel, workingSet: rung.byteCount, read: rates[.read] ?? 0,
          update: rates[.update] ?? 0))
    }
    if lines != nil, let rate = best.last { transfers.append(Transfer(threads: team.threads, rate: rate)) }
  }

  private func bestOfRounds(_ quantities: [() -> Double]) -> [Double] {
    var best = quantities.map { _ in 0.0 }
    for _ in 0..<Self.rounds {
      for (index, quantity) in quantities.enumerated() { best[index] = max(best[index], quantity()) }
    }
    return best
  }

  private static var rounds: Int { 4 }
  private static var runSeconds: Double { 1e-3 }
}

/// Ceilings that could not be measured.
public enum MachineCeilingsError: DiagnosticError, Equatable {
  /// A team of threads could not be made.
  case team(ThreadTeamError)
  /// A working set found no memory.
  case allocation(AllocationError)

  public var diagnosis: Diagnosis {
    switch self {
    case .team(let error): error.diagnosis
    case .allocation(let error):
      Diagnosis(
        .outOfMemory, "no ceilings: \(error.byteCount / 1_048_576) MiB could not be had for a working set")
    }
  }
}
