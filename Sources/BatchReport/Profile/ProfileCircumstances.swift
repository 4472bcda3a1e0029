import BatchProfiling

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
        "\(cycles) cycles in random order, samples of \(NumberFormat.duration(timing.sampleSeconds)), "
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
