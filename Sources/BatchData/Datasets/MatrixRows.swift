import BatchAlgebra
import BatchFormats
import Glibc

/// The first infinity or NaN of a matrix, row by row.
func firstNonFinite(in view: MatrixView<Float>) -> (row: Int, column: Int)? {
  for row in 0..<view.rows {
    let values = view.row(row)
    // Zero times a finite number is zero; a sum without branches is vectorised, a test of each number is not.
    var poison: UInt32 = 0
    for column in 0..<view.columns { poison |= (values[column] * 0).bitPattern & 0x7FFF_FFFF }
    if poison != 0 { return (0..<view.columns).first { !values[$0].isFinite }.map { (row, $0) } }
  }
  return nil
}

/// The chosen rows of a matrix, in the order of `indices`.
func copyRows(
  _ indices: UnsafeBufferPointer<Int32>, of matrix: Matrix<Float>, for name: String
) throws(DataError) -> Matrix<Float> {
  var rows = try Matrix<Float>(rows: indices.count, columns: matrix.columns, for: name)
  let rowBytes = matrix.columns * MemoryLayout<Float>.stride
  rows.withMutableView { target in
    matrix.withView { source in
      for (row, index) in indices.enumerated() {
        precondition(index >= 0 && index < source.rows, "example \(index) lies outside 0 ..< \(source.rows)")
        memcpy(target.row(row), source.row(Int(index)), rowBytes)
      }
    }
  }
  return rows
}
