import BatchFoundation

/// A row-major matrix in memory that somebody else owns: element (i, j) is at `i * rowStride + j`.
///
/// A view is a pointer with a shape. It is valid only while the memory's owner lives, and reading it while another
/// thread writes the same rows is a race.
public struct MatrixView<S: Scalar>: @unchecked Sendable {
  /// The first element.
  public var baseAddress: UnsafePointer<S>
  /// The number of rows.
  public var rows: Int
  /// The number of columns.
  public var columns: Int
  /// The distance in elements from one row to the next; at least `columns`.
  public var rowStride: Int

  /// A view of `rows` × `columns` elements; rows follow one another unless `rowStride` says otherwise.
  ///
  /// The memory must outlive the view. An array does not promise that, and the compiler warns where one is given: take
  /// `array.withMatrixView(rows:columns:_:)`, which says how long the view may be used.
  @inlinable
  public init(@_nonEphemeral _ baseAddress: UnsafePointer<S>, rows: Int, columns: Int, rowStride: Int? = nil) {
    self.baseAddress = baseAddress
    self.rows = rows
    self.columns = columns
    self.rowStride = rowStride ?? columns
    requireShape(rows, columns, self.rowStride)
  }

  /// The element in row `i` and column `j`; bounds are not checked.
  @inlinable
  public subscript(i: Int, j: Int) -> S { baseAddress[i * rowStride + j] }

  /// The first element of row `i`.
  @inlinable
  public func row(_ i: Int) -> UnsafePointer<S> { baseAddress + i * rowStride }

  /// The rows and columns in the given ranges, in place.
  @inlinable
  public func block(rows rowRange: Range<Int>, columns columnRange: Range<Int>) -> MatrixView {
    requireBlock(rowRange, columnRange, rows, columns)
    return MatrixView(
      baseAddress + rowRange.lowerBound * rowStride + columnRange.lowerBound, rows: rowRange.count,
      columns: columnRange.count, rowStride: rowStride)
  }
}

/// A ``MatrixView`` that can be written to.
public struct MutableMatrixView<S: Scalar>: @unchecked Sendable {
  /// The first element.
  public var baseAddress: UnsafeMutablePointer<S>
  /// The number of rows.
  public var rows: Int
  /// The number of columns.
  public var columns: Int
  /// The distance in elements from one row to the next; at least `columns`.
  public var rowStride: Int

  /// A view of `rows` × `columns` elements; rows follow one another unless `rowStride` says otherwise.
  ///
  /// The memory must outlive the view. An array does not promise that, and the compiler warns where one is given: take
  /// `array.withMutableMatrixView(rows:columns:_:)`, which says how long the view may be used.
  @inlinable
  public init(@_nonEphemeral _ baseAddress: UnsafeMutablePointer<S>, rows: Int, columns: Int, rowStride: Int? = nil) {
    self.baseAddress = baseAddress
    self.rows = rows
    self.columns = columns
    self.rowStride = rowStride ?? columns
    requireShape(rows, columns, self.rowStride)
  }

  /// The same elements, read only.
  @inlinable
  public var readOnly: MatrixView<S> {
    MatrixView(UnsafePointer(baseAddress), rows: rows, columns: columns, rowStride: rowStride)
  }

  /// The element in row `i` and column `j`; bounds are not checked.
  @inlinable
  public subscript(i: Int, j: Int) -> S {
    get { baseAddress[i * rowStride + j] }
    nonmutating set { baseAddress[i * rowStride + j] = newValue }
  }

  /// The first element of row `i`.
  @inlinable
  public func row(_ i: Int) -> UnsafeMutablePointer<S> { baseAddress + i * rowStride }

  /// The rows and columns in the given ranges, in place.
  @inlinable
  public func block(rows rowRange: Range<Int>, columns columnRange: Range<Int>) -> MutableMatrixView {
    requireBlock(rowRange, columnRange, rows, columns)
    return MutableMatrixView(
      baseAddress + rowRange.lowerBound * rowStride + columnRange.lowerBound, rows: rowRange.count,
      columns: columnRange.count, rowStride: rowStride)
  }
}

// Not inlinable, so that the text of a failure stays here.

@usableFromInline
func requireShape(_ rows: Int, _ columns: Int, _ rowStride: Int) {
  require(rows >= 0 && columns >= 0, "a matrix cannot have the shape \(rows)×\(columns)")
  require(rowStride >= columns, "row stride \(rowStride) is shorter than a row of \(columns)")
}

@usableFromInline
func requireBlock(_ rowRange: Range<Int>, _ columnRange: Range<Int>, _ rows: Int, _ columns: Int) {
  require(
    rowRange.lowerBound >= 0 && rowRange.upperBound <= rows && columnRange.lowerBound >= 0
      && columnRange.upperBound <= columns, "rows \(rowRange), columns \(columnRange) lie outside \(rows)×\(columns)")
}
