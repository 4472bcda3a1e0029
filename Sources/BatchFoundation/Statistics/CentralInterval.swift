/// The range that 95 % of the values lie in, from the value of rank ⌊0.025 (n + 1)⌋ to that of the same rank from
/// above.
///
/// A further draw lies between the values of ranks r and n + 1 − r with the probability (n + 1 − 2r)/(n + 1), which is
/// at least 95 % with this r; fewer than 39 values give all of their range, which is less.
package func centralInterval<Value: Comparable>(_ values: [Value]) -> ClosedRange<Value> {
  precondition(!values.isEmpty, "an interval of no values")
  let sorted = values.sorted()
  let rank = max(1, (sorted.count + 1) / 40)
  return sorted[rank - 1]...sorted[sorted.count - rank]
}
