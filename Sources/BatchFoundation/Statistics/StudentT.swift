import Glibc

/// Student's t distribution.
package enum StudentT {
  /// The 97.5 % quantile: 95 % of the distribution lies between its negative and it.
  package static func quantile975(degreesOfFreedom: Int) -> Double {
    precondition(degreesOfFreedom >= 1, "Student's t needs at least 1 degree of freedom")
    // The quantile falls from 12.706 at one degree to 1.960; the tail falls with t, so that halving finds it.
    var low = 1.9
    var high = 13.0
    while high - low > 1e-12 {
      let middle = (low + high) / 2
      if upperTail(middle, Double(degreesOfFreedom)) > 0.025 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// P(T > t) = I(ν/(ν + t²); ν/2, 1/2) / 2 for t ≥ 0 (Abramowitz & Stegun 26.7.1 with 26.5.27).
  private static func upperTail(_ t: Double, _ degrees: Double) -> Double {
    regularizedBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
  }

  /// I(x; a, b) by its continued fraction (Abramowitz & Stegun 26.5.8), evaluated from the front after Lentz.
  private static func regularizedBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    // The fraction converges fast on this side; the other follows from I(x; a, b) = 1 − I(1 − x; b, a).
    if x > (a + 1) / (a + b + 2) { return 1 - regularizedBeta(1 - x, b, a) }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    var fraction = 1.0
    var c = 1.0
    var d = 0.0
    for step in 0..<400 {
      let m = Double(step / 2)
      let term: Double
      if step == 0 {
        term = 1
      } else if step % 2 == 0 {
        term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      } else {
        term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      }
      d = 1 / (1 + term * d)
      c = 1 + term / c
      fraction *= c * d
      if abs(c * d - 1) < 1e-15 { break }
    }
    return front * (fraction - 1)
  }
}
