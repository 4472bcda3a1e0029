import BatchAlgebra
import BatchTestSupport
import Testing

@Suite struct GEMMTuningTests {
  private var tuning: GEMMTuning {
    var tuning = GEMMTuning()
    tuning.thresholds[GEMMTuning.Key(.avx2, .float, threads: 2)] = GEMMThresholds(
      ntPackedBatch: 12, contractionCutBatch: 7, smallestSharedWork: 4096,
      openBLASPanels: .init(
        forward: BatchRange(from: 8, through: 64, multiplesOf: 4), backwardWeights: BatchRange(from: 3)),
      openBLASTransposed: .init(backwardData: BatchRange(from: 1, through: 5)))
    tuning.thresholds[GEMMTuning.Key(.portable, .double, threads: 8)] = GEMMThresholds(
      ntPackedBatch: 24, contractionCutBatch: 0, smallestSharedWork: 1)
    return tuning
  }

  @Test func isReadAsItWasWritten() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/some/cache/gemm-thresholds"
    #expect(try GEMMTuning.load(path) == nil)
    try tuning.save(to: path)
    #expect(try GEMMTuning.load(path) == tuning)
    #expect(try GEMMTuning(text: tuning.text) == tuning)
    #expect(try GEMMTuning(text: GEMMTuning().text).thresholds.isEmpty)
  }

  /// A file cut short anywhere is refused, or holds fewer whole lines; it never holds a wrong number.
  @Test func aFileCutShortIsRefused() {
    let text = tuning.text
    for length in 0..<text.count {
      guard let read = try? GEMMTuning(text: text.prefix(length)) else { continue }
      #expect(read.thresholds.allSatisfy { tuning.thresholds[$0.key] == $0.value }, "\(length)")
    }
  }

  private static let none = " none none none none none none"
  static let damages: [(damage: String, line: Int)] = [
    ("avx2 float 2 12 7 4096", 4), ("avx2 float 2 12 7" + none, 4), ("avx2 float 2 12 7 4096 1" + none, 4),
    ("avx2 float 2 12 -7 4096" + none, 4), ("avx2 float 0 12 7 4096" + none, 4), ("avx9 float 2 12 7 4096" + none, 4),
    ("avx2 half 2 12 7 4096" + none, 4), ("avx2 float 2 12 7 99999999999999999999" + none, 4),
    ("avx2 float 2 12 7 4096 none none 8..64 none none none", 4),
    ("avx2 float 2 12 7 4096 none none none none none", 4),
  ]

  @Test(arguments: damages) func damageIsNamed(_ damage: String, _ line: Int) {
    #expect(throws: GEMMTuningError.damaged(line: line)) { try GEMMTuning(text: GEMMTuning().text + damage + "\n") }
    #expect(throws: GEMMTuningError.damaged(line: 1)) { try GEMMTuning(text: "") }
    #expect(throws: GEMMTuningError.damaged(line: 1)) { try GEMMTuning(text: "another file\n\n\n\n") }
  }

  @Test func anotherVersionsFileIsRefused() {
    for heading in ["batchwise-gemm-crossovers 1", "batchwise-gemm-thresholds 1"] {
      let old = heading + "\nprocessor x\ncolumns\navx2 float 2 12 7 4096\n"
      #expect(throws: GEMMTuningError.otherFormat) { try GEMMTuning(text: old) }
    }
  }

  @Test func anotherProcessorsFileIsRefused() throws {
    let folder = TemporaryFolder()
    var other = tuning
    other.processor = "Another"
    let path = folder.path + "/t"
    try other.save(to: path)
    #expect(throws: GEMMTuningError.otherProcessor("Another")) { try GEMMTuning.load(path) }
  }

  @Test func aPlaceThatCannotBeWrittenIsNamed() throws {
    let folder = TemporaryFolder()
    let file = folder.write("", to: "file")
    do {
      try tuning.save(to: file + "/gemm-thresholds")
      Issue.record("a file is no folder")
    } catch {
      #expect(error.description == "cannot make the folder \(file): File exists")
    }
  }
}
