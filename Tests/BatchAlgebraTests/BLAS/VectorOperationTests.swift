import BatchTestSupport
import Testing

@testable import BatchAlgebra

@Suite struct VectorOperationTests {
  @Test(arguments: [0, 1, 7, 8, 9, 31, 64, 1000, 1023, 4099])
  func agreeWithDouble(count: Int) throws {
    try check(count, as: Float.self)
    try check(count, as: Double.self)
  }

  private func check<S: Scalar>(_ count: Int, as type: S.Type) throws {
    var numbers = TestNumbers(seed: UInt64(count))
    let x: [S] = numbers.uniform(count: count, as: S.self)
    var y: [S] = numbers.uniform(count: count, as: S.self)
    let (xs, ys) = (x.map(Double.init), y.map(Double.init))
    let rounding = Double(S.ulpOfOne) * Double(count + 1)
    func sum(_ term: (Int) -> Double) -> Double { (0..<count).reduce(0) { $0 + term($1) } }
    func close(_ found: Double, _ expected: Double) -> Bool {
      (found - expected).magnitude <= rounding * max(expected.magnitude, 1)
    }

    try x.withUnsafeBufferPointer { x in
      try y.withUnsafeMutableBufferPointer { y in
        #expect(close(Double(try dot(x, UnsafeBufferPointer(y))), sum { xs[$0] * ys[$0] }))
        #expect(close(Double(norm(x)), sum { xs[$0] * xs[$0] }.squareRoot()))
        #expect(close(Double(absoluteSum(x)), sum { xs[$0].magnitude }))
        // Double precision whatever the type: only the order of the terms differs.
        let tight = 1e-13 * Double(count + 1)
        #expect((sumOfSquares(x) - sum { xs[$0] * xs[$0] }).magnitude <= tight)
        let distance = try squaredDistance(x, UnsafeBufferPointer(y))
        #expect((distance - sum { (xs[$0] - ys[$0]) * (xs[$0] - ys[$0]) }).magnitude <= tight)
        let largest = (0..<count).max { xs[$0].magnitude < xs[$1].magnitude }
        #expect(indexOfLargestMagnitude(x) == largest)
        try axpy(-0.5, x, into: y)
        scale(y, by: 3)
      }
    }
    #expect(firstMismatch(y, (0..<count).map { 3 * (ys[$0] - 0.5 * xs[$0]) }, absolute: rounding) == nil)
  }

  @Test func squaresDoNotOverflowOrVanish() {
    let large: [Float] = [3e30, -4e30]
    let small: [Float] = [3e-30, -4e-30]
    large.withUnsafeBufferPointer {
      #expect((norm($0) / 5e30 - 1).magnitude < 1e-6)
      #expect((sumOfSquares($0) / 25e60 - 1).magnitude < 1e-6)
    }
    small.withUnsafeBufferPointer {
      #expect((norm($0) / 5e-30 - 1).magnitude < 1e-6)
      #expect((sumOfSquares($0) / 25e-60 - 1).magnitude < 1e-6)
    }
    let huge: [Double] = [3e200, -4e200]
    huge.withUnsafeBufferPointer { #expect((norm($0) / 5e200 - 1).magnitude < 1e-14) }
  }

  @Test func firstOfEqualMagnitudesIsFound() {
    let x: [Double] = [1, -3, 3, 2]
    x.withUnsafeBufferPointer { #expect(indexOfLargestMagnitude($0) == 1) }
  }

  @Test func differentLengthsShowBoth() {
    let x: [Float] = [1, 2]
    let y: [Float] = [1, 2, 3]
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        #expect(throws: ShapeError("dot: x has 2 elements and y has 3; they must be equal")) { try dot(x, y) }
        #expect(throws: ShapeError("squaredDistance: x has 2 elements and y has 3; they must be equal")) {
          try squaredDistance(x, y)
        }
      }
    }
  }

  @Test(arguments: [0, 1, 5, 10, 11, 99]) func longVectorsAreCutWithoutGapsOrOverlap(count: Int) {
    var ranges: [Range<Int>] = []
    forEachBLASLength(in: count, limit: 10) { ranges.append($0) }
    #expect(ranges.flatMap { Array($0) } == Array(0..<count))
    #expect(ranges.allSatisfy { $0.count <= 10 && !$0.isEmpty })
  }
}
