public import BatchAlgebra
import BatchFoundation
import CBatchKernels
import Glibc

/// The machine and software a measurement was made with, as far as they bear on its result.
public struct MachineEnvironment: Sendable, Hashable, Codable {
  /// The version of this package.
  public var version: String
  /// The processor's model name.
  public var processor: String
  /// The number of processors this process may run on.
  public var processors: Int
  /// The instruction set of the kernels: `avx512`, `avx2` or `portable`.
  public var instructionSet: String
  /// What computes the products of dense layers: `auto`, `openblas` or `kernels`.
  public var gemmEngine: String
  /// The thresholds between ways of computing a product; nil in records of earlier versions.
  public var thresholds: GEMMThresholds?
  /// The machine's memory in bytes.
  public var memory: Int
  /// The kernel's name and release.
  public var system: String
  /// OpenBLAS's version and build options.
  public var blas: String
  /// The processor family whose kernels OpenBLAS chose.
  public var blasCore: String
  /// How OpenBLAS was built to use threads.
  public var blasThreading: String
  /// The mean number of runnable threads over the last minute when the environment was read.
  public var load: Double
  /// When the environment was read: UTC, `2026-01-31T12:00:00Z`.
  public var date: String

  /// Reads the environment of this process; without a context the usual one for `Float` on all processors counts.
  public static func current(_ context: ComputeContext? = nil) -> MachineEnvironment {
    let context = context ?? ComputeContext(for: Float.self, threads: ThreadTeam.availableProcessors)
    let library = BLASLibrary.loaded
    return MachineEnvironment(
      version: packageVersion, processor: processorName(), processors: ThreadTeam.availableProcessors,
      instructionSet: context.instructionSet.rawValue, gemmEngine: context.engine.rawValue,
      thresholds: context.thresholds,
      memory: sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)), system: systemName(),
      blas: library.configuration, blasCore: library.coreName, blasThreading: library.threading.rawValue,
      load: loadAverage(), date: utcDate())
  }

  private static func systemName() -> String {
    var name = utsname()
    guard uname(&name) == 0 else { return "unknown" }
    func text<T>(_ field: T) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return "\(text(name.sysname)) \(text(name.release)) \(text(name.machine))"
  }

  private static func loadAverage() -> Double {
    var load = 0.0
    return getloadavg(&load, 1) == 1 ? load : 0
  }

  private static func utcDate() -> String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let length = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension MachineEnvironment {
  /// What bears on a timing.
  package var timingFacts: [(name: String, value: String)] {
    [
      ("version", version), ("processor", processor), ("processors", "\(processors)"),
      ("instruction set", instructionSet), ("products", gemmEngine), ("system", system), ("OpenBLAS", blas),
      ("OpenBLAS core", blasCore),
    ]
  }

  /// What bears on a timing and differs in another environment, each as `name: this → other`.
  public func differences(from other: MachineEnvironment) -> [String] {
    zip(timingFacts, other.timingFacts).filter { $0.value != $1.value }.map { "\($0.name): \($0.value) → \($1.value)" }
  }
}
