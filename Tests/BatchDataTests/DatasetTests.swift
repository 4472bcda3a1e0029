import BatchAlgebra
import BatchData
import BatchTestSupport
import Testing

@Suite struct DatasetTests {
  private func numbered(_ count: Int, features: Int = 3) throws -> Dataset {
    try Dataset(
      name: "numbered", features: Matrix(rows: count, columns: features, (0..<count * features).map(Float.init)),
      exampleShape: [features], targets: .classes(labels: (0..<count).map { Int32($0 % 2) }, names: ["even", "odd"]))
  }

  @Test func splitsAreApartCompleteAndReproducible() throws {
    let all = try numbered(100)
    let splits = try DataSplits(all, validation: 20, test: 30, seed: 7)
    let parts = [splits.train, splits.validation, splits.test]
    #expect(parts.map(\.count) == [50, 20, 30])
    let firsts = parts.flatMap { part in (0..<part.count).map { part.features[$0, 0] } }
    #expect(firsts.sorted() == (0..<100).map { Float($0 * 3) })
    #expect(try DataSplits(all, validation: 20, test: 30, seed: 7).test.features == splits.test.features)
    #expect(try DataSplits(all, validation: 20, test: 30, seed: 8).test.features != splits.test.features)
  }

  @Test(arguments: [(0, 0), (50, 50), (100, 1)])
  func refusesToLeaveAPartEmpty(_ validation: Int, _ test: Int) throws {
    let all = try numbered(100)
    #expect(throws: DataError.self) { try DataSplits(all, validation: validation, test: test, seed: 1) }
  }

  @Test(arguments: [Standardisation.Scope.global, .perFeature])
  func standardisesByTheTrainingPartAlone(_ scope: Standardisation.Scope) throws {
    let splits = try DataSplits(numbered(100), validation: 20, test: 30, seed: 7)
    let scaled = try splits.standardised(scope)
    let columns = scope == .global ? [0..<3] : [0..<1, 1..<2, 2..<3]
    for range in columns {
      let values = (0..<50).flatMap { i in range.map { Double(scaled.train.features[i, $0]) } }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(abs(mean) < 1e-5 && abs(variance - 1) < 1e-5)
    }
    // The test part is moved by the same shift and scale.
    let slope =
      (scaled.train.features[1, 0] - scaled.train.features[0, 0])
      / (splits.train.features[1, 0] - splits.train.features[0, 0])
    let predicted = scaled.train.features[0, 0] + slope * (splits.test.features[5, 0] - splits.train.features[0, 0])
    #expect(abs(scaled.test.features[5, 0] - predicted) < 1e-4)
  }

  @Test func aFeatureThatNeverVariesIsOnlyShifted() throws {
    let data = try Dataset(
      name: "constant", features: Matrix(rows: 4, columns: 1, [7, 7, 7, 7]), exampleShape: [1],
      targets: .classes(labels: [0, 0, 1, 1], names: ["a", "b"]))
    let splits = try DataSplits(data, validation: 1, test: 1, seed: 1).standardised(.perFeature)
    #expect(splits.train.features.elements.allSatisfy { $0 == 0 })
  }

  @Test func contradictionsAreRefused() throws {
    func make(_ features: [Float], shape: [Int], labels: [Int32]) throws -> Dataset {
      try Dataset(
        name: "x", features: Matrix(rows: features.count / 2, columns: 2, features), exampleShape: shape,
        targets: .classes(labels: labels, names: ["a", "b"]))
    }
    func message(_ body: () throws -> Dataset) -> String? {
      #expect(throws: DataError.self) { try body() }?.description
    }
    #expect(message { try make([1, 2], shape: [3], labels: [0]) } == "x: examples of shape [3] do not have 2 features")
    #expect(
      message { try make([1, 2], shape: [2], labels: [0, 1]) }
        == "x: there are 1 examples and 2 targets; both must be as many")
    #expect(
      message { try make([1, 2, 3, .infinity], shape: [2], labels: [0, 1]) }
        == "x: feature 1 of example 1 is inf; remove the example or replace the value")
    #expect(message { try make([1, 2], shape: [2], labels: [2]) } == "x: the label of example 0 is 2, outside 0 … 1")
  }

  /// Few rows on one thread, and enough to be shared out.
  @Test(arguments: [1, 3, 70], [1, 2])
  func gatherCopiesTheChosenRows(_ batch: Int, _ threads: Int) throws {
    let data = try numbered(90, features: 300)
    let team = try ThreadTeam(threads: threads)
    let indices = (0..<batch).map { Int32(($0 * 37) % 90) }
    var labels = [Int32](repeating: -1, count: batch)
    var single = try Matrix<Float>(rows: batch, columns: 300)
    var double = try Matrix<Double>(rows: batch, columns: 300)
    indices.withUnsafeBufferPointer { indices in
      single.withMutableView { view in data.gather(indices, into: view, labels: &labels, team: team) }
      double.withMutableView { view in data.gather(indices, into: view, labels: &labels, team: team) }
    }
    let expected = indices.flatMap { row in (0..<300).map { data.features[Int(row), $0] } }
    #expect(single.elements == expected && double.elements == expected.map(Double.init))
    #expect(labels == indices.map { $0 % 2 })
  }
}
