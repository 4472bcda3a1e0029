import BatchTestSupport
import Testing

@testable import BatchFormats

@Suite("Deflate")
struct DeflateTests {
  private func reason(_ bytes: [UInt8], to count: Int) -> String? {
    do {
      _ = try Deflate.inflated(bytes, to: count)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test("Sizes around those of the parts survive", arguments: [0, 1, 1_048_575, 1_048_576, 1_048_577, 3_000_000])
  func sizes(count: Int) throws {
    for bytes in [[UInt8](repeating: 7, count: count), (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 5) }] {
      let deflated = try Deflate.deflated(bytes)
      #expect(try Deflate.inflated(deflated, to: count) == bytes)
      #expect(reason(deflated, to: count + 1) == "\(count) bytes come out, not \(count + 1)")
      if count > 0 { #expect(reason(deflated, to: count - 1) != nil) }
      #expect(reason(Array(deflated.dropLast()), to: count) == "it is cut short or too long")
      #expect(reason(deflated + [0], to: count) == "it is cut short or too long")
    }
  }

  @Test("A forged length asks for no memory")
  func forged() throws {
    #expect(reason(try Deflate.deflated([1, 2, 3]), to: 1 << 44) == "3 bytes come out, not 17592186044416")
  }

  @Test("An archive holds no more than its fields of 32 bits can tell")
  func archives() {
    /// The number of entries of the sizes that fit.
    func count(_ sizes: [Int], atMost largest: Int) -> Int {
      var encoder = ZipEncoder(largestSize: largest)
      var count = 0
      for (index, size) in sizes.enumerated() {
        guard
          (try? encoder.append([UInt8](repeating: 0, count: size), name: "\(index)", isDeflated: false)) != nil
        else { break }
        count += 1
      }
      return count
    }
    // 30 bytes before the content and one of the name; 46 and one in the directory.
    #expect(count([29], atMost: 60) == 1 && count([30], atMost: 60) == 0)
    #expect(count([0, 0], atMost: 94) == 2 && count([0, 0], atMost: 93) == 1)
  }
}
