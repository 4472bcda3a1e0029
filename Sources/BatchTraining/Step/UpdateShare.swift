import BatchAlgebra

/// One thread's part of a pass over a vector, in grains of 1024 elements, a page of Float.
///
/// A vector of a huge page or more begins on one: no thread then writes to a page of another. In a shorter one the ends
/// of parts lie on cache lines.
func updateShare(of range: Range<Int>, thread: Int, threads: Int) -> Range<Int> {
  let share = workShare(of: range.count, thread: thread, threads: threads, grain: 1024)
  return range.lowerBound + share.lowerBound..<range.lowerBound + share.upperBound
}
