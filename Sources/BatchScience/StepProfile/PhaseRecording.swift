import BatchAlgebra
import BatchFoundation
import BatchProfiling
import BatchTraining

/// Records the phases of steps of several batch sizes in turn, several times over.
struct PhaseRecording<S: Scalar> {
  let step: TrainingStep<S>
  let gate: DisturbanceGate

  private static var rounds: Int { 5 }
  private static var tries: Int { 4 }
  /// About how long the phases of a batch size are recorded in each round, each way.
  private static var seconds: Double { 8e-3 }

  /// For each batch size the median seconds of each phase, over the rounds.
  func splits(_ runs: [StepRun<S>]) -> [Int: PhaseSplit] {
    var fused: [Int: [[StepPhase: Double]]] = [:]
    var apart: [Int: [[StepPhase: Double]]] = [:]
    for _ in 0..<Self.rounds {
      for run in runs {
        fused[run.batch, default: []].append(undisturbed(run, run.run))
        apart[run.batch, default: []].append(undisturbed(run, run.runApart))
      }
    }
    return Dictionary(
      uniqueKeysWithValues: runs.map { run in
        (run.batch, PhaseSplit(fused: medians(fused[run.batch] ?? []), apart: medians(apart[run.batch] ?? [])))
      })
  }

  /// The phases of a few steps beside which the machine was calm; of the last try where it never was.
  private func undisturbed(_ run: StepRun<S>, _ way: (Int) -> Void) -> [StepPhase: Double] {
    let calls = max(2, Int(Self.seconds / max(1e-6, run.secondsPerStep)))
    var phases: [StepPhase: Double] = [:]
    for _ in 0..<Self.tries {
      way(calls / 4 + 1)
      let before = gate.read(memory: true)
      let switches = involuntarySwitches()
      let times = StepPhaseTimes()
      step.phaseTimes = times
      way(calls)
      step.phaseTimes = nil
      phases = Dictionary(
        uniqueKeysWithValues: StepPhase.allCases.map { ($0, times.seconds(in: $0) / Double(calls)) })
      let isCalm = min(gate.calm(before), gate.calm(gate.read(memory: true))) >= 1
      if isCalm, involuntarySwitches() == switches { break }
    }
    return phases
  }

  private func medians(_ rounds: [[StepPhase: Double]]) -> [StepPhase: Double] {
    Dictionary(
      uniqueKeysWithValues: StepPhase.allCases.map { phase in (phase, medianValue(rounds.map { $0[phase] ?? 0 })) })
  }
}
