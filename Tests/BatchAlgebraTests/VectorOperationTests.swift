import BatchAlgebra
import Testing

@Suite struct VectorOperationTests {
  /// Lengths around the blocks in which sums are taken.
  @Test(arguments: [0, 1, 7, 1023, 1024, 1025, 5000])
  func equalTheirDefinitions(_ count: Int) throws {
    let x = (0..<count).map { Float($0 % 13) - 6 }
    var y = (0..<count).map { Float($0 % 7) - 3 }
    let (wideX, wideY) = (x.map(Double.init), y.map(Double.init))
    try x.withUnsafeBufferPointer { x in
      try y.withUnsafeMutableBufferPointer { y in
        #expect(Double(try dot(x, UnsafeBufferPointer(y))) == zip(wideX, wideY).reduce(0) { $0 + $1.0 * $1.1 })
        #expect(sumOfSquares(x) == wideX.reduce(0) { $0 + $1 * $1 })
        #expect(
          try squaredDistance(x, UnsafeBufferPointer(y))
            == zip(wideX, wideY).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
        #expect(Double(absoluteSum(x)) == wideX.reduce(0) { $0 + abs($1) })
        #expect(abs(Double(norm(x)) - sumOfSquares(x).squareRoot()) <= 1e-4)
        #expect(indexOfLargestMagnitude(x) == (count == 0 ? nil : 0))
        try axpy(2, x, into: y)
        scale(y, by: 0.5)
      }
    }
    #expect(y.map(Double.init) == zip(wideX, wideY).map { $0 + 0.5 * $1 })
  }

  @Test func lengthsThatDifferAreNamed() {
    let x: [Float] = [1, 2]
    let error = #expect(throws: ShapeError.self) {
      try x.withUnsafeBufferPointer { try dot($0, UnsafeBufferPointer(rebasing: $0[..<1])) }
    }
    #expect(error?.description == "dot: x has 2 elements and y has 1; they must be equal")
  }
}
