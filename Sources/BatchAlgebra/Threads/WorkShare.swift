public import BatchFoundation

/// Cuts `count` items into contiguous shares, one a thread, whose edges lie on multiples of `grain`.
///
/// The shares differ by at most one grain; the last may be shorter or empty. Depends on nothing but its arguments, so
/// that a run with the same thread count adds numbers in the same order.
@inlinable
public func workShare(of count: Int, thread: Int, threads: Int, grain: Int = 1) -> Range<Int> {
  require(
    count >= 0 && grain >= 1 && thread >= 0 && thread < threads,
    "no share \(thread) of \(threads) of \(count) items in grains of \(grain)")
  let grains = (count + grain - 1) / grain
  let first = grains * thread / threads * grain
  let end = grains * (thread + 1) / threads * grain
  return min(first, count)..<min(end, count)
}
