/// The memory that the products of dense layers want for a moment, a part of it for each thread of a team.
public struct ProductScratch<S: Scalar>: @unchecked Sendable {
  private let baseAddress: UnsafeMutableRawPointer
  private let bytesPerThread: Int
  private let kernelCount: Int

  /// The bytes of a thread's part for layers of `inputs` inputs; a multiple of a cache line.
  public static func byteCount(inputs: Int, instructionSet: InstructionSet) -> Int {
    let count = S.scratchCount(instructionSet) + GEMMThresholds.largestContractionCut * paddedRowStride(inputs)
    return (count * MemoryLayout<S>.stride + 63) / 64 * 64
  }

  /// Scratch in memory of at least `byteCount(inputs:instructionSet:)` bytes a thread that somebody else owns.
  public init(
    @_nonEphemeral _ baseAddress: UnsafeMutableRawPointer, bytesPerThread: Int, instructionSet: InstructionSet
  ) {
    self.baseAddress = baseAddress
    self.bytesPerThread = bytesPerThread
    kernelCount = S.scratchCount(instructionSet)
  }

  /// What a thread's kernels use.
  func kernel(thread: Int) -> UnsafeMutablePointer<S> {
    (baseAddress + thread * bytesPerThread).assumingMemoryBound(to: S.self)
  }

  /// A thread's own part of a sum over threads: up to `GEMMThresholds.largestContractionCut` rows as wide as the layer.
  func partialSums(thread: Int) -> UnsafeMutablePointer<S> { kernel(thread: thread) + kernelCount }
}
