import BatchAlgebra
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Glibc
import Testing

@testable import BatchScience

@Suite struct SpectralDensityTests {
  @Test func integratesToOneAndHasTheMomentsOfAKnownSpectrum() throws {
    let bulk: [Double] = (0..<140).map { 0.5 * sin(Double($0)) }
    let outliers: [Double] = (10..<20).map { Double($0) / 4 }
    let eigenvalues = bulk + outliers
    let density = try SpectralDensity(of: KnownMatrix(eigenvalues: eigenvalues), probes: 40, steps: 25, seed: 1)
    #expect(density.products == 40 * 25)
    for probe in density.probes { #expect(abs(probe.reduce(0) { $0 + $1.weight } - 1) < 1e-12) }
    for k in 0...6 {
      let exact = eigenvalues.map { pow($0, Double(k)) }.reduce(0, +) / 150
      let sample = density.moments(k)
      let error = (sample.deviation ?? 0) / Double(sample.count).squareRoot()
      #expect(abs(sample.mean - exact) <= 3 * error + 1e-12, "moment \(k): \(sample.mean), exactly \(exact)")
    }
    for width in [density.usualWidth, 0.3] {
      let curve = density.curve(points: 4000, width: width)
      let step = curve[1].eigenvalue - curve[0].eigenvalue
      #expect(abs(curve.reduce(0) { $0 + $1.density } * step - 1) < 1e-4)
    }
    #expect(abs(density.share(above: 1.5) - 10.0 / 150) < 0.02)
    #expect(density.range.upperBound <= 4.75 + 1e-9 && density.range.upperBound > 4.7)
  }

  /// A quadrature of m nodes is exact for the moments of its own vector up to the power 2m − 1.
  @Test func isAGaussQuadrature() throws {
    let a = try KnownMatrix(eigenvalues: (0..<30).map { Double($0 - 10) / 10 })
    let density = try SpectralDensity(of: a, probes: 1, steps: 4, seed: 5)
    let v = try AlignedBuffer<Double>(count: 30)
    var stream = RandomStream(seed: 5, name: "spectral density")
    a.fill(v.elements, with: .signs, from: &stream)
    let power = try AlignedBuffer<Double>(count: 30)
    _ = power.elements.update(fromContentsOf: v.elements)
    for k in 0..<8 {
      let exact = try dot(v.point, power.point) / 30
      #expect(abs(density.moments(k).mean - exact) < 1e-13, "moment \(k)")
      let next = try AlignedBuffer<Double>(count: 30)
      try a.apply(power.point, into: next.elements)
      _ = power.elements.update(fromContentsOf: next.elements)
    }
  }

  @Test func ofANetworkHasTheTraceOfItsHessian() throws {
    let task = try LeastSquaresTask()
    let known = try task.eigenvalues()
    let density = try SpectralDensity(of: HessianOperator(task.loss(Double.self)), probes: 20, steps: 14, seed: 2)
    #expect(density.dimension == known.count)
    let mean = density.moments(1)
    let error = (mean.deviation ?? 0) / Double(mean.count).squareRoot()
    #expect(abs(mean.mean - known.reduce(0, +) / Double(known.count)) <= 3 * error)
  }

  @Test func takesASpectrumOfOnePoint() throws {
    let density = try SpectralDensity(of: KnownMatrix(eigenvalues: [2, 2, 2, 2]), probes: 3, seed: 1)
    #expect(density.probes.allSatisfy { $0.count == 1 && abs($0[0].eigenvalue - 2) < 1e-14 })
    #expect(density.usualWidth > 0)
    let zero = try SpectralDensity(of: KnownMatrix(Matrix(rows: 3, columns: 3)), probes: 2, seed: 1)
    #expect(zero.range == 0...0 && zero.usualWidth == 0.01)
    let a = try KnownMatrix(eigenvalues: [1, 2])
    #expect(
      thrownError { () throws(CurvatureError) in try SpectralDensity(of: a, probes: 0, seed: 1) }
        == .setting("a spectral density needs at least 1 random vector, not 0"))
  }
}
