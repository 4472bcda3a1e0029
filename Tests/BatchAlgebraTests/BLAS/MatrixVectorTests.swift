import BatchAlgebra
import BatchTestSupport
import Testing

@Suite struct MatrixVectorTests {
  /// M and N: batch 1, primes, multiples of 8 ± 1.
  static let shapes: [(Int, Int)] = [(1, 1), (1, 17), (17, 1), (7, 5), (8, 8), (31, 33), (64, 63), (65, 257)]

  @Test(arguments: shapes) func agreesWithNaiveProduct(shape: (m: Int, n: Int)) throws {
    try check(shape, as: Float.self)
    try check(shape, as: Double.self)
  }

  private func check<S: Scalar>(_ shape: (m: Int, n: Int), as type: S.Type) throws {
    let (m, n) = shape
    var numbers = TestNumbers(seed: UInt64(m * 1000 + n))
    for transposition in Transposition.allCases {
      let (rows, columns) = transposition == .none ? (m, n) : (n, m)
      let elements = numbers.uniform(count: m * n, as: S.self)
      let padded = PaddedMatrix(rows: rows, columns: columns, padding: 3, elements)
      let a = try Matrix(rows: rows, columns: columns, elements)
      let x = numbers.uniform(count: n, as: S.self)
      let start = numbers.uniform(count: m, as: S.self)
      let column = try Matrix(rows: n, columns: 1, x)
      for (alpha, beta) in [(1.0, 0.0), (-0.5, 1), (2, -0.25)] {
        let expected = column.withView { naiveProduct(alpha: alpha, padded.view, transposition, $0, beta: beta, start) }
        let rounding = Double(S.ulpOfOne) * Double(n + 2) * 2
        var fromView = start
        try fromView.withUnsafeMutableBufferPointer { y in
          try x.withUnsafeBufferPointer { x in
            try gemv(alpha: S(alpha), padded.view, transposition, times: x, beta: S(beta), into: y)
          }
        }
        #expect(firstMismatch(fromView, expected, absolute: rounding) == nil)
        var fromArray = start
        try gemv(alpha: S(alpha), a, transposition, times: x, beta: S(beta), into: &fromArray)
        #expect(firstMismatch(fromArray, expected, absolute: rounding) == nil)
        if beta == 0 && alpha == 1 { #expect(try product(a, transposition, times: x) == fromArray) }
      }
    }
  }

  @Test func noColumnsScaleY() throws {
    let a = try Matrix<Float>(rows: 2, columns: 0)
    var y: [Float] = [3, .nan]
    try gemv(a, times: [], beta: 2, into: &y)
    #expect(y[0] == 6 && y[1].isNaN)
    try gemv(a, times: [], into: &y)
    #expect(y == [0, 0])
    #expect(try product(a, .transposed, times: [1, 2]) == [])
  }

  @Test func misfitShowsTheShapes() throws {
    let a = try Matrix<Double>(rows: 2, columns: 3)
    let message = "matrix-vector product: op(A) is 3×2, x has 3 elements and y has 3; they must be M×N, N and M"
    #expect(throws: ShapeError(message)) { try product(a, .transposed, times: [1, 2, 3]) }
  }

  @Test(arguments: [(1, 1), (3, 5), (5, 3), (17, 40), (64, 65), (4, 0)])
  func symmetricProductFillsBothTriangles(shape: (n: Int, k: Int)) throws {
    try checkSymmetric(shape, as: Float.self)
    try checkSymmetric(shape, as: Double.self)
  }

  private func checkSymmetric<S: Scalar>(_ shape: (n: Int, k: Int), as type: S.Type) throws {
    let (n, k) = shape
    var numbers = TestNumbers(seed: UInt64(n * 1000 + k))
    for transposition in Transposition.allCases {
      let (rows, columns) = transposition == .none ? (n, k) : (k, n)
      let a = try Matrix(rows: rows, columns: columns, numbers.uniform(count: n * k, as: S.self))
      let half = try Matrix(rows: n, columns: n, numbers.uniform(count: n * n, as: S.self))
      let symmetric = try Matrix(rows: n, columns: n) { i, j in half[min(i, j), max(i, j)] }
      for (alpha, beta) in [(1.0, 0.0), (-0.5, 1), (2, 0.5)] {
        // What lies below the diagonal is not read.
        var c = try Matrix(rows: n, columns: n) { i, j in i > j || beta == 0 ? .nan : half[i, j] }
        try syrk(alpha: S(alpha), a, transposition, beta: S(beta), into: &c)
        let other: Transposition = transposition == .none ? .transposed : .none
        let expected = a.withView {
          naiveProduct(alpha: alpha, $0, transposition, $0, other, beta: beta, symmetric.elements)
        }
        #expect(firstMismatch(c.elements, expected, absolute: Double(S.ulpOfOne) * Double(k + 2) * 4) == nil)
        #expect(try c.transposed() == c)
      }
    }
  }

  @Test func symmetricMisfitShowsBothShapes() throws {
    let a = try Matrix<Float>(rows: 2, columns: 3)
    var c = try Matrix<Float>(rows: 2, columns: 2)
    let message = "symmetric product: op(A) is 3×2 and C is 2×2; they must be N×K and N×N"
    #expect(throws: ShapeError(message)) { try syrk(a, .transposed, into: &c) }
  }
}
