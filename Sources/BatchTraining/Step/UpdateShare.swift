import BatchAlgebra

/// One thread's part of a pass over a vector; 1024 elements are a page of Float, and no thread writes to a page of another.
func updateShare(of range: Range<Int>, thread: Int, threads: Int) -> Range<Int> {
  let share = workShare(of: range.count, thread: thread, threads: threads, grain: 1024)
  return range.lowerBound + share.lowerBound..<range.lowerBound + share.upperBound
}
