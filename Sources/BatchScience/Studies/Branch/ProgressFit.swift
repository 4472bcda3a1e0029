import BatchFoundation
import Glibc

/// The critical batch that explains which share of the progress branches make at multiples of a batch.
///
/// If S(B) = S_min(1 + B_c/B) updates reach a goal (McCandlish and others 2018, §2), an update of B examples makes the
/// share 1/(1 + B_c/B) of the largest step's progress. Over the same examples a branch at k·B then makes
/// r_k = (B + B_c)/(kB + B_c) of the progress of one at B: 1 far below the critical batch, 1/k far above it. Fitted are
/// the logarithms of r_k, by least squares over the logarithm of B_c/B.
struct ProgressFit {
  /// ln(B_c/B), within ``range``.
  let logRatio: Double
  /// The standard error of it by the scatter of the multiples about the fit; nil with a single one.
  let error: Double?
  /// What can be told of B_c/B by the multiples: beyond it every r_k is 1 within a tenth, and below it 1/k.
  let range: ClosedRange<Double>

  /// Whether the least squares lie at an end of what can be told.
  var isAtTop: Bool { logRatio >= range.upperBound - Self.step }
  /// Whether they lie at the lower end.
  var isAtBottom: Bool { logRatio <= range.lowerBound + Self.step }

  private static var step: Double { 1e-3 }

  /// The share r_k for a ratio x = B_c/B.
  static func share(_ multiple: Double, ratio x: Double) -> Double { (1 + x) / (multiple + x) }

  /// Fits shares above zero of multiples above 1; nil without any.
  init?(_ shares: [(multiple: Double, share: Double)]) {
    guard let largest = shares.map(\.multiple).max() else { return nil }
    let logarithms = shares.map { (multiple: $0.multiple, value: log($0.share)) }
    func squares(_ u: Double) -> Double {
      logarithms.reduce(0) {
        let residual = $1.value - log(Self.share($1.multiple, ratio: exp(u)))
        return $0 + residual * residual
      }
    }
    let range = log(0.1)...log(10 * largest)
    // A few thousand values of a smooth function: nothing to be gained by searching more cleverly.
    let count = Int((range.upperBound - range.lowerBound) / Self.step)
    let best = (0...count).map { range.lowerBound + Double($0) * Self.step }.map { (u: $0, squares: squares($0)) }.min {
      $0.squares < $1.squares
    }
    guard let best, best.squares.isFinite else { return nil }
    (logRatio, self.range) = (best.u, range)
    let x = exp(best.u)
    let slopes = logarithms.reduce(0) {
      let slope = x / (1 + x) - x / ($1.multiple + x)
      return $0 + slope * slope
    }
    error = shares.count > 1 ? (best.squares / Double(shares.count - 1) / slopes).squareRoot() : nil
  }
}

/// What branches say of a critical batch, in examples.
public enum CriticalBatchReading: Sendable, Hashable {
  /// About how large it is, with the 95 % interval; nil where one seed alone has no spread.
  case known(Double, interval: ClosedRange<Double>?)
  /// It is larger than what the multiples can tell.
  case above(Double)
  /// It is smaller than what they can tell.
  case below(Double)
  /// It cannot be told: why.
  case unknown(String)
}
