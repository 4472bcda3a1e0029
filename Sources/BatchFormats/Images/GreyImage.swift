import CZlib

/// A picture in 256 shades of grey, row by row from the top left; 0 is black.
public struct GreyImage: Sendable, Equatable {
  /// The number of pixels in a row.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// The shades, row after row.
  public package(set) var pixels: [UInt8]

  /// A picture of one shade.
  public init(width: Int, height: Int, shade: UInt8 = 0) {
    precondition(width > 0 && height > 0, "a picture cannot be \(width) × \(height)")
    self.width = width
    self.height = height
    pixels = [UInt8](repeating: shade, count: width * height)
  }

  /// The shade at column `x` of row `y`.
  public subscript(x: Int, y: Int) -> UInt8 {
    get { pixels[y * width + x] }
    set { pixels[y * width + x] = newValue }
  }

  /// A picture made smaller by a whole factor, each pixel the mean of the block it stands for.
  package func reduced(by factor: Int) -> GreyImage {
    guard factor > 1 else { return self }
    var result = GreyImage(width: (width + factor - 1) / factor, height: (height + factor - 1) / factor)
    for y in 0..<result.height {
      for x in 0..<result.width {
        var sum = 0
        var count = 0
        for sourceY in y * factor..<min((y + 1) * factor, height) {
          for sourceX in x * factor..<min((x + 1) * factor, width) {
            sum += Int(self[sourceX, sourceY])
            count += 1
          }
        }
        result[x, y] = UInt8(sum / count)
      }
    }
    return result
  }
}

extension GreyImage {
  /// The bytes of a PNG file: 8-bit greyscale, rows unfiltered.
  ///
  /// Source: *Portable Network Graphics Specification*, W3C, sections 5 and 11.
  public var png: [UInt8] {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    // 8 bits a sample, colour type 0 (grey), deflate, adaptive filtering, no interlacing.
    let header = Self.bigEndian(UInt32(width)) + Self.bigEndian(UInt32(height)) + [8, 0, 0, 0, 0]
    Self.append(chunk: "IHDR", header, to: &bytes)
    Self.append(chunk: "IDAT", Self.deflated(scanLines), to: &bytes)
    Self.append(chunk: "IEND", [], to: &bytes)
    return bytes
  }

  /// The rows, each behind the number of its filter: 0, none.
  private var scanLines: [UInt8] {
    var lines: [UInt8] = []
    lines.reserveCapacity((width + 1) * height)
    for y in 0..<height {
      lines.append(0)
      lines.append(contentsOf: pixels[y * width..<(y + 1) * width])
    }
    return lines
  }

  private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var size = compressBound(uLong(bytes.count))
    var output = [UInt8](repeating: 0, count: Int(size))
    let result = compress2(&output, &size, bytes, uLong(bytes.count), Z_BEST_COMPRESSION)
    // The output has the size zlib asked for; what is left to fail is its own small working memory.
    precondition(result == Z_OK, "zlib could not compress \(bytes.count) bytes (\(result))")
    return Array(output[..<Int(size)])
  }

  private static func append(chunk type: String, _ content: [UInt8], to bytes: inout [UInt8]) {
    let checked = Array(type.utf8) + content
    bytes += bigEndian(UInt32(content.count)) + checked
    bytes += bigEndian(UInt32(crc32(0, checked, uInt(checked.count))))
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
