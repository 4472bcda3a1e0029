import BatchAlgebra
import BatchTestSupport
import Testing

@Suite struct GEMMTests {
  /// M, K, N: batch 1, primes, multiples of 8 ± 1, and the edges of shares and tiles.
  static let shapes: [(Int, Int, Int)] = [
    (1, 1, 1), (1, 17, 31), (7, 5, 3), (8, 8, 8), (7, 9, 15), (9, 7, 17), (31, 64, 33), (64, 63, 65), (65, 64, 127),
    (1, 97, 10), (128, 3, 1),
  ]

  @Test(arguments: shapes) func agreesWithNaiveProduct(shape: (m: Int, k: Int, n: Int)) throws {
    try check(shape, as: Float.self)
    try check(shape, as: Double.self)
  }

  private func check<S: Scalar>(_ shape: (m: Int, k: Int, n: Int), as type: S.Type) throws {
    var numbers = TestNumbers(seed: UInt64(shape.m * 10_000 + shape.k * 100 + shape.n))
    let (m, k, n) = shape
    for transposeA in Transposition.allCases {
      for transposeB in Transposition.allCases {
        let a = PaddedMatrix(
          rows: transposeA == .none ? m : k, columns: transposeA == .none ? k : m, padding: 3,
          numbers.uniform(count: m * k, as: S.self))
        let b = PaddedMatrix(
          rows: transposeB == .none ? k : n, columns: transposeB == .none ? n : k, padding: 5,
          numbers.uniform(count: k * n, as: S.self))
        let start: [S] = numbers.uniform(count: m * n, as: S.self)
        for (alpha, beta) in [(1.0, 0.0), (-0.5, 1), (2, -0.25), (0, 0.5)] {
          let c = PaddedMatrix(rows: m, columns: n, padding: 2, start)
          try gemm(
            alpha: S(alpha), a.view, transposeA, times: b.view, transposeB, beta: S(beta), into: c.mutableView)
          let expected = naiveProduct(
            alpha: alpha, a.view, transposeA, b.view, transposeB, beta: beta, start)
          let rounding = Double(S.ulpOfOne) * Double(k + 2) * 2
          #expect(firstMismatch(c.elements, expected, absolute: rounding) == nil, "\(transposeA) \(transposeB)")
          #expect(c.paddingIsIntact)
        }
      }
    }
  }

  @Test(arguments: [1, 2, 3], [(80, 70, 90), (200, 64, 40), (1, 600, 513), (33, 300, 65)])
  func teamGivesTheSameBitsEveryTime(threads: Int, shape: (m: Int, k: Int, n: Int)) throws {
    let (m, k, n) = shape
    var numbers = TestNumbers(seed: 5)
    let a = PaddedMatrix(rows: k, columns: m, padding: 1, numbers.uniform(count: m * k, as: Float.self))
    let b = PaddedMatrix(rows: k, columns: n, padding: 0, numbers.uniform(count: k * n, as: Float.self))
    let start = numbers.uniform(count: m * n, as: Float.self)
    let team = try ThreadTeam(threads: threads)
    var results: [[Float]] = []
    for _ in 0..<3 {
      let c = PaddedMatrix(rows: m, columns: n, padding: 7, start)
      try gemm(team: team, alpha: 1.5, a.view, .transposed, times: b.view, beta: 0.5, into: c.mutableView)
      #expect(c.paddingIsIntact)
      results.append(c.elements)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
    let expected = naiveProduct(alpha: 1.5, a.view, .transposed, b.view, .none, beta: 0.5, start)
    #expect(firstMismatch(results[0], expected, absolute: Double(Float.ulpOfOne) * Double(k)) == nil)
  }

  @Test func emptyInnerDimensionScalesC() throws {
    let a = try Matrix<Double>(rows: 2, columns: 0)
    let b = try Matrix<Double>(rows: 0, columns: 3)
    var c = try Matrix<Double>(rows: 2, columns: 3, [1, 2, 3, 4, 5, .nan])
    try c.withMutableView { c throws(ShapeError) in try gemm(a.view, times: b.view, beta: 2, into: c) }
    #expect(Array(c.elements.prefix(5)) == [2, 4, 6, 8, 10] && c[1, 2].isNaN)
    try c.withMutableView { c throws(ShapeError) in try gemm(a.view, times: b.view, into: c) }
    #expect(c.elements == [0, 0, 0, 0, 0, 0])
    #expect(try product(a, times: b).elements == [0, 0, 0, 0, 0, 0])
  }

  @Test(arguments: Transposition.allCases, Transposition.allCases)
  func emptyOuterDimensionsDoNothing(transposeA: Transposition, transposeB: Transposition) throws {
    for (m, k, n) in [(0, 3, 2), (2, 3, 0), (0, 0, 0), (0, 3, 0)] {
      let a = try Matrix<Float>(rows: transposeA == .none ? m : k, columns: transposeA == .none ? k : m)
      let b = try Matrix<Float>(rows: transposeB == .none ? k : n, columns: transposeB == .none ? n : k)
      let c = try product(a, transposeA, times: b, transposeB)
      #expect(c.rows == m && c.columns == n && c.elements.isEmpty)
    }
  }

  @Test func zeroBetaDoesNotReadC() throws {
    let a = try Matrix<Float>(rows: 1, columns: 2, [1, 2])
    var c = try Matrix<Float>(rows: 1, columns: 1, [.nan])
    try c.withMutableView { c throws(ShapeError) in try gemm(a.view, times: a.view, .transposed, into: c) }
    #expect(c[0, 0] == 5)
  }

  @Test func misfitShowsAllShapes() throws {
    let a = try Matrix<Float>(rows: 2, columns: 3)
    let b = try Matrix<Float>(rows: 4, columns: 5)
    let message = "matrix product: op(A) is 3×2, op(B) is 4×5 and C is 3×5; they must be M×K, K×N and M×N"
    #expect(throws: AlgebraError.shape(ShapeError(message))) { try product(a, .transposed, times: b) }
    var c = try Matrix<Float>(rows: 2, columns: 4)
    #expect(
      throws: ShapeError("matrix product: op(A) is 2×3, op(B) is 3×2 and C is 2×4; they must be M×K, K×N and M×N")
    ) {
      try c.withMutableView { c throws(ShapeError) in try gemm(a.view, times: a.view, .transposed, into: c) }
    }
  }

  @Test func lengthsBeyondBLASAreAnErrorAndNoTrap() throws {
    let one = PaddedMatrix<Float>(rows: 1, columns: 1, padding: 0, [1])
    let tooLong = Int(Int32.max) + 1
    // Never read: the lengths are refused first.
    let row = MatrixView(UnsafePointer(one.baseAddress), rows: 1, columns: tooLong)
    let strided = MatrixView(UnsafePointer(one.baseAddress), rows: 1, columns: 1, rowStride: tooLong)
    let message =
      "matrix product: a side or row stride of 2147483648 exceeds 2147483647, the most that BLAS and LAPACK can index; "
      + "cut the matrix into blocks"
    #expect(throws: ShapeError(message)) { try gemm(row, times: row, .transposed, into: one.mutableView) }
    #expect(throws: ShapeError(message)) { try gemm(strided, times: one.view, into: one.mutableView) }
    let team = try ThreadTeam(threads: 2)
    #expect(throws: ShapeError(message)) {
      try gemm(team: team, row, times: row, .transposed, into: one.mutableView)
    }
  }
}
