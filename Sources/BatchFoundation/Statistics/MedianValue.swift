/// The middle of the sorted values, or the mean of the two middle ones.
package func medianValue(_ values: [Double]) -> Double {
  precondition(!values.isEmpty, "a median of no values")
  let sorted = values.sorted()
  let half = sorted.count / 2
  return sorted.count.isMultiple(of: 2) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[half]
}
