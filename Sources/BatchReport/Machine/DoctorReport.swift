public import BatchAlgebra
import BatchData
import BatchFoundation
public import BatchProfiling

/// What the machine offers, and what is missing, each with the command that helps.
public struct DoctorReport: Sendable {
  /// The machine.
  public let environment: MachineEnvironment
  /// The kernels that OpenBLAS uses.
  public let core: OpenBLASCore
  /// The paths of the linear-algebra libraries in use.
  public let libraries: [String]
  /// Where the thresholds between ways of computing a product come from.
  public let thresholds: String
  /// How many threads are used unless told otherwise, and why.
  public let threads: String
  /// What is missing or wrong, and what to do about it.
  public let problems: [String]
  /// What makes something slower than it need be, and what to do about it.
  public let warnings: [String]

  /// Looks at this process and machine; where the context's thresholds and its number of threads come from and what else
  /// is wrong are the caller's findings.
  public init(context: ComputeContext, thresholds: String, threads: String? = nil, problems: [String] = []) {
    environment = .current(context)
    self.thresholds = thresholds
    self.threads = threads ?? "\(context.threads)"
    core = .current
    warnings = [core.warning].compactMap { $0 }
    libraries = LoadedLibraries.paths()
    var problems = problems
    do {
      try BLASLibrary.prepare()
    } catch {
      problems.append(error.description)
    }
    for name in ["libblas", "liblapack"] {
      if let other = libraries.first(where: { $0.contains("/\(name).") && !$0.contains("openblas") }) {
        problems.append(
          "\(other) is not OpenBLAS's, so that two libraries share this process; "
            + "update-alternatives --config \(name).so.3-$(uname -m)-linux-gnu chooses OpenBLAS's")
      }
    }
    for entry in DataSource.catalogue() where entry.name == "fashion-mnist" && !entry.isPresent {
      problems.append(
        "the data set \(entry.name): apt-get install dataset-fashion-mnist, or give the folder with its files")
    }
    self.problems = problems
  }

  private var processors: String {
    guard let quota = ControlGroup.current.processorQuota else { return "\(environment.processors)" }
    return "\(environment.processors), by the control group's quota of \(NumberFormat.significant(quota, digits: 3))"
  }

  /// A row for each fact.
  public var table: TextTable {
    let gibibytes = Double(environment.memory) / 1_073_741_824
    var facts: [(name: String, value: String)] = [
      ("batchwise", environment.version), ("system", environment.system), ("processor", environment.processor),
      ("available processors", processors), ("threads", threads), ("instruction set", environment.instructionSet),
      ("products of dense layers", environment.gemmEngine),
      ("thresholds of products", thresholds),
      ("memory", NumberFormat.fixed(gibibytes, decimals: 1) + " GiB"),
      ("load", NumberFormat.fixed(environment.load, decimals: 2)),
      ("OpenBLAS", environment.blas), ("OpenBLAS core", core.description),
      ("OpenBLAS threading", "\(environment.blasThreading), pinned to 1 thread beneath the package's own team"),
    ]
    facts += libraries.map { ("library", $0) }
    facts += DataSource.catalogue().filter(\.isPresent).map { ("data \($0.name)", $0.location ?? "made from a seed") }
    return .facts(facts)
  }
}
