import BatchAlgebra
import BatchTestSupport
import Testing

/// Products and vector operations on what a program has at hand: arrays and spans.
///
/// The arithmetic itself is compared with naive twins where pointers are taken; here small cases show that the operands arrive as they should.
@Suite struct ArraysAndSpansTests {
  @Test func vectorOperationsTakeArrays() throws {
    let x: [Float] = [3, -4]
    var y: [Float] = [1, 2]
    #expect(try dot(x, y) == -5)
    #expect(norm(x) == 5)
    #expect(absoluteSum(x) == 7)
    #expect(indexOfLargestMagnitude(x) == 1)
    #expect(indexOfLargestMagnitude([Double]()) == nil)
    #expect(sumOfSquares(x) == 25)
    #expect(try squaredDistance(x, y) == 40)
    try axpy(2, x, into: &y)
    #expect(y == [7, -6])
    scale(&y, by: -1)
    #expect(y == [-7, 6])
    #expect(throws: ShapeError("axpy: x has 3 elements and y has 2; they must be equal")) {
      try axpy(1, [1, 2, 3], into: &y)
    }
  }

  @Test func vectorOperationsTakePartsOfSpans() throws {
    let x: [Double] = [9, 1, 2, 9]
    var y: [Double] = [0, 10, 20, 0]
    #expect(try dot(x.span.extracting(1..<3), y.span.extracting(1..<3)) == 50)
    var result = y.mutableSpan
    try axpy(-1, x.span, into: &result)
    scale(&result, by: 2)
    #expect(y == [-18, 18, 36, -18])
  }

  @Test func aVectorMayBeAddedToItself() throws {
    var x: [Double] = [1, 2, 3]
    try axpy(1, x, into: &x)
    #expect(x == [2, 4, 6])
  }

  @Test(arguments: Transposition.allCases, Transposition.allCases)
  func productsTakeArrays(transposeA: Transposition, transposeB: Transposition) throws {
    let (m, n, k) = (3, 5, 4)
    var numbers = TestNumbers(seed: 3)
    let a = numbers.uniform(count: m * k, as: Double.self)
    let b = numbers.uniform(count: k * n, as: Double.self)
    let start = numbers.uniform(count: m * n, as: Double.self)
    var c = start
    try gemm(m: m, n: n, k: k, alpha: 2, a, transposeA, times: b, transposeB, beta: -1, into: &c)
    let expected = a.withMatrixView(rows: transposeA == .none ? m : k, columns: transposeA == .none ? k : m) { a in
      b.withMatrixView(rows: transposeB == .none ? k : n, columns: transposeB == .none ? n : k) { b in
        naiveProduct(alpha: 2, a, transposeA, b, transposeB, beta: -1, start)
      }
    }
    #expect(firstMismatch(c, expected, absolute: 1e-14) == nil)
  }

  @Test func productsTakeMatrices() throws {
    let a = try Matrix<Float>([[1, 2], [3, 4]])
    var c = try Matrix<Float>.identity(2)
    try gemm(a, times: a, .transposed, beta: 10, into: &c)
    #expect(c == (try Matrix([[15, 11], [11, 35]])))
    // The operand is the old value, also where it is the target.
    try gemm(c, times: a, into: &c)
    #expect(c == (try Matrix([[48, 74], [116, 162]])))
  }

  @Test func arraysOfOtherLengthsAreErrors() throws {
    var c: [Float] = [0]
    #expect(throws: ShapeError("matrix product: 3 elements do not fill A, which is 1×2")) {
      try gemm(m: 1, n: 1, k: 2, [1, 2, 3], times: [1, 2], into: &c)
    }
    #expect(throws: ShapeError("matrix product: 1 elements do not fill B, which is 1×2")) {
      try gemm(m: 1, n: 1, k: 2, [1, 2], times: [1], .transposed, into: &c)
    }
    #expect(throws: ShapeError("matrix product: 0 elements do not fill A, which is -1×0")) {
      try gemm(m: -1, n: 1, k: 0, [], times: [], into: &c)
    }
  }

  @Test func emptyArraysAreProductsOfNothing() throws {
    var c: [Float] = [7, 8]
    try gemm(m: 1, n: 2, k: 0, [], times: [], beta: 2, into: &c)
    #expect(c == [14, 16])
    var none: [Float] = []
    try gemm(m: 0, n: 2, k: 1, [], times: [1, 2], into: &none)
    #expect(none.isEmpty)
  }
}
