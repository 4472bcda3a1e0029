import BatchAlgebra
import BatchFormats
import BatchFoundation
import BatchTestSupport
import Testing

@testable import BatchData

@Suite("Standardisation")
struct StandardisationTests {
  private func set(_ elements: [Float], columns: Int) throws -> Dataset {
    let rows = elements.count / columns
    return try Dataset(
      name: "s", features: Matrix(rows: rows, columns: columns, elements),
      targets: .classes(labels: [Int32](repeating: 0, count: rows), names: ["a"]))
  }

  private func splits(_ mode: Standardisation.Mode) throws -> DataSplits {
    // Columns: 1, 3 with mean 2 and deviation 1; 10, 50 with mean 30 and deviation 20; constant 0.1.
    try DataSplits(
      train: set([1, 10, 0.1, 3, 50, 0.1], columns: 3), validation: set([4, 30, 0.1], columns: 3),
      test: set([100, 1000, 7], columns: 3), standardisation: mode, description: "given")
  }

  @Test("Each feature is fitted on the training part and applied to all; a constant one has the divisor 1")
  func perFeature() throws {
    let data = try splits(.perFeature)
    #expect(data.train.features.elements == [-1, -1, 0, 1, 1, 0])
    #expect(data.validation.features.elements == [2, 0, 0])
    #expect(data.standardisation.means == [2, 30, 0.1])
    #expect(data.standardisation.divisors == [1, 20, 1])
    #expect(data.test.features.elements == [98, 48.5, 6.9])
  }

  @Test("One mean and deviation for all features, of the training part")
  func global() throws {
    let data = try splits(.global)
    let numbers: [Double] = [1, 10, 0.1, 3, 50, 0.1]
    let mean = numbers.reduce(0, +) / 6
    let deviation = (numbers.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 6).squareRoot()
    #expect(abs(Double(data.standardisation.means[0]) - mean) < 1e-6)
    #expect(abs(Double(data.standardisation.divisors[0]) - deviation) < 1e-5)
    for (scaled, number) in zip(data.train.features.elements, numbers) {
      #expect(abs(Double(scaled) - (number - mean) / deviation) < 1e-6)
    }
    #expect(abs(Double(data.test.features[0, 1]) - (1000 - mean) / deviation) < 1e-4)
  }

  @Test("What was written is read only where it can have been fitted")
  func decoding() throws {
    func decoded(_ text: String) throws(FileError) -> Standardisation {
      try RecordJSON.decode(Standardisation.self, from: text.utf8, path: "s.json")
    }
    for mode in Standardisation.Mode.allCases {
      let fitted = try splits(mode).standardisation
      #expect(try decoded(RecordJSON.text(fitted)) == fitted)
    }
    let wrong = [
      (#"{"mode": "global", "means": [], "divisors": []}"#, "0 means and 0 divisors do not go with global"),
      (#"{"mode": "none", "means": [1], "divisors": [1]}"#, "1 means and 1 divisors do not go with none"),
      (#"{"mode": "perFeature", "means": [1, 2], "divisors": [1]}"#, "2 means and 1 divisors do not go with"),
      (#"{"mode": "perFeature", "means": [], "divisors": []}"#, "0 means and 0 divisors do not go with"),
      (#"{"mode": "global", "means": ["nan"], "divisors": [1]}"#, "a mean is no number"),
      (#"{"mode": "global", "means": [1], "divisors": [0]}"#, "a divisor is not above zero"),
      (#"{"mode": "global", "means": [1], "divisors": ["nan"]}"#, "a divisor is not above zero"),
      (
        #"{"mode": "perFeature", "means": [1], "divisors": [1], "offsets": [1, 2]}"#,
        "the offsets do not go with perFeature"
      ),
      (#"{"mode": "none", "means": [], "divisors": [], "offsets": [1]}"#, "the offsets do not go with none"),
      (#"{"mode": "global", "means": [1], "divisors": [1], "offsets": ["nan"]}"#, "the offsets do not go with global"),
    ]
    for (text, reason) in wrong {
      let error = thrownError { () throws(FileError) in try decoded(text) }
      #expect(
        error?.description.hasPrefix("s.json: '") == true && error?.description.contains(reason) == true, "\(text)")
    }
  }

  /// Seconds since 1970 keep their digits: 32-bit numbers there are 128 apart.
  @Test(
    "Features that are large beside their range are standardised before they are rounded", arguments: ["csv", "npz"])
  func offsets(ending: String) throws {
    let folder = TemporaryFolder()
    func load(_ shift: Double) throws -> DataSplits {
      let numbers = (0..<100).flatMap { [shift + Double($0), Double($0 % 7) / 4] }
      if ending == "csv" {
        let rows = (0..<100).map { "\(Int(numbers[2 * $0])),\(numbers[2 * $0 + 1]),\($0 < 50 ? "early" : "late")\n" }
        return try DataSource(parsing: folder.write("time,b,label\n" + rows.joined(), to: "t.csv")).load(seed: 1)
      }
      let labels = StoredArray(shape: [100], (0..<100).map { UInt8($0 / 50) })
      let file = try NPZ.encode([("x", StoredArray(shape: [100, 2], numbers)), ("y", labels)])
      return try DataSource(parsing: folder.write(file, to: "t.npz")).load(seed: 1)
    }
    let (near, far) = (try load(0), try load(1_600_000_000))
    #expect(near.standardisation.offsets == nil)
    #expect(far.standardisation.offsets == [1_600_000_049.5, 0])
    if ending == "csv" {
      for (a, b) in [(near.train, far.train), (near.validation, far.validation), (near.test, far.test)] {
        for (x, y) in zip(a.features.elements, b.features.elements) { #expect(abs(x - y) < 1e-5) }
      }
    }
    let times = far.train.features.elements.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    #expect(Set(times).count == far.train.count)
    // Examples that come one by one are treated alike, and what was fitted is read back.
    let text = RecordJSON.text(far.standardisation)
    let read = try RecordJSON.decode(Standardisation.self, from: text.utf8, path: "s.json")
    #expect(read == far.standardisation)
    let single = try read.features(rows: 1, columns: 2, of: [1_600_000_000, 0.25])
    let first = try read.features(rows: 1, columns: 2, of: [1_600_000_001, 0.25])
    #expect(single[0, 1] == first[0, 1] && first[0, 0] > single[0, 0])
  }

  @Test("Nothing is done when nothing is asked for, and nothing breaks on constant data")
  func noneAndConstant() throws {
    #expect(try splits(.none).train.features.elements == [1, 10, 0.1, 3, 50, 0.1])
    let constant = try Matrix<Float>(rows: 3, columns: 1, [0.1, 0.1, 0.1])
    for mode in [Standardisation.Mode.global, .perFeature] {
      var copy = constant
      let fitted = Standardisation(fitting: constant, mode)
      #expect(fitted.divisors == [1])
      fitted.apply(to: &copy)
      #expect(copy.elements.allSatisfy { abs($0) < 1e-7 })
    }
    #expect(constant.elements == [0.1, 0.1, 0.1])
  }
}
