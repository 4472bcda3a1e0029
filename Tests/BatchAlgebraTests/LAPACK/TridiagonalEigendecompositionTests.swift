import BatchAlgebra
import BatchTestSupport
import Glibc
import Testing

@Suite struct TridiagonalEigendecompositionTests {
  @Test(arguments: [1, 2, 3, 8, 31, 100]) func laplacianHasItsClosedForm(n: Int) throws {
    try check(n, as: Float.self)
    try check(n, as: Double.self)
  }

  /// λₖ = 2 − 2cos(kπ/(n + 1)), with vectors √(2/(n + 1))·sin(ikπ/(n + 1)) up to a sign.
  private func check<S: Scalar>(_ n: Int, as type: S.Type) throws {
    let diagonal = [S](repeating: 2, count: n)
    let offDiagonal = [S](repeating: -1, count: n - 1)
    let eigen = try TridiagonalEigendecomposition(diagonal: diagonal, offDiagonal: offDiagonal)
    let rounding = Double(S.ulpOfOne) * Double(n + 4) * 2
    let expected = (1...n).map { 2 - 2 * cos(Double($0) * .pi / Double(n + 1)) }
    #expect(firstMismatch(eigen.values, expected, absolute: rounding) == nil)
    let alone = try TridiagonalEigendecomposition.values(diagonal: diagonal, offDiagonal: offDiagonal)
    #expect(firstMismatch(alone, expected, absolute: rounding) == nil)
    #expect(departureFromOrthonormality(ofColumnsOf: eigen.vectors) <= rounding)
    let first = (1...n).map { (2 / Double(n + 1)).squareRoot() * sin(Double($0) * .pi / Double(n + 1)) }
    #expect(
      firstMismatch(eigen.firstComponents.map { $0.magnitude }, first, absolute: rounding * Double(n)) == nil)
  }

  @Test func gaussLegendreQuadratureIntegratesPolynomials() throws {
    // The Jacobi matrix of the Legendre polynomials (Golub & Welsch 1969): five nodes are exact up to degree 9.
    let beside = (1..<5).map { k in Double(k) / (4 * Double(k * k) - 1).squareRoot() }
    let rule = try TridiagonalEigendecomposition(diagonal: [0, 0, 0, 0, 0], offDiagonal: beside)
    for degree in 0...9 {
      let sum = zip(rule.values, rule.firstComponents).reduce(0) { $0 + 2 * $1.1 * $1.1 * pow($1.0, Double(degree)) }
      #expect((sum - (degree % 2 == 0 ? 2 / Double(degree + 1) : 0)).magnitude < 1e-14)
    }
  }

  @Test func wrongLengthsAreRefused() {
    let message =
      "tridiagonal eigendecomposition: the diagonal has 3 elements and the one beside it 3; it must have 2"
    #expect(throws: AlgebraError.shape(ShapeError(message))) {
      try TridiagonalEigendecomposition<Double>(diagonal: [1, 2, 3], offDiagonal: [1, 2, 3])
    }
  }

  @Test func numbersThatAreNoneAreRefusedWithTheirPlace() {
    let error = #expect(throws: AlgebraError.self) {
      try TridiagonalEigendecomposition<Float>(diagonal: [1, 2, 3], offDiagonal: [1, .nan])
    }
    #expect(
      error
        == .notFinite(
          NotFiniteError(operation: "tridiagonal eigendecomposition", place: "off-diagonal element 1", value: "nan")))
  }

  @Test func emptyMatrixHasNoValues() throws {
    let eigen = try TridiagonalEigendecomposition<Double>(diagonal: [], offDiagonal: [])
    #expect(eigen.values.isEmpty && eigen.firstComponents.isEmpty)
  }
}
