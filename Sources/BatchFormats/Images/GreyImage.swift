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

  /// The bytes of a binary PGM file (P5).
  public var pgm: [UInt8] { Array("P5\n\(width) \(height)\n255\n".utf8) + pixels }
}
