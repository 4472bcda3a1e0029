import Glibc

/// How alike neighbours of a series are: its autocorrelation as rₖ = r₁δᵏ⁻¹, that of a series of first order that is
/// seen through noise.
///
/// The noise makes r₁ small however long the memory is, so that one number does not do: δ comes from how r₂ and r₃
/// follow r₁. Each is corrected for the bias of a short series (Kendall 1954).
struct Autocorrelation: Sendable, Hashable {
  /// r₁, from 0 to δ; 0 where it is within half a standard error of none.
  let first: Double
  /// δ, what is left from one lag to the next; at most 0.95.
  let decay: Double

  /// Of a series about 0.
  init(_ values: [Double]) {
    let squares = values.reduce(0) { $0 + $1 * $1 }
    let count = Double(values.count)
    guard squares > 0, values.count >= 4 else {
      (first, decay) = (0, 0)
      return
    }
    func lagged(_ lag: Int) -> Double {
      zip(values, values.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 } / (count - Double(lag)) / (squares / count)
    }
    let bias = (1 + 3 * lagged(1)) / count
    let r = (1...3).map { lagged($0) + bias }
    guard r[0] * count.squareRoot() > 0.5 else {
      (first, decay) = (0, 0)
      return
    }
    decay = min(0.95, max(r[0], (r[1] * r[0] + r[2] * r[1]) / (r[0] * r[0] + r[1] * r[1])))
    first = min(r[0], decay)
  }

  /// 1 + 2Σrₖ: how many times the variance of a mean is that of independent values.
  var inflation: Double { 1 + 2 * first / (1 - decay) }

  /// How long blocks of neighbours are to be for a mean of `count`: (cn)^⅓·(Σ|k|rₖ/Σrₖ)^⅔ over all lags k.
  ///
  /// Politis & White 2004 have c = 1.5; c = 3 is taken here, which covers better at a few hundred updates.
  func blockLength(_ count: Int) -> Int {
    let spread = 2 * first / ((1 - decay) * (1 - decay)) / inflation
    return max(1, Int(cbrt(3 * Double(count) * spread * spread).rounded()))
  }

  /// The variance of the mean of many blocks over that which they would have if they were independent of one another.
  func covarianceBetweenBlocks(of length: Double) -> Double {
    let lost = 2 * first * (1 - pow(decay, length)) / (length * (1 - decay) * (1 - decay))
    return inflation / (inflation - lost)
  }
}
