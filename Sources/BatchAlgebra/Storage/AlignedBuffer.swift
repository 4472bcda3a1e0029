public import BatchFoundation
import Glibc

/// Owned memory of a fixed number of scalars, aligned to 64 bytes and filled with zeros.
///
/// 64 bytes are a cache line and an AVX-512 register: kernels never straddle a line at the start of a buffer, and two
/// buffers never share one. Buffers of a huge page or more begin on one and ask for them: kernels walk across rows, and
/// small pages would miss in the translation buffer at each. The owner of a buffer decides who writes to it; the class
/// itself does not synchronise.
public final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The alignment in bytes.
  public static var alignment: Int { 64 }

  private static var hugePage: Int { 2 << 20 }

  /// The number of elements.
  public let count: Int
  /// The first element.
  public let baseAddress: UnsafeMutablePointer<Element>

  /// The bytes that a buffer of `count` elements takes, rounding included; nil where an `Int` does not hold so many.
  public static func byteCount(of count: Int, inHugePages: Bool = false) -> Int? {
    require(count >= 0, "a buffer cannot have \(count) elements")
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    // aligned_alloc wants a multiple of the alignment, and at least one line keeps the address valid when empty.
    guard !overflow, bytes <= Int.max - Self.hugePage else { return nil }
    let alignment = Self.alignment(of: count, inHugePages)
    return (bytes + alignment) / alignment * alignment
  }

  /// The alignment in bytes of a buffer of `count` elements, whose bytes an `Int` holds.
  private static func alignment(of count: Int, _ inHugePages: Bool) -> Int {
    inHugePages || count * MemoryLayout<Element>.stride >= hugePage ? hugePage : Self.alignment
  }

  /// Allocates `count` zeros; `inHugePages` has also a small buffer begin on a huge page and take whole ones.
  ///
  /// - Throws: ``AllocationError`` when the memory cannot be had.
  public init(count: Int, inHugePages: Bool = false) throws(AllocationError) {
    guard let bytes = Self.byteCount(of: count, inHugePages: inHugePages) else {
      throw AllocationError(byteCount: Int.max)
    }
    let alignment = Self.alignment(of: count, inHugePages)
    guard let memory = aligned_alloc(alignment, bytes) else { throw AllocationError(byteCount: bytes) }
    // A wish: where it is not granted, the memory is slower to walk across and nothing else.
    if alignment == Self.hugePage { madvise(memory, bytes, MADV_HUGEPAGE) }
    memset(memory, 0, bytes)
    self.count = count
    baseAddress = memory.bindMemory(to: Element.self, capacity: count)
  }

  deinit { free(baseAddress) }

  /// The elements, for as long as the buffer lives.
  @inlinable
  public var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: baseAddress, count: count)
  }
}

/// Memory that could not be had.
public struct AllocationError: DiagnosticError, Equatable {
  /// The number of bytes asked for.
  public var byteCount: Int

  /// The error for that many bytes.
  public init(byteCount: Int) { self.byteCount = byteCount }

  public var diagnosis: Diagnosis {
    Diagnosis(
      .outOfMemory, "out of memory: \(byteCount / 1_048_576) MiB could not be allocated",
      hint: "use a smaller batch capacity or model")
  }
}
