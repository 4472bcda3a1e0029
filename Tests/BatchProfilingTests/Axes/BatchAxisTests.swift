import BatchProfiling
import Testing

@Suite struct BatchAxisTests {
  static let readable: [(String, [Int])] = [
    ("32..1024:x2", [32, 64, 128, 256, 512, 1024]),
    ("1..2048:x2", [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]),
    ("32..128:32", [32, 64, 96, 128]),
    ("1,7,64", [1, 7, 64]),
    ("5..8", [5, 6, 7, 8]),
    ("3..3:x2", [3]),
    ("64,1..4", [1, 2, 3, 4, 64]),
    ("32,32..64:x2", [32, 64]),
    ("full", [55_000]),
    ("1,full", [1, 55_000]),
    ("3..100:x10", [3, 30]),
  ]

  @Test(arguments: readable)
  func expands(_ text: String, _ sizes: [Int]) throws {
    #expect(try BatchAxis(text).sizes(fullBatch: 55_000) == sizes)
  }

  @Test(arguments: [
    ("0", "batch sizes '0': a batch size must be at least 1, not 0"),
    ("", "batch sizes '': '' is not a whole number"),
    ("8..4", "batch sizes '8..4': 8 is above 4"),
    ("1..8:x1", "batch sizes '1..8:x1': a factor must be at least 2"),
    ("1..8:0", "batch sizes '1..8:0': a batch size must be at least 1, not 0"),
    ("1,two", "batch sizes 'two': 'two' is not a whole number"),
    ("-4", "batch sizes '-4': a batch size must be at least 1, not -4"),
  ])
  func saysWhatItDoesNotUnderstand(_ text: String, _ start: String) {
    let error = #expect(throws: BatchAxisError.self) { try BatchAxis(text) }
    #expect(error?.description == start + "; write for example 32..1024:x2, 32..128:8, 1,7,64 or full")
  }

  @Test func refusesMoreThanAnybodyWaitsFor() {
    #expect(throws: BatchAxisError.tooLong(text: "1..1000000", count: 1_000_000)) { try BatchAxis("1..1000000") }
  }

  @Test func aHugeFactorDoesNotOverflow() throws {
    #expect(try BatchAxis("1..\(Int.max):x\(Int.max)").sizes(fullBatch: 1) == [1, Int.max])
  }
}
