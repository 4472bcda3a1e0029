import BatchAlgebra
import BatchData
import Testing

@Suite struct SyntheticTests {
  private func labels(_ data: Dataset) -> [Int32] {
    guard case .classes(let labels, _) = data.targets else { return [] }
    return labels
  }

  @Test(arguments: [DataSource.dots(examples: 900), .spirals(examples: 900), .teacher(examples: 900)])
  func isDecidedByTheSeed(_ source: DataSource) throws {
    let one = try source.load(seed: 3)
    #expect(try source.load(seed: 3).train.features == one.train.features)
    #expect(try source.load(seed: 4).train.features != one.train.features)
    #expect([one.train.count, one.validation.count, one.test.count] == [630, 135, 135])
  }

  /// The best rule, the side of x + y = 0, is right for Φ(√2 / 0.75) = 97.0 % of the dots.
  @Test func dotsOverlapAsDescribed() throws {
    let data = try DataSource.dots(examples: 20_000).load(seed: 1, standardisation: Standardisation.Scope.none).train
    let right = labels(data).enumerated().filter { i, label in
      (data.features[i, 0] + data.features[i, 1] > 0) == (label == 1)
    }.count
    let share = Double(right) / Double(data.count)
    #expect(abs(share - 0.9703) < 5 * (0.97 * 0.03 / Double(data.count)).squareRoot())
  }

  @Test func spiralsHaveThreeEqualArmsWithinTheUnitCircle() throws {
    let splits = try DataSource.spirals(examples: 3000).load(seed: 1, standardisation: Standardisation.Scope.none)
    let all = [splits.train, splits.validation, splits.test].flatMap(labels)
    #expect((0..<3).map { arm in all.filter { $0 == arm }.count } == [1000, 1000, 1000])
    for i in 0..<splits.train.count {
      let (x, y) = (splits.train.features[i, 0], splits.train.features[i, 1])
      #expect(x * x + y * y <= 1.001)
    }
  }

  @Test func theTeacherUsesAllClasses() throws {
    let all = labels(try DataSource.teacher(examples: 5000).load(seed: 1).train)
    for label in 0..<5 { #expect(all.filter { $0 == label }.count > 100) }
  }

  @Test func namesAreParsed() throws {
    #expect(try DataSource(parsing: "dots") == .dots())
    #expect(try DataSource(parsing: "x/y.csv", label: "z") == .csv(path: "x/y.csv", label: "z"))
    #expect(try DataSource(parsing: "mnist", directory: "d") == .fashionMNIST(directory: "d"))
    let error = #expect(throws: DataError.self) { try DataSource(parsing: "imagenet") }
    #expect(
      error?.description
        == "there is no data set 'imagenet'; there are fashion-mnist, dots, spirals, teacher, or give the path of a .csv file"
    )
  }
}
