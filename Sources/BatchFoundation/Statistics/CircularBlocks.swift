/// Indices of a series that are drawn anew by blocks of neighbours, with replacement and around the end, so that every
/// index is drawn equally often (circular block bootstrap: Politis & Romano 1992).
package struct CircularBlocks {
  /// The number of indices.
  package let count: Int
  /// The number of neighbours that are drawn whole.
  package let length: Int

  /// Blocks of `length` neighbours out of `count` indices.
  package init(count: Int, length: Int) {
    self.count = count
    self.length = length
  }

  /// Draws as many indices as the series has; the last block is cut.
  package func draw(_ generator: inout RandomStream, _ take: (_ index: Int) -> Void) {
    var drawn = 0
    while drawn < count {
      var index = generator.integer(below: count)
      for _ in 0..<min(length, count - drawn) {
        take(index)
        index = index + 1 == count ? 0 : index + 1
      }
      drawn += length
    }
  }
}
