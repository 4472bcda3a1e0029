import BatchAlgebra
import BatchData
import BatchFormats
import BatchTestSupport
import Glibc
import Testing

@Suite("Synthetic tasks")
struct SyntheticTests {
  private func labels(_ data: Dataset) -> [Int32] {
    guard case .classes(let labels, _) = data.targets else { return [] }
    return labels
  }

  @Test(
    "Dots are half red, half blue, and the best classifier is right as often as theory says", arguments: [0.0, 2, 3])
  func dots(distance: Double) throws {
    let data = try Dots(examples: 4000, distance: distance).dataset(seed: 1)
    let labels = labels(data)
    guard case .classes(_, let names) = data.targets else { return #expect(Bool(false)) }
    #expect(names == ["red", "blue"])
    #expect(labels.count { $0 == 0 } == 2000)
    // The best classifier asks on which side of the line between the centres a point lies; it is right with Φ(d/2).
    let right = (0..<data.count).count { (data.features[$0, 0] + data.features[$0, 1] > 0) == (labels[$0] == 1) }
    let expected = 0.5 * erfc(-distance / 2 / 2.0.squareRoot())
    let standardError = (expected * (1 - expected) / 4000).squareRoot()
    #expect(abs(Double(right) / 4000 - expected) < 4 * standardError)
  }

  @Test("Without noise, the arm of a spiral's point follows from radius and angle", arguments: [2, 3, 5])
  func spirals(arms: Int) throws {
    let data = try Spirals(examples: 300, arms: arms, noise: 0).dataset(seed: 2)
    let labels = labels(data)
    for arm in 0..<arms { #expect(labels.count { $0 == arm } == 300 / arms) }
    for row in 0..<data.count {
      let (x, y) = (Double(data.features[row, 0]), Double(data.features[row, 1]))
      let radius = (x * x + y * y).squareRoot()
      #expect(radius <= 1)
      // Near the centre Float's rounding hides the angle.
      guard radius > 0.01 else { continue }
      let turns = atan2(y, x) / (2 * Double.pi) - 1.5 * radius
      let arm = Int((turns * Double(arms)).rounded()) % arms
      #expect((arm + arms) % arms == Int(labels[row]))
    }
  }

  @Test("Noise moves a spiral's points by its deviation and nothing else")
  func spiralNoise() throws {
    let clean = try Spirals(examples: 2000, noise: 0).dataset(seed: 3).features.elements
    let noisy = try Spirals(examples: 2000, noise: 0.1).dataset(seed: 3).features.elements
    let meanSquare = zip(clean, noisy).reduce(0) { $0 + Double(($1.1 - $1.0) * ($1.1 - $1.0)) } / 4000
    #expect(abs(meanSquare.squareRoot() - 0.1) < 0.005)
  }

  @Test("The teacher's noise replaces its fraction of labels and leaves inputs alone", arguments: [0.1, 0.5, 1])
  func teacherNoise(fraction: Double) throws {
    func data(_ noise: Double) throws -> Dataset {
      try Teacher(examples: 2000, features: 6, width: 8, classes: 4, labelNoise: noise).dataset(seed: 4)
    }
    let (clean, noisy) = (try data(0), try data(fraction))
    #expect(clean.features == noisy.features)
    let replaced = zip(labels(clean), labels(noisy)).count { $0 != $1 }
    let standardError = (fraction * (1 - fraction) / 2000).squareRoot()
    #expect(abs(Double(replaced) / 2000 - fraction) <= 4 * standardError)
  }

  @Test("The teacher's labels can be learnt: the nearest neighbour knows much more than the commonest class")
  func teacherIsLearnable() throws {
    let data = try Teacher(examples: 1200, features: 3, width: 8, classes: 3).dataset(seed: 5)
    let labels = labels(data)
    let majority = try #require(DatasetSummary(data).majorityAccuracy)
    func distance(_ a: Int, _ b: Int) -> Float {
      (0..<3).reduce(0) { sum, j in
        let difference = data.features[a, j] - data.features[b, j]
        return sum + difference * difference
      }
    }
    let right = (1100..<1200).count { row in
      let nearest = (0..<1100).min { distance(row, $0) < distance(row, $1) }
      return labels[row] == nearest.map { labels[$0] }
    }
    #expect(Double(right) / 100 > majority + (1 - majority) / 2)
  }

  @Test("A seed gives the same task again, another seed another")
  func repeatable() throws {
    #expect(try Dots().dataset(seed: 1) == Dots().dataset(seed: 1))
    #expect(try Dots().dataset(seed: 1) != Dots().dataset(seed: 2))
    #expect(try Spirals(examples: 50).dataset(seed: 1) != Spirals(examples: 50).dataset(seed: 2))
    let teacher = Teacher(examples: 50, features: 3, width: 2)
    #expect(try teacher.dataset(seed: 1) == teacher.dataset(seed: 1))
    #expect(try teacher.dataset(seed: 1) != teacher.dataset(seed: 2))
  }

  @Test(
    "Sizes that cannot be counted are refused before anything is allocated",
    arguments: [
      "dots:examples=9223372036854775807", "spirals:examples=9223372036854775807,arms=9223372036854775807",
      "teacher:examples=9223372036854775807", "teacher:features=9223372036854775807",
      "teacher:features=2,width=9223372036854775807", "teacher:width=1,classes=9223372036854775807",
      "teacher:examples=1,width=1,classes=2000000000", "teacher:features=1073741824,width=1073741824",
    ])
  func tooLarge(_ name: String) throws {
    let source = try DataSource(parsing: name)
    #expect(thrownError { () throws(DataError) in try source.load(seed: 0) }?.kind == .invalidArgument)
  }

  @Test("A teacher of more weights than there is memory names what makes it so")
  func tooWide() throws {
    let wide = thrownError { () throws(DataError) in try Teacher(features: 40_000, width: 40_000).dataset(seed: 0) }
    #expect(
      wide?.description
        == "teacher: width 40000 with features 40000 has more than 268435456 weights; "
        + "give a smaller width, or fewer features")
  }

  @Test("Arguments that cannot work are named")
  func refused() throws {
    let noise = thrownError { () throws(DataError) in try Teacher(labelNoise: 1.5).dataset(seed: 0) }
    #expect(noise?.description == "teacher: noise cannot be 1.5; give a fraction in 0…1")
    let arms = thrownError { () throws(DataError) in try Spirals(arms: 1).dataset(seed: 0) }
    #expect(arms?.description == "spirals: arms cannot be 1; give at least 2")
    let distance = thrownError { () throws(DataError) in try Dots(distance: .nan).dataset(seed: 0) }
    #expect(distance?.description == "dots: distance cannot be nan; give a number from 0 on")
  }
}
