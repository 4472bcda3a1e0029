import BatchAlgebra
import BatchFormats
import BatchTestSupport
import CZlib
import Testing

@testable import BatchData

@Suite("Looking at data")
struct InspectionTests {
  /// Two 2 × 2 pictures of "a", one of "b" and none of "c"; the last pixel is the same in all.
  private func pictures() throws -> Dataset {
    try Dataset(
      name: "p", features: Matrix(rows: 3, columns: 4, [0, 1, 2, -1, 5, 5, 8, -1, 3, 3, 3, -1]), exampleShape: [2, 2],
      targets: .classes(labels: [0, 1, 0], names: ["a", "b", "c"]))
  }

  @Test("A summary counts, measures and weighs")
  func summary() throws {
    let summary = DatasetSummary(try pictures())
    #expect(summary.count == 3)
    #expect(summary.features.minimum == -1)
    #expect(summary.features.maximum == 8)
    #expect(abs(summary.features.mean - 27 / 12) < 1e-12)
    // Σx² = 149 over 12 numbers.
    #expect(abs(summary.features.deviation - (149.0 / 12 - 2.25 * 2.25).squareRoot()) < 1e-12)
    #expect(summary.constantFeatureCount == 1)
    #expect(summary.classes.map(\.count) == [2, 1, 0])
    #expect(summary.majorityAccuracy == 2.0 / 3)
    #expect(summary.values == nil)
  }

  @Test("Values to predict are summarised")
  func valueSummary() throws {
    let features = try Matrix<Float>(rows: 2, columns: 1, [1, 2])
    let data = try Dataset(
      name: "v", features: features, targets: .values(Matrix(rows: 2, columns: 1, [3, 7])))
    let values = try #require(DatasetSummary(data).values)
    #expect([values.mean, values.deviation] == [5, 2])
    #expect(DatasetSummary(data).majorityAccuracy == nil)
  }

  @Test("A contact sheet scales each picture by itself and puts classes in rows")
  func sheet() throws {
    let sheet = try ContactSheet(pictures(), perClass: 2)
    #expect(sheet.strips.map(\.name) == ["a", "b"])
    #expect(sheet.strips[0].pictures[0].pixels == [85, 170, 255, 0])
    #expect(sheet.strips[0].pictures[1].pixels == [255, 255, 255, 0])
    let image = sheet.image
    #expect([image.width, image.height] == [10, 10])
    #expect([image[2, 2], image[3, 2], image[2, 3], image[3, 3]] == [85, 170, 255, 0])
    #expect(image[0, 0] == 96)
  }

  @Test("Channels are averaged, and examples that are no pictures refused")
  func shapes() throws {
    let colours = try Dataset(
      name: "c", features: Matrix(rows: 1, columns: 6, [0, 0, 0, 1, 2, 3]), exampleShape: [1, 2, 3],
      targets: .values(Matrix(rows: 1, columns: 1, [0])))
    #expect(try ContactSheet(colours).strips[0].pictures[0].pixels == [0, 255])
    let dots = try Dots(examples: 4).dataset(seed: 0)
    let error = thrownError { () throws(DataError) in try ContactSheet(dots) }
    #expect(
      error?.description == "dots: examples of the shape [2] are not pictures; "
        + "make a contact sheet of a set whose examples have a height and a width")
  }

  @Test("Terminal text has a heading and half as many lines as pixels")
  func terminal() throws {
    let sheet = try ContactSheet(pictures())
    #expect(sheet.terminalText(style: .shades) == "a\n▓░ █▒\nb\n▓░\n")
    // As wide as one picture: the second does not fit.
    #expect(sheet.terminalText(columns: 2, style: .shades).hasPrefix("a\n▓░\n"))
    let coloured = sheet.terminalText()
    #expect(coloured.contains("\u{1B}[38;5;240;48;5;255m▀\u{1B}[38;5;247;48;5;232m▀\u{1B}[0m"))
  }

  @Test("A picture is made smaller by averaging blocks")
  func reduction() {
    var image = GreyImage(width: 3, height: 2)
    image.pixels = [0, 100, 50, 200, 100, 150]
    #expect(image.reduced(by: 2).pixels == [100, 100])
  }

  @Test("PNG holds the pixels")
  func files() throws {
    var image = GreyImage(width: 3, height: 2)
    image.pixels = [0, 1, 2, 253, 254, 255]
    var png = image.png[...]
    #expect(Array(png.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    png = png.dropFirst(8)
    var chunks: [String: [UInt8]] = [:]
    while !png.isEmpty {
      let length = png.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      let checked = png.dropFirst(4).prefix(4 + length)
      let content = Array(checked.dropFirst(4))
      #expect(Array(png.dropFirst(8 + length).prefix(4)) == FileFormats.bigEndian(FileFormats.crc32(checked)))
      chunks[String(decoding: checked.prefix(4), as: UTF8.self)] = content
      png = png.dropFirst(12 + length)
    }
    #expect(chunks["IHDR"] == [0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0])
    #expect(chunks["IEND"] == [])
    let data = try #require(chunks["IDAT"])
    var lines = [UInt8](repeating: 0, count: 100)
    var size = uLong(lines.count)
    #expect(uncompress(&lines, &size, data, uLong(data.count)) == Z_OK)
    #expect(Array(lines.prefix(Int(size))) == [0, 0, 1, 2, 0, 253, 254, 255])
  }
}
