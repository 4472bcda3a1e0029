import BatchFoundation

/// Writes the transpose of `source` (M×N) to `target` (N×M), which must not overlap it.
///
/// In tiles of 32×32: a tile of either side fits the first cache, so that each line of the strided side is fetched once
/// and not once an element.
@specialized(where S == Float)
@specialized(where S == Double)
func transpose<S: Scalar>(_ source: MatrixView<S>, into target: MutableMatrixView<S>) {
  require(target.rows == source.columns && target.columns == source.rows, "a transpose swaps rows and columns")
  let side = 32
  for top in stride(from: 0, to: source.rows, by: side) {
    for left in stride(from: 0, to: source.columns, by: side) {
      for i in top..<min(top + side, source.rows) {
        for j in left..<min(left + side, source.columns) { target[j, i] = source[i, j] }
      }
    }
  }
}
