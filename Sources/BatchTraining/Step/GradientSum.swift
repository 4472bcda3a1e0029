import BatchAlgebra

/// Each thread adds a part of a micro-batch's gradient to the sum.
struct GradientSumTask<S: Scalar>: VectorTask {
  let count: Int
  let part: UnsafePointer<S>
  let sum: UnsafeMutablePointer<S>

  func run(_ share: Range<Int>, thread: Int) {
    S.kernelAdd(1, share.count, part + share.lowerBound, share.count, sum + share.lowerBound, share.count)
  }
}
