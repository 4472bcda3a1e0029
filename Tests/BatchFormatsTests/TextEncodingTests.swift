import BatchTestSupport
import Testing

@testable import BatchFormats

@Suite("Text that is UTF-8, and text that is not")
struct TextEncodingTests {
  private func fault(_ bytes: [UInt8]) -> DataError? {
    thrownError { () throws(DataError) in try TextEncoding.requireUTF8(bytes, path: "t.csv") }
  }

  @Test("Characters of every length are taken, as Swift takes them")
  func characters() {
    #expect(fault(Array("a,b\r\n\u{7F},é\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}".utf8)) == nil)
    #expect(fault([]) == nil && fault(Array("\u{FEFF}a,b".utf8)) == nil)
  }

  @Test("One or two bytes above 127 are UTF-8 where Swift says so")
  func pairs() {
    for first in UInt8(0x80)...0xFF {
      for second: UInt8 in [0x00, 0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC3, 0xFF] {
        for tail: [UInt8] in [[], [0x80], [0x80, 0x80], [0x80, 0xC0], [0x41]] {
          let bytes = [0x61, first, second] + tail
          let isText = String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0)
          #expect((fault(bytes) == nil) == isText, "\(bytes)")
        }
      }
    }
  }

  @Test("The line of the first other byte is told, however lines end", arguments: ["\n", "\r\n", "\r"])
  func line(lineEnd: String) {
    let bytes = Array("a,b\(lineEnd)1,x\(lineEnd)2,".utf8) + [0xE9] + Array("\(lineEnd)".utf8)
    #expect(
      fault(bytes)?.description
        == "t.csv, line 3: the byte 233 there is not UTF-8, so it is not clear which character it is; "
        + "convert the file, as by iconv -f LATIN1 -t UTF-8, or from whatever encoding it was saved in")
  }

  @Test("UTF-16 is named, with its mark and without")
  func utf16() {
    let text = "a,b\n1,x\n"
    let little = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    for bytes in [[0xFF, 0xFE] + little, [0xFE, 0xFF] + big] {
      #expect(fault(bytes)?.problem == "the file is UTF-16 text, not UTF-8")
    }
    for bytes in [little, big] {
      #expect(fault(bytes)?.problem == "there is a zero byte, as in UTF-16 text and in no UTF-8 table")
      #expect(fault(bytes)?.line == 1 && fault(bytes)?.hint.contains("iconv -f UTF-16") == true)
    }
  }
}
