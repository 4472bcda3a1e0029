import Testing

@testable import BatchFormats

@Suite("Stored arrays")
struct StoredArrayTests {
  @Test("Elements come back in their own type and as numbers")
  func elements() {
    let array = StoredArray(shape: [2, 2], [1, -2, .max, .min] as [Int64])
    #expect(array.elementType == .int64)
    #expect(array.count == 4)
    #expect(array.elements(as: Int64.self) == [1, -2, .max, .min])
    #expect(array.elements(as: Double.self) == nil)
    #expect(array.floats() == [1, -2, 0x1p63, -0x1p63])
    #expect(array.doubles() == [1, -2, 0x1p63, -0x1p63])
  }

  @Test("Every type becomes numbers")
  func numbers() {
    #expect(StoredArray(shape: [2], [1.5, 1e300] as [Double]).floats() == [1.5, .infinity])
    #expect(StoredArray(shape: [2], [1.5, -0.0] as [Float]).doubles() == [1.5, 0])
    #expect(StoredArray(shape: [1], [-7] as [Int32]).floats() == [-7])
    #expect(StoredArray(shape: [1], [-7] as [Int16]).floats() == [-7])
    #expect(StoredArray(shape: [1], [-7] as [Int8]).floats() == [-7])
    #expect(StoredArray(shape: [1], [.max] as [UInt64]).floats() == [0x1p64])
    #expect(StoredArray(shape: [1], [.max] as [UInt32]).doubles() == [4_294_967_295])
    #expect(StoredArray(shape: [1], [.max] as [UInt16]).floats() == [65_535])
    #expect(StoredArray(shape: [1], [255] as [UInt8]).floats() == [255])
    #expect(StoredArray(shape: [], [255] as [UInt8]).floats() == [255])
    #expect(StoredArray(shape: [3, 0], [] as [UInt8]).floats() == [])
  }

  @Test("Sizes that no memory holds are told apart from those it does")
  func sizes() {
    #expect(ElementType.float32.byteCount(ofShape: []) == 4)
    #expect(ElementType.float64.byteCount(ofShape: [3, 0]) == 0)
    #expect(ElementType.float64.byteCount(ofShape: [1 << 61]) == nil)
    #expect(ElementType.uint8.byteCount(ofShape: [-1]) == nil)
  }
}
