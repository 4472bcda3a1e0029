import BatchProfiling
import BatchScience

/// What a profile was made with, as names and values.
struct ProfileCircumstances {
  let environment: MachineEnvironment
  let ceilings: MachineCeilings
  let precision: FMAPeak.Precision
  let threads: [Int]
  let timing: TimingSettings
  let cycles: Int
  let seconds: Double

  var list: [(name: String, value: String)] {
    let machine = environment
    return [
      (
        "Processor", "\(machine.processor), \(machine.processors) available, \(machine.instructionSet)"
      ),
      ("FMA peak", peaks),
      ("Precision", precision.rawValue),
      ("OpenBLAS", "\(machine.blas), core \(machine.blasCore), \(machine.blasThreading)"),
      ("System", machine.system), ("Load", NumberFormat.fixed(machine.load, decimals: 2)),
      (
        "Timing",
        "\(cycles) cycles in random order, samples of at most about \(NumberFormat.duration(timing.sampleSeconds)), "
          + "\(NumberFormat.duration(seconds)) in all"
      ),
      ("Made", machine.date), ("Version", "batchwise \(machine.version)"),
    ]
  }

  private var peaks: String {
    let texts = threads.compactMap { count in
      ceilings.peak(precision, threads: count).map { rate in
        "\(NumberFormat.significant(rate / 1e9, digits: 3)) GFLOP/s with \(NumberFormat.count(count, "thread"))"
      }
    }
    return texts.isEmpty ? "not measured" : texts.joined(separator: ", ")
  }
}

/// What the words of a profile's report mean.
enum ProfileDefinitions {
  static let timing = [
    "Times are medians of undisturbed samples, brackets and ± hold 95 % intervals by a block bootstrap, since the noise of a machine lasts. "
      + "Everything is timed in turns, in an order drawn anew in every cycle, so that drift spreads over all of it.",
    "Probes on both sides of a sample tell whether something disturbed it; such a sample is thrown away and taken "
      + "again. A cycle none of whose tries was calm counts as disturbed, and is left out where five others are there. Where they are not, the time is what a tenth of all samples "
      + "fall below, since delays only add; its interval reaches from what the fastest two leave open to what a quarter "
      + "fall below, and the point is drawn hollow.",
    "Of peak is the rate over that of multiply-adds in registers, each sample against the peak measured about it.",
  ]

  static let verdicts =
    "Verdicts are FASTER or SLOWER where the whole interval is on one side and the difference above the margin, in the "
    + "fastest samples of both, too; SAME "
    + "where the whole interval lies within the margin, and UNCLEAR otherwise."
}
