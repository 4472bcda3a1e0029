import CZlib

/// Grey pictures as PNG files (ISO/IEC 15948).
public enum PNGImage {
  /// A picture of `width` × `height` pixels, 0 black to 255 white, row after row, as the bytes of a file.
  public static func encode(width: Int, height: Int, pixels: [UInt8]) -> [UInt8] {
    precondition(pixels.count == width * height, "\(pixels.count) pixels do not fill \(width)×\(height)")
    var rows: [UInt8] = []
    rows.reserveCapacity((width + 1) * height)
    for row in 0..<height {
      // Every row begins with the number of its filter: none.
      rows.append(0)
      rows.append(contentsOf: pixels[row * width..<(row + 1) * width])
    }
    // Eight bits a pixel, grey, standard compression, standard filters, not interlaced.
    let head = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 0, 0, 0, 0]
    return [0x89] + Array("PNG\r\n".utf8) + [0x1a, 0x0a] + chunk("IHDR", head) + chunk("IDAT", deflated(rows))
      + chunk("IEND", [])
  }

  private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var length = compressBound(UInt(bytes.count))
    var output = [UInt8](repeating: 0, count: Int(length))
    let status = compress2(&output, &length, bytes, UInt(bytes.count), 9)
    precondition(status == Z_OK, "compressing into a buffer of zlib's own bound cannot fail")
    return Array(output[..<Int(length)])
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + content
    let sum = UInt32(truncatingIfNeeded: crc32(0, body, UInt32(body.count)))
    return bigEndian(UInt32(content.count)) + body + bigEndian(sum)
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
}
