/// Where two sequences of numbers first differ by more than a tolerance.
public struct Mismatch: Equatable, CustomStringConvertible {
  /// The index.
  public var index: Int
  /// The number under test.
  public var found: Double
  /// The number it should be.
  public var expected: Double

  public var description: String { "element \(index) is \(found), expected \(expected)" }
}

/// The first element of `found` that is farther than `absolute` + `relative`·|expected| from `expected`; nil if none
/// is.
///
/// A NaN matches only a NaN, an infinity only itself; a different length is a mismatch at the end of the shorter one.
public func firstMismatch<S: BinaryFloatingPoint>(
  _ found: [S], _ expected: [Double], relative: Double = 0, absolute: Double = 0
) -> Mismatch? {
  for i in 0..<max(found.count, expected.count) {
    let f = i < found.count ? Double(found[i]) : .nan
    let e = i < expected.count ? expected[i] : .nan
    let bothLong = i < found.count && i < expected.count
    if bothLong && (f == e || (f.isNaN && e.isNaN)) { continue }
    guard bothLong, (f - e).magnitude <= absolute + relative * e.magnitude else {
      return Mismatch(index: i, found: f, expected: e)
    }
  }
  return nil
}

/// The largest distance of an element of `found` from the one of `expected`; infinite where there is a NaN or one has
/// more elements.
public func largestDifference<S: BinaryFloatingPoint>(_ found: [S], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).reduce(0) { largest, pair in
    let difference = (Double(pair.0) - pair.1).magnitude
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}

/// The distance of `found` from `expected` in units in the last place of `S` at `expected`.
public func ulps<S: BinaryFloatingPoint>(_ found: S, from expected: Double) -> Double {
  if Double(found) == expected { return 0 }
  return (Double(found) - expected).magnitude / Double(max(S(expected.magnitude).ulp, S.leastNormalMagnitude.ulp))
}
