/// The extremes of each feature, in double precision, and from them what to subtract before features are rounded to
/// 32 bits.
///
/// Seconds since 1970 are near 1.6e9, where neighbouring 32-bit numbers are 128 apart: a feature that varies by less than
/// some hundred of those would be steps. Less its centre it keeps all of its digits.
struct FeatureRanges {
  private var minima: [Double]
  private var maxima: [Double]

  /// How many times as large as its range a feature must be: eight of the 24 bits are then the same in all examples.
  private static var coarseRatio: Double { 256 }

  /// Of so many features, which are still to come.
  init(count: Int) {
    minima = [Double](repeating: .infinity, count: count)
    maxima = [Double](repeating: -.infinity, count: count)
  }

  /// Takes the value of a feature in an example.
  mutating func take(_ number: Double, feature: Int) {
    if number < minima[feature] { minima[feature] = number }
    if number > maxima[feature] { maxima[feature] = number }
  }

  /// The centres of features that 32 bits would make coarse, and 0 for the others; nil where there is none.
  var offsets: [Double]? {
    let offsets = zip(minima, maxima).map { minimum, maximum in
      let isCoarse = minimum < maximum && max(-minimum, maximum) >= Self.coarseRatio * (maximum - minimum)
      return isCoarse ? minimum / 2 + maximum / 2 : 0
    }
    return offsets.contains { $0 != 0 } ? offsets : nil
  }
}
