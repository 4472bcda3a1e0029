import BatchFoundation
import CBatchKernels
import Glibc

/// The kernels that OpenBLAS has chosen for this process, and whether the processor runs faster ones.
///
/// OpenBLAS knows processors by their model numbers and may take one that is newer than itself for a very old one:
/// version 0.3.21 takes some with AVX-512 for a Prescott of 2004. Its products and those of LAPACK then take several
/// times as long as they need, and nothing tells but ``warning``. Dense layers have kernels of this package and do not
/// suffer.
///
/// The remedy is the environment variable `OPENBLAS_CORETYPE`, which names the family whose kernels are to be used.
/// OpenBLAS reads it when it is loaded, before `main`: set it where the program is started, or let `main` begin with
/// ``restartIfShort()``.
public struct OpenBLASCore: Sendable, Hashable {
  /// The processor family whose kernels are in use, as OpenBLAS names it: `Haswell`.
  public let name: String
  /// The version of OpenBLAS, such as `0.3.21`.
  public let version: String
  /// The widest instructions that the processor runs.
  public let processor: InstructionSet
  /// Whether the kernels leave instructions of the processor unused that other kernels of OpenBLAS are made of.
  public let fallsShort: Bool
  /// The family to ask for; nil where the kernels fit the processor, or where the build has no others.
  public let betterName: String?
  /// What `OPENBLAS_CORETYPE` says; nil where it is not set.
  public let requestedName: String?
  /// The family that OpenBLAS took the processor for before ``restartIfShort()`` asked for another; nil where it did
  /// not.
  public let originalName: String?

  /// What this process uses.
  public static var current: OpenBLASCore {
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    return OpenBLASCore(
      .loaded, on: .current, requestedName: variable(coreVariable), originalName: variable(originalVariable))
  }

  init(_ library: BLASLibrary, on processor: Processor, requestedName: String?, originalName: String?) {
    name = library.coreName
    version = library.version
    self.processor = processor.instructionSet
    self.requestedName = requestedName
    self.originalName = originalName
    let fits = Self.instructionSet(of: library.coreName).map { $0.reaches(processor.instructionSet) } ?? true
    // A build for one family has no other kernels, and does not read the variable.
    let hasOthers = library.configuration.split(separator: " ").contains("DYNAMIC_ARCH")
    fallsShort = !fits
    betterName = fits || !hasOthers ? nil : Self.bestName(on: processor, version: library.version)
  }

  /// What is wrong and what to do about it; nil where the kernels fit the processor.
  public var warning: String? {
    guard fallsShort else { return nil }
    let finding =
      "OpenBLAS \(version) uses its \(name) kernels, which leave this processor's \(processor.rawValue) instructions "
      + "unused: products by plain OpenBLAS and LAPACK take several times as long as they need; "
    guard let betterName else {
      return finding + "this build has no other kernels, so install one that has (apt-get install libopenblas0-pthread)"
    }
    if originalName != nil || requestedName == betterName {
      return finding + "it was asked for others and has none, so install a newer OpenBLAS"
    }
    if let requestedName {
      return finding
        + "\(Self.coreVariable)=\(requestedName) asks for that, so set it to \(betterName)"
    }
    return finding + "start the program with \(Self.coreVariable)=\(betterName)"
  }

  /// The widest instructions in the kernels of a family; nil for one that this package does not know, as those of later
  /// versions.
  package static func instructionSet(of name: String) -> InstructionSet? {
    switch name {
    case "SkylakeX", "Cooperlake", "SapphireRapids": .avx512
    // An Excavator's kernels have FMA, and were tuned for it as Haswell's were not.
    case "Haswell", "Zen", "Excavator": .avx2
    case "Katmai", "Coppermine", "Northwood", "Prescott", "Banias", "Atom", "Core2", "Penryn", "Dunnington", "Nehalem",
      "Athlon", "Opteron", "Opteron_SSE3", "Barcelona", "Nano", "Bobcat", "Sandybridge", "Bulldozer", "Piledriver",
      "Steamroller":
      .portable
    default: nil
    }
  }

  /// The family whose kernels a processor runs best, of those that the version knows; nil for one without AVX2.
  static func bestName(on processor: Processor, version: String) -> String? {
    switch processor.instructionSet {
    case .avx512: processor.hasBFloat16 && knowsCooperlake(version) ? "Cooperlake" : "SkylakeX"
    case .avx2: processor.isAMD ? "Zen" : "Haswell"
    case .portable: nil
    }
  }

  /// The family came with version 0.3.10.
  private static func knowsCooperlake(_ version: String) -> Bool {
    // "0.3.21.dev" is a version, too.
    let numbers = version.split(separator: ".").prefix(3).map { Int($0) ?? 0 }
    return !numbers.lexicographicallyPrecedes([0, 3, 10])
  }

  /// What OpenBLAS reads.
  static let coreVariable = "OPENBLAS_CORETYPE"
  /// What a process that was started again is told: the family that OpenBLAS had chosen.
  static let originalVariable = "BATCHWISE_OPENBLAS_CORE"
}

extension OpenBLASCore {
  /// What bears on the choice of kernels.
  struct Processor {
    var instructionSet: InstructionSet
    /// Whether it has AVX512_BF16.
    var hasBFloat16: Bool
    var isAMD: Bool

    static var current: Processor {
      let vendor = (SystemFile.lines("/proc/cpuinfo") ?? []).first { $0.hasPrefix("vendor_id") }
      let isAMD = vendor.map { $0.hasSuffix("AuthenticAMD") || $0.hasSuffix("HygonGenuine") } ?? false
      return Processor(
        instructionSet: .widest, hasBFloat16: bk_supports_bf16() != 0, isAMD: isAMD)
    }
  }
}

extension OpenBLASCore: CustomStringConvertible {
  /// The family in use, and who has asked for it.
  public var description: String {
    if let originalName {
      let article = "AEIOU".contains(originalName.prefix(1)) ? "an" : "a"
      return "\(name), asked for: OpenBLAS \(version) takes this processor for \(article) \(originalName)"
    }
    guard let requestedName else { return name }
    return requestedName.lowercased() == name.lowercased()
      ? "\(name), as \(Self.coreVariable) asks" : "\(name), whatever \(Self.coreVariable)=\(requestedName) asks for"
  }
}

extension InstructionSet {
  /// Whether it has all instructions of another.
  fileprivate func reaches(_ other: InstructionSet) -> Bool {
    guard let own = Self.allCases.firstIndex(of: self), let asked = Self.allCases.firstIndex(of: other) else {
      return false
    }
    return own >= asked
  }
}
