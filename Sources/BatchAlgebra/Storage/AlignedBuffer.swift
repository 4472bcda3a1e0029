import Glibc

/// Owned memory of a fixed number of scalars, aligned to 64 bytes and filled with zeros.
///
/// 64 bytes are a cache line and an AVX-512 register: kernels never straddle a line at the start of a buffer, and two
/// buffers never share one. Buffers of a huge page or more begin on one and ask for them: kernels walk across rows, and
/// small pages would miss in the translation buffer at each. The owner of a buffer decides who writes to it; the class itself does not synchronise.
public final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The alignment in bytes.
  public static var alignment: Int { 64 }

  private static var hugePage: Int { 2 << 20 }

  /// The number of elements.
  public let count: Int
  /// The first element.
  public let baseAddress: UnsafeMutablePointer<Element>

  /// Allocates `count` zeros.
  ///
  /// - Throws: ``AllocationError`` when the memory cannot be had.
  public init(count: Int) throws(AllocationError) {
    precondition(count >= 0, "a buffer cannot have \(count) elements")
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    // aligned_alloc wants a multiple of the alignment, and at least one line keeps the address valid when empty.
    let (padded, paddingOverflow) = bytes.addingReportingOverflow(Self.alignment)
    guard !overflow, !paddingOverflow else { throw AllocationError(byteCount: Int.max) }
    let alignment = bytes >= Self.hugePage ? Self.hugePage : Self.alignment
    let rounded = (padded + alignment - Self.alignment) / alignment * alignment
    guard let memory = aligned_alloc(alignment, rounded) else { throw AllocationError(byteCount: rounded) }
    // A wish: where it is not granted, the memory is slower to walk across and nothing else.
    if alignment == Self.hugePage { madvise(memory, rounded, MADV_HUGEPAGE) }
    memset(memory, 0, rounded)
    self.count = count
    baseAddress = memory.bindMemory(to: Element.self, capacity: count)
  }

  deinit { free(baseAddress) }

  /// The elements, for as long as the buffer lives.
  public var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: baseAddress, count: count)
  }
}

/// Memory that could not be had.
public struct AllocationError: Error, Equatable, CustomStringConvertible {
  /// The number of bytes asked for.
  public var byteCount: Int

  /// The error for that many bytes.
  public init(byteCount: Int) { self.byteCount = byteCount }

  public var description: String {
    "out of memory: \(byteCount / 1_048_576) MiB could not be allocated; use a smaller batch capacity or model"
  }
}
