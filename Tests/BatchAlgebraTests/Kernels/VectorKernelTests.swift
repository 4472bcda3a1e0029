import BatchAlgebra
import BatchTestSupport
import CBatchKernels
import Testing

/// Passes over vectors, on every instruction set, at lengths around the vectors' widths.
@Suite struct VectorKernelTests {
  private static let counts = [0, 1, 3, 4, 7, 8, 15, 16, 17, 67]

  @Test(arguments: InstructionSet.supported, counts)
  func singlePrecisionFollowsItsTwin(_ set: InstructionSet, _ count: Int) {
    let kernels = set.singleKernels
    var numbers = TestNumbers(seed: UInt64(count))
    // One element beyond, which nobody may touch.
    let x: [Float] = numbers.uniform(count: count + 1, 3, as: Float.self)
    let other: [Float] = numbers.uniform(count: count + 1, 3, as: Float.self)
    var scaled = x
    kernels.scale(count, 0.3, &scaled)
    #expect(scaled == x.indices.map { $0 < count ? 0.3 * x[$0] : x[$0] })
    var clamped = x
    kernels.clamp(count, 1.5, &clamped)
    #expect(clamped == x.indices.map { $0 < count ? max(-1.5, min(1.5, x[$0])) : x[$0] })
    var near = x
    kernels.approach(count, 0.25, other, &near)
    let (from, to) = (x.map(Double.init), other.map(Double.init))
    let expected = x.indices.map { $0 < count ? from[$0] + 0.25 * (to[$0] - from[$0]) : from[$0] }
    #expect(firstMismatch(near, expected, absolute: 1e-6) == nil)
  }

  @Test(arguments: InstructionSet.supported, counts)
  func doublePrecisionFollowsItsTwin(_ set: InstructionSet, _ count: Int) {
    let kernels = set.doubleKernels
    var numbers = TestNumbers(seed: UInt64(count))
    let x: [Double] = numbers.uniform(count: count + 1, 3, as: Double.self)
    let other: [Double] = numbers.uniform(count: count + 1, 3, as: Double.self)
    var scaled = x
    kernels.scale(count, 0.3, &scaled)
    #expect(scaled == x.indices.map { $0 < count ? 0.3 * x[$0] : x[$0] })
    var clamped = x
    kernels.clamp(count, 1.5, &clamped)
    #expect(clamped == x.indices.map { $0 < count ? max(-1.5, min(1.5, x[$0])) : x[$0] })
    var near = x
    kernels.approach(count, 0.25, other, &near)
    let expected = x.indices.map { $0 < count ? x[$0] + 0.25 * (other[$0] - x[$0]) : x[$0] }
    #expect(firstMismatch(near, expected, absolute: 1e-15) == nil)
  }

  /// Three rows, further apart than they are long; what lies between them is not touched.
  @Test(arguments: InstructionSet.supported, counts)
  func sumsOverRowsFollowTheirTwins(_ set: InstructionSet, _ count: Int) {
    check(set.singleKernels, count, Float.self, tolerance: 1e-6)
    check(set.doubleKernels, count, Double.self, tolerance: 1e-14)
  }

  private func check<S: Scalar>(_ kernels: bk_kernels, _ count: Int, _: S.Type, tolerance: Double) {
    var numbers = TestNumbers(seed: UInt64(count))
    let stride = count + 5
    let x: [S] = numbers.uniform(count: 3 * stride, 3, as: S.self)
    let y: [S] = numbers.uniform(count: 3 * stride, 3, as: S.self)
    func row(_ values: [S], _ i: Int) -> [Double] { values[i * stride..<i * stride + count].map { Double($0) } }
    var (squares, sums) = ([0.5, 0.5, 0.5, 7], [0.5, 0.5, 0.5, 7])
    kernels.row_squares(3, count, x, stride, &squares)
    kernels.gram_sums(3, count, x, y, stride, &sums)
    let expectedSquares = (0..<3).map { row(x, $0).reduce(0) { $0 + $1 * $1 } } + [7]
    let expectedSums = (0..<3).map { i in 0.5 + zip(row(x, i), row(y, i)).reduce(0) { $0 + ($1.0 + 1) * $1.1 } } + [7]
    #expect(firstMismatch(squares, expectedSquares, relative: 1e-13, absolute: 1e-13) == nil)
    #expect(firstMismatch(sums, expectedSums, relative: 1e-13, absolute: 1e-12) == nil)
    var scaled = x
    kernels.scaled_squares(3, count, 0.5, x, stride, &scaled, stride)
    let expected = x.indices.map { $0 % stride < count ? 0.25 * Double(x[$0]) * Double(x[$0]) : Double(x[$0]) }
    #expect(firstMismatch(scaled, expected, relative: tolerance, absolute: tolerance) == nil)
  }

  @Test(arguments: InstructionSet.supported)
  func aNaNIsNeitherScaledNorClampedAway(_ set: InstructionSet) {
    for place in [0, 5, 16, 18] {
      var x = [Float](repeating: 2, count: 19)
      x[place] = .nan
      var scaled = x
      set.singleKernels.scale(19, 0, &scaled)
      var clamped = x
      set.singleKernels.clamp(19, 1, &clamped)
      var near = [Float](repeating: 1, count: 19)
      set.singleKernels.approach(19, 0.5, x, &near)
      var wide = x.map(Double.init)
      set.doubleKernels.clamp(19, 1, &wide)
      #expect(x.indices.allSatisfy { scaled[$0].isNaN == ($0 == place) && clamped[$0].isNaN == ($0 == place) })
      #expect(x.indices.allSatisfy { near[$0].isNaN == ($0 == place) && wide[$0].isNaN == ($0 == place) })
    }
    var infinite: [Float] = [.infinity, -.infinity]
    set.singleKernels.clamp(2, 1, &infinite)
    #expect(infinite == [1, -1])
  }
}
