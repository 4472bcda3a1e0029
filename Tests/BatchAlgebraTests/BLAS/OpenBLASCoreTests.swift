import Testing

@testable import BatchAlgebra

@Suite struct OpenBLASCoreTests {
  private typealias Processor = OpenBLASCore.Processor
  private static let sapphireRapids = Processor(instructionSet: .avx512, hasBFloat16: true, isAMD: false)
  private static let skylakeX = Processor(instructionSet: .avx512, hasBFloat16: false, isAMD: false)
  private static let zen4 = Processor(instructionSet: .avx512, hasBFloat16: true, isAMD: true)
  private static let haswell = Processor(instructionSet: .avx2, hasBFloat16: false, isAMD: false)
  private static let zen2 = Processor(instructionSet: .avx2, hasBFloat16: false, isAMD: true)
  private static let nehalem = Processor(instructionSet: .portable, hasBFloat16: false, isAMD: false)

  private static func core(
    _ name: String, on processor: Processor, version: String = "0.3.21", build: String = "DYNAMIC_ARCH",
    requested: String? = nil, original: String? = nil
  ) -> OpenBLASCore {
    let library = BLASLibrary(
      configuration: "OpenBLAS \(version) NO_LAPACKE \(build) \(name) MAX_THREADS=64", coreName: name,
      threading: .pthread)
    return OpenBLASCore(library, on: processor, requestedName: requested, originalName: original)
  }

  /// The core in use, the processor, the version, and the core to start again with.
  private static let decisions: [(String, Processor, String, String?)] = [
    ("Prescott", sapphireRapids, "0.3.21", "Cooperlake"), ("Prescott", sapphireRapids, "0.3.10", "Cooperlake"),
    ("Prescott", sapphireRapids, "0.3.9", "SkylakeX"), ("Prescott", sapphireRapids, "0.3.10.dev", "Cooperlake"),
    ("Prescott", sapphireRapids, "1.0", "Cooperlake"), ("Prescott", sapphireRapids, "", "SkylakeX"),
    ("Prescott", skylakeX, "0.3.21", "SkylakeX"), ("Haswell", skylakeX, "0.3.21", "SkylakeX"),
    ("Sandybridge", sapphireRapids, "0.3.21", "Cooperlake"), ("Zen", zen4, "0.3.13", "Cooperlake"),
    ("Nehalem", haswell, "0.3.21", "Haswell"), ("Core2", zen2, "0.3.21", "Zen"), ("Barcelona", zen2, "0.2.20", "Zen"),
    ("SkylakeX", sapphireRapids, "0.3.21", nil), ("Cooperlake", sapphireRapids, "0.3.21", nil),
    ("SapphireRapids", sapphireRapids, "0.3.28", nil), ("Haswell", haswell, "0.3.21", nil),
    ("Zen", zen2, "0.3.21", nil), ("Haswell", zen2, "0.3.21", nil), ("Excavator", zen2, "0.3.21", nil),
    ("Prescott", nehalem, "0.3.21", nil), ("GraniteRapids", sapphireRapids, "0.4.0", nil),
    ("NEOVERSEN1", nehalem, "0.3.21", nil),
  ]

  @Test(arguments: decisions.indices)
  func coresAreJudgedByTheProcessor(_ index: Int) {
    let (name, processor, version, better) = Self.decisions[index]
    let core = Self.core(name, on: processor, version: version)
    #expect(core.fallsShort == (better != nil) && core.betterName == better && core.nameToRestartWith == better)
    #expect((core.warning == nil) == (better == nil))
    #expect(core.description == name)
    if let better { #expect(core.warning?.hasSuffix("start the program with OPENBLAS_CORETYPE=\(better)") == true) }
  }

  @Test func whatTheUserHasSetStays() {
    for requested in ["Prescott", "prescott", "", "nonsense"] {
      let core = Self.core("Prescott", on: Self.sapphireRapids, requested: requested)
      #expect(core.nameToRestartWith == nil && core.betterName == "Cooperlake")
      #expect(core.warning?.contains("OPENBLAS_CORETYPE=\(requested) asks for that, so set it to Cooperlake") == true)
    }
    #expect(
      Self.core("Haswell", on: Self.haswell, requested: "haswell").description == "Haswell, as OPENBLAS_CORETYPE asks")
    #expect(
      Self.core("Haswell", on: Self.haswell, requested: "K6").description
        == "Haswell, whatever OPENBLAS_CORETYPE=K6 asks for")
  }

  @Test func aRestartHappensOnce() {
    let core = Self.core("Cooperlake", on: Self.sapphireRapids, requested: "Cooperlake", original: "Prescott")
    #expect(core.nameToRestartWith == nil && core.warning == nil)
    #expect(
      core.description == "Cooperlake, asked for: OpenBLAS 0.3.21 takes this processor for a Prescott")
    // A build without the kernels that were asked for.
    let still = Self.core("Haswell", on: Self.sapphireRapids, requested: "Cooperlake", original: "Atom")
    #expect(still.nameToRestartWith == nil && still.warning?.hasSuffix("install a newer OpenBLAS") == true)
    #expect(still.description == "Haswell, asked for: OpenBLAS 0.3.21 takes this processor for an Atom")
    let user = Self.core("Haswell", on: Self.skylakeX, requested: "SkylakeX")
    #expect(user.warning?.hasSuffix("it was asked for others and has none, so install a newer OpenBLAS") == true)
    #expect(Self.core("Prescott", on: Self.skylakeX, original: "Prescott").nameToRestartWith == nil)
  }

  @Test func aBuildForOneFamilyHasNoOther() {
    let core = Self.core("Prescott", on: Self.sapphireRapids, build: "NO_AFFINITY")
    #expect(core.fallsShort && core.betterName == nil && core.nameToRestartWith == nil)
    #expect(core.warning?.contains("this build has no other kernels") == true)
  }

  @Test func theCoreInUseIsTheLibrarys() {
    let core = OpenBLASCore.current
    #expect(core.name == BLASLibrary.loaded.coreName && core.version == BLASLibrary.loaded.version)
    #expect(core.processor == InstructionSet.supported.last)
  }
}
