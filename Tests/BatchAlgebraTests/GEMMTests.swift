import BatchAlgebra
import BatchTestSupport
import Testing

@Suite struct GEMMTests {
  struct Shape: CustomTestStringConvertible {
    var m: Int
    var n: Int
    var k: Int
    var testDescription: String { "\(m)×\(n)×\(k)" }
  }

  /// Single rows, primes, multiples of 8 and their neighbours, nothing at all, and enough to be worth sharing.
  static let shapes = [
    (1, 1, 1), (1, 7, 5), (7, 1, 3), (13, 11, 17), (8, 8, 8), (7, 9, 8), (16, 15, 17), (33, 31, 32), (1, 64, 100),
    (0, 4, 4), (4, 0, 4), (4, 4, 0), (65, 130, 67), (128, 96, 40),
  ].map { Shape(m: $0.0, n: $0.1, k: $0.2) }

  @Test(arguments: shapes, [1, 2, 3])
  func equalsTheDefinition(_ shape: Shape, _ threads: Int) throws {
    let team = try ThreadTeam(threads: threads)
    for transposeA in Transposition.allCases {
      for transposeB in Transposition.allCases {
        try check(Float.self, shape, transposeA, transposeB, team, tolerance: 1e-5)
        try check(Double.self, shape, transposeA, transposeB, team, tolerance: 1e-13)
      }
    }
  }

  private func check<S: Scalar>(
    _: S.Type, _ shape: Shape, _ transposeA: Transposition, _ transposeB: Transposition, _ team: ThreadTeam,
    tolerance: Double
  ) throws {
    let (m, n, k) = (shape.m, shape.n, shape.k)
    let a = try TestMatrix<S>(
      rows: transposeA == .none ? m : k, columns: transposeA == .none ? k : m, padding: 3, seed: 1)
    let b = try TestMatrix<S>(
      rows: transposeB == .none ? k : n, columns: transposeB == .none ? n : k, padding: 1, seed: 2)
    for (alpha, beta) in [(1.0, 0.0), (-0.5, 2.0)] {
      let c = try TestMatrix<S>(rows: m, columns: n, padding: 5, seed: 3)
      let expected = naiveProduct(alpha: S(alpha), a.view, transposeA, b.view, transposeB, beta: S(beta), c.view)
      try gemm(
        team: team, alpha: S(alpha), a.view, transposeA, times: b.view, transposeB, beta: S(beta), into: c.mutableView)
      #expect(largestError(c.elements, expected) < tolerance * Double(max(k, 1)).squareRoot())
      #expect(c.isIntactOutside)
    }
  }

  /// Large enough to be cut: the same cut gives the same bits, and every cut the same product.
  @Test func theSameTeamGivesTheSameBits() throws {
    let a = try TestMatrix<Float>(rows: 150, columns: 90, seed: 1)
    let b = try TestMatrix<Float>(rows: 90, columns: 70, seed: 2)
    func product(threads: Int) throws -> [Double] {
      let c = try TestMatrix<Float>(rows: 150, columns: 70, seed: 3)
      try gemm(team: ThreadTeam(threads: threads), a.view, times: b.view, into: c.mutableView)
      return c.elements
    }
    #expect(try product(threads: 2) == product(threads: 2))
    #expect(largestError(try product(threads: 3), try product(threads: 1)) < 1e-5)
  }

  @Test func aMismatchShowsAllShapes() throws {
    let a = try Matrix<Float>(rows: 2, columns: 3)
    let b = try Matrix<Float>(rows: 4, columns: 5)
    let error = #expect(throws: AlgebraError.self) { try product(a, times: b) }
    #expect(
      error?.description
        == "matrix product: op(A) is 2×3, op(B) is 4×5 and C is 2×5; they must be M×K, K×N and M×N")
  }
}
