import BatchAlgebra
import BatchData
import BatchFormats
import BatchTestSupport
import Testing

@Suite("Data sets and splits")
struct DatasetTests {
  /// Examples whose only feature is their number.
  private func numbered(_ count: Int) throws -> Dataset {
    try Dataset(
      name: "numbered", features: Matrix(rows: count, columns: 1, (0..<count).map { Float($0) }),
      targets: .classes(labels: (0..<count).map { Int32($0 % 2) }, names: ["even", "odd"]))
  }

  private func message(
    _ features: [Float], columns: Int, shape: [Int]? = nil, _ targets: Targets
  ) throws -> String {
    let matrix = try Matrix<Float>(rows: features.count / columns, columns: columns, features)
    let error = thrownError { () throws(DataError) in
      try Dataset(name: "d", features: matrix, exampleShape: shape, targets: targets)
    }
    return try #require(error).description
  }

  @Test("Parts that do not fit are refused")
  func refused() throws {
    let two = Targets.classes(labels: [0, 1], names: ["a", "b"])
    #expect(try message([1, 2, 3], columns: 1, two) == "d has 3 examples but 2 labels; give one an example")
    #expect(try message([], columns: 1, two) == "d has 0 examples of 1 features; give at least one of each")
    #expect(
      try message([1, 2, 3, 4], columns: 2, shape: [3], two)
        == "d: the example shape [3] does not hold 2 features; give a shape whose product is the number of features")
    #expect(
      try message([1, 2], columns: 1, .classes(labels: [0, 2], names: ["a", "b"]))
        == "d: label 2 of example 1 lies outside 0…1; correct the label, or name all classes")
    #expect(
      try message([1, 2], columns: 1, .classes(labels: [-1, 0], names: ["a"])).contains("label -1 of example 0"))
    #expect(
      try message([1, 2, .nan, 4], columns: 2, two)
        == "d: feature 0 of example 1 is nan; replace it by a number, or leave the example out")
    #expect(try message([1, 2, 3, -.infinity], columns: 2, two).contains("feature 1 of example 1 is -inf"))
    #expect(
      try message([1, 2], columns: 1, .values(Matrix(rows: 2, columns: 1, [0, .nan])))
        == "d: target 0 of example 1 is nan; replace it by a number, or leave the example out")
  }

  @Test("A subset takes rows and answers together")
  func subset() throws {
    let part = try numbered(10).subset([7, 0, 7])
    #expect(part.features.elements == [7, 0, 7])
    #expect(part.targets == .classes(labels: [1, 0, 1], names: ["even", "odd"]))
    let outside = thrownError { () throws(DataError) in try part.subset([3]) }
    #expect(outside?.description == "numbered has no example 3; choose indices in 0…2")
  }

  @Test("The parts of a split share nothing, lose nothing, and come again with the seed")
  func splits() throws {
    let pool = try numbered(101)
    func split(_ seed: UInt64) throws -> DataSplits {
      try DataSplits(splitting: pool, validation: 20, test: 11, seed: seed, standardisation: .none)
    }
    let data = try split(1)
    #expect([data.train.count, data.validation.count, data.test.count] == [70, 20, 11])
    let all = data.train.features.elements + data.validation.features.elements + data.test.features.elements
    #expect(all.sorted() == (0..<101).map { Float($0) })
    #expect(try split(1) == data)
    #expect(try split(2) != data)
    #expect(
      data.description == "numbered: 70 training, 20 validation and 11 test examples, split at random with seed 1; "
        + "features as read")
  }

  @Test("A split with an empty part is refused", arguments: [(0, 1), (50, 51), (101, 0), (-1, 5)])
  func emptyParts(validation: Int, test: Int) throws {
    let pool = try numbered(101)
    let error = thrownError { () throws(DataError) in
      try DataSplits(splitting: pool, validation: validation, test: test, seed: 1, standardisation: .none)
    }
    #expect(try #require(error).description.contains("out of 101 leave a part empty"))
  }
}
