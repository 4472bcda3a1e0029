import COpenBLAS

/// Refuses a length that does not fit BLAS's integers, which a routine would read as negative.
///
/// - Throws: ``ShapeError`` that names the operation and the length.
func requireBLASLength(_ operation: String, _ longest: Int) throws(ShapeError) {
  guard longest <= Int(blasint.max) else {
    throw ShapeError(
      "\(operation): a side or row stride of \(longest) exceeds \(blasint.max), the most that BLAS and LAPACK can "
        + "index; cut the matrix into blocks")
  }
}

/// Calls `body` with consecutive ranges that cover `count` elements, each short enough for BLAS's integers.
@inline(__always)
func forEachBLASLength(in count: Int, limit: Int = Int(blasint.max), _ body: (Range<Int>) -> Void) {
  var start = 0
  while start < count {
    let end = start + min(limit, count - start)
    body(start..<end)
    start = end
  }
}
