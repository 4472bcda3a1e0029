/// The memory that the products of dense layers want for a moment, a part of it for each thread of a team.
public struct ProductScratch<S: Scalar>: @unchecked Sendable {
  private let baseAddress: UnsafeMutablePointer<S>
  private let kernelCount: Int
  private let threadCount: Int

  /// The number of elements for teams of `threads` and layers of at most `widest` inputs.
  public static func count(threads: Int, widest: Int, instructionSet: InstructionSet) -> Int {
    threads * (S.scratchCount(instructionSet) + partialCount(widest))
  }

  /// Scratch in memory of `count(threads:widest:instructionSet:)` elements that somebody else owns.
  public init(_ baseAddress: UnsafeMutablePointer<S>, widest: Int, instructionSet: InstructionSet) {
    self.baseAddress = baseAddress
    kernelCount = S.scratchCount(instructionSet)
    threadCount = kernelCount + Self.partialCount(widest)
  }

  private static func partialCount(_ widest: Int) -> Int {
    GEMMThresholds.largestContractionCut * paddedRowStride(widest)
  }

  /// What a thread's kernels use.
  func kernel(thread: Int) -> UnsafeMutablePointer<S> { baseAddress + thread * threadCount }

  /// A thread's own part of a sum over threads: up to `GEMMThresholds.largestContractionCut` rows as wide as the widest
  /// layer.
  func partialSums(thread: Int) -> UnsafeMutablePointer<S> { kernel(thread: thread) + kernelCount }
}
