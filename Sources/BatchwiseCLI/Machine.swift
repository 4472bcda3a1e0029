import Batchwise
import Glibc

/// The machine that the tool runs on, and what its environment asks for.
enum Machine {
  /// Sees to it that the libraries can be used and that the environment asks for what there is.
  static func prepare() throws {
    try BLASLibrary.prepare()
    _ = try instructionSet()
    _ = try engine()
  }

  /// What a run on so many threads computes with: by the engine of an option or else the environment's, the
  /// environment's instruction set, and what was measured here.
  static func context<S: Scalar>(
    for scalar: S.Type = Float.self, threads: Int, engine option: GEMMEngine? = nil
  ) throws(MachineError) -> ComputeContext {
    let set = try instructionSet()
    let asked = try engine()
    return ComputeContext(
      instructionSet: set, engine: option ?? asked,
      thresholds: tuning?.thresholds[GEMMTuning.Key(set, S.precision, threads: threads)], threads: threads,
      precision: S.precision)
  }

  /// The set that `BATCHWISE_ISA` names, else the widest.
  static func instructionSet() throws(MachineError) -> InstructionSet {
    guard let name = variable("BATCHWISE_ISA") else { return .widest }
    guard let set = InstructionSet(rawValue: name), set.isSupported else { throw .instructionSet(name) }
    return set
  }

  /// The engine that `BATCHWISE_GEMM` names, else `auto`.
  static func engine() throws(MachineError) -> GEMMEngine {
    guard let name = variable("BATCHWISE_GEMM") else { return .auto }
    guard let engine = GEMMEngine(rawValue: name) else { throw .engine(name) }
    return engine
  }

  /// Where a tuning is kept: in the user's cache folder, which is `XDG_CACHE_HOME` or `~/.cache`; nil where the
  /// environment names none.
  static var tuningPath: String? {
    (variable("XDG_CACHE_HOME") ?? variable("HOME").map { $0 + "/.cache" }).map { $0 + "/batchwise/gemm-thresholds" }
  }

  /// What was measured here, read once; nil where there is no file, or one that is of no use, as `doctor` tells.
  private static let tuning = tuningPath.flatMap { try? GEMMTuning.load($0) }

  private static func variable(_ name: String) -> String? {
    guard let text = getenv(name), text.pointee != 0 else { return nil }
    return String(cString: text)
  }

  /// Numbers of threads in words: `1 thread`, `1, 2 threads`.
  static func text(threads counts: [Int]) -> String {
    counts.map(String.init).joined(separator: ", ") + (counts == [1] ? " thread" : " threads")
  }

  /// The number of threads without an option, and the variable that says it: `OPENBLAS_NUM_THREADS` or else
  /// `OMP_NUM_THREADS`, as users set them for every numerical program; all available processors where neither does.
  static var defaultThreads: (count: Int, variable: String?) {
    for name in ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"] {
      // A list is for nested teams; the first number is the outer one's.
      guard let count = variable(name)?.split(separator: ",").first.flatMap({ Int($0) }), (1...1024).contains(count)
      else { continue }
      return (count, name)
    }
    return (ThreadTeam.availableProcessors, nil)
  }

  /// Numbers of threads from 1 to all processors, doubling: on many processors each of them would take too long.
  static var threadCounts: [Int] {
    let processors = ThreadTeam.availableProcessors
    var counts = [1]
    while counts[counts.count - 1] < processors { counts.append(min(counts[counts.count - 1] * 2, processors)) }
    return counts
  }
}

/// An environment that asks for what there is not.
enum MachineError: DiagnosticError, Equatable {
  /// `BATCHWISE_ISA` names no set that this processor runs.
  case instructionSet(String)
  /// `BATCHWISE_GEMM` names no engine.
  case engine(String)
  /// There is no folder for a tuning.
  case noCacheFolder

  var diagnosis: Diagnosis {
    switch self {
    case .instructionSet(let name):
      Diagnosis(
        .usage,
        "BATCHWISE_ISA=\(name): this processor runs "
          + InstructionSet.supported.map(\.rawValue).joined(separator: ", "),
        hint: "name one of these, or unset the variable")
    case .engine(let name):
      Diagnosis(
        .usage, "BATCHWISE_GEMM=\(name) is no engine",
        hint: "name one of \(GEMMEngine.allCases.map(\.rawValue).joined(separator: ", ")), or unset the variable")
    case .noCacheFolder:
      Diagnosis(.system, "a tuning has no folder to be kept in", hint: "set HOME or XDG_CACHE_HOME")
    }
  }
}
