import BatchAlgebra

/// A pass over vectors of one length, of which each thread does a part.
protocol VectorTask: TeamTask {
  /// The length of the vectors.
  var count: Int { get }
  /// Does one thread's part, which may be empty.
  func run(_ part: Range<Int>, thread: Int)
}

extension VectorTask {
  func run(thread: Int, of threads: Int) {
    run(updateShare(of: 0..<count, thread: thread, threads: threads), thread: thread)
  }
}

/// One thread's part of a pass over a vector, in grains of 1024 elements, a page of Float.
///
/// A vector of a huge page or more begins on one: no thread then writes to a page of another. In a shorter one the ends
/// of parts lie on cache lines.
func updateShare(of range: Range<Int>, thread: Int, threads: Int) -> Range<Int> {
  let share = workShare(of: range.count, thread: thread, threads: threads, grain: 1024)
  return range.lowerBound + share.lowerBound..<range.lowerBound + share.upperBound
}

/// Each thread adds a part of a micro-batch's gradient to the sum.
struct GradientSumTask<S: Scalar>: VectorTask {
  let instructionSet: InstructionSet
  let count: Int
  let part: UnsafePointer<S>
  let sum: UnsafeMutablePointer<S>

  func run(_ share: Range<Int>, thread: Int) {
    S.kernelAdd(
      instructionSet, 1, share.count, part + share.lowerBound, share.count, sum + share.lowerBound, share.count)
  }
}
