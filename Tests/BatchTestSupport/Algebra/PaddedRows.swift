public import BatchAlgebra

/// A matrix as dense layers take it: rows `paddedRowStride` apart, zeros between them.
public final class PaddedRows<S: Scalar> {
  private let buffer: AlignedBuffer<S>
  private let rows: Int
  private let columns: Int

  /// A matrix with the given elements, row after row; without any it is full of NaN, which a careless kernel would let
  /// through.
  public init(_ values: [S]? = nil, rows: Int, columns: Int) throws {
    precondition(values.map { $0.count == rows * columns } ?? true)
    self.rows = rows
    self.columns = columns
    buffer = try AlignedBuffer(count: rows * paddedRowStride(columns))
    for i in 0..<rows {
      for j in 0..<columns { view[i, j] = values?[i * columns + j] ?? .nan }
    }
  }

  /// The matrix; valid while this object lives.
  public var view: MutableMatrixView<S> {
    MutableMatrixView(buffer.baseAddress, rows: rows, columns: columns, rowStride: paddedRowStride(columns))
  }

  /// The elements without the padding, row after row.
  public var values: [S] { (0..<rows).flatMap { i in (0..<columns).map { view[i, $0] } } }

  /// Whether there are zeros between the rows.
  public var paddingIsZero: Bool {
    (0..<rows).allSatisfy { i in
      (columns..<paddedRowStride(columns)).allSatisfy { buffer.baseAddress[i * paddedRowStride(columns) + $0] == 0 }
    }
  }
}
