import BatchAlgebra
import BatchFoundation
public import BatchTraining

/// The trace of a symmetric operator, by Hutch++ (Meyer, Musco, Musco & Woodruff 2021, algorithm 1).
///
/// A third of the products find a subspace Q that holds most of A, a third give the trace of A within it exactly, and a
/// third estimate what is left by Hutchinson's mean of gᵀ(1 − QQᵀ)A(1 − QQᵀ)g over random signs g. The trace of a
/// network's Hessian is n times its mean eigenvalue.
public struct TraceEstimate: Sendable, Hashable, Codable {
  /// The estimate.
  public let value: Double
  /// How far it scatters about the trace over seeds, at most.
  ///
  /// With R what is left outside Q, the mean of gᵀRg over m vectors of signs has the variance 2(|R|² − Σ Rᵢᵢ²)/m, with
  /// the Frobenius norm |R|, and Σ Rᵢᵢ² ≥ (tr R)²/n (Avron & Toledo 2011, *Randomized algorithms for estimating the
  /// trace*). The mean of |Rg|² tells |R|² more reliably than the scatter of few gᵀRg does. At least what rounding
  /// makes.
  public let standardError: Double
  /// The number of products that were taken.
  public let products: Int

  /// The 95 % interval.
  public var interval: ClosedRange<Double> { value - 1.96 * standardError...value + 1.96 * standardError }

  /// The estimate from at most `products` products, 12 at least.
  ///
  /// Takes a third as many vectors of memory.
  ///
  /// - Throws: ``/BatchTraining/CurvatureError`` for too few products, products that are no numbers, or when memory is
  ///   short.
  public init<Operator: SymmetricOperator>(of a: Operator, products: Int = 90, seed: UInt64) throws(CurvatureError) {
    guard products >= 12 else {
      throw .setting("an estimate of a trace with its error needs at least 12 products, not \(products)")
    }
    guard a.dimension >= 1 else { throw .setting("a space of dimension 0 has no trace to estimate") }
    let probes = products / 3
    let (v, product) = (try a.zeroVector(), try a.zeroVector())
    var stream = RandomStream(seed: seed, name: "trace sketch")
    var basis = try OrthonormalBasis<Operator.Element>(
      capacity: min(probes, a.dimension), length: a.storedCount)
    var sketches = 0
    while sketches < probes, basis.count < basis.capacity {
      sketches += 1
      a.fill(v.elements, with: .signs, from: &stream)
      try a.product(of: v.readOnly, into: product.elements)
      let before = sumOfSquares(product.readOnly).squareRoot()
      try basis.project(product.elements)
      let left = sumOfSquares(product.readOnly).squareRoot()
      // What the subspace holds already up to rounding would make a vector of noise.
      if left > 64 * Double(Operator.Element.ulpOfOne) * before { basis.append(product.readOnly, norm: left) }
    }

    var exact = 0.0
    var size = 0.0
    for index in 0..<basis.count {
      try a.product(of: basis.vector(index), into: product.elements)
      let part = Double(
        try shaped { () throws(ShapeError) in try dot(basis.vector(index), product.readOnly) })
      exact += part
      size += abs(part)
    }

    // R = (1 − QQᵀ)A(1 − QQᵀ): gᵀRg of each probe, and |Rg|², whose mean is the squared Frobenius norm of R.
    stream = RandomStream(seed: seed, name: "trace probes")
    var (rest, square) = (0.0, 0.0)
    for _ in 0..<probes {
      a.fill(v.elements, with: .signs, from: &stream)
      try basis.project(v.elements)
      try a.product(of: v.readOnly, into: product.elements)
      rest += Double(try shaped { () throws(ShapeError) in try dot(v.readOnly, product.readOnly) }) / Double(probes)
      try basis.project(product.elements)
      square += sumOfSquares(product.readOnly) / Double(probes)
    }
    value = exact + rest
    let variance = 2 * max(0, square - rest * rest / Double(a.dimension))
    let rounding = Double(Operator.Element.ulpOfOne) * size
    standardError = max(rounding, (variance / Double(probes)).squareRoot())
    self.products = sketches + basis.count + probes
  }
}
