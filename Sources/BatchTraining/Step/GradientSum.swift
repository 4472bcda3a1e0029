import BatchAlgebra

/// Each thread adds a part of a micro-batch's gradient to the sum.
struct GradientSumTask<S: Scalar>: TeamTask {
  let count: Int
  let part: UnsafePointer<S>
  let sum: UnsafeMutablePointer<S>

  func run(thread: Int, of threads: Int) {
    let share = updateShare(of: 0..<count, thread: thread, threads: threads)
    guard !share.isEmpty else { return }
    S.kernelAdd(1, share.count, part + share.lowerBound, share.count, sum + share.lowerBound, share.count)
  }
}
