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
