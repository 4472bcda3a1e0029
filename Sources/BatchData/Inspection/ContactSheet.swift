import BatchAlgebra

/// A grid of examples as pictures: a row a class, the first few of each.
public struct ContactSheet: Sendable {
  /// The width in pixels.
  public let width: Int
  /// The height in pixels.
  public let height: Int
  /// The pixels, 0 black to 255 white, row after row.
  public let pixels: [UInt8]

  /// Lays out up to `perClass` examples of each class; nil for examples that are no pictures or have no classes.
  ///
  /// Each picture is stretched from its darkest to its brightest pixel.
  public init?(_ dataset: Dataset, perClass: Int = 8) {
    guard dataset.exampleShape.count == 2, case .classes(let labels, let names) = dataset.targets else { return nil }
    let (rows, columns) = (dataset.exampleShape[0], dataset.exampleShape[1])
    let gap = 2
    width = perClass * (columns + gap) - gap
    height = names.count * (rows + gap) - gap
    var pixels = [UInt8](repeating: 0, count: width * height)
    var shown = [Int](repeating: 0, count: names.count)
    for (example, label) in labels.enumerated() where shown[Int(label)] < perClass {
      let (top, left) = (Int(label) * (rows + gap), shown[Int(label)] * (columns + gap))
      shown[Int(label)] += 1
      let values = (0..<rows * columns).map { dataset.features[example, $0] }
      let low = values.min() ?? 0
      let range = max((values.max() ?? 0) - low, .leastNormalMagnitude)
      for (i, value) in values.enumerated() {
        pixels[(top + i / columns) * width + left + i % columns] = UInt8((value - low) / range * 255)
      }
    }
    self.pixels = pixels
  }

  /// The sheet as the bytes of a PNG file.
  public var png: [UInt8] { PNGImage.encode(width: width, height: height, pixels: pixels) }

  /// The sheet in characters at most `columns` wide: two pixels a character cell, one above the other.
  public func text(columns: Int) -> String {
    let step = max(1, (width + columns - 1) / max(columns, 1))
    let shades = Array(" .:-=+*#%@")
    var lines: [String] = []
    for y in stride(from: 0, to: height, by: 2 * step) {
      let line = stride(from: 0, to: width, by: step).map { x in
        shades[mean(x, y, step, 2 * step) * (shades.count - 1) / 255]
      }
      lines.append(String(line))
    }
    return lines.joined(separator: "\n")
  }

  private func mean(_ left: Int, _ top: Int, _ columns: Int, _ rows: Int) -> Int {
    var sum = 0
    var count = 0
    for y in top..<min(top + rows, height) {
      for x in left..<min(left + columns, width) {
        sum += Int(pixels[y * width + x])
        count += 1
      }
    }
    return sum / max(count, 1)
  }
}
