public import BatchAlgebra

/// A matrix whose rows are longer than its columns, with a mark in the padding that must survive.
public final class PaddedMatrix<S: Scalar> {
  private let storage: UnsafeMutableBufferPointer<S>
  private let rows: Int
  private let columns: Int
  private let padding: Int
  private let mark: S = 12_345

  /// A matrix with the given elements (rows × columns of them), row after row.
  public init(rows: Int, columns: Int, padding: Int, _ elements: [S]) {
    precondition(elements.count == rows * columns)
    (self.rows, self.columns, self.padding) = (rows, columns, padding)
    storage = .allocate(capacity: max(rows * (columns + padding), 1))
    storage.initialize(repeating: mark)
    for i in 0..<rows {
      for j in 0..<columns { storage[i * (columns + padding) + j] = elements[i * columns + j] }
    }
  }

  deinit { storage.deallocate() }

  /// The distance from one row to the next.
  public var rowStride: Int { columns + padding }

  /// The first element.
  public var baseAddress: UnsafeMutablePointer<S> {
    guard let base = storage.baseAddress else { preconditionFailure("the storage is never empty") }
    return base
  }

  /// A view for reading, valid while the matrix lives.
  public var view: MatrixView<S> { mutableView.readOnly }

  /// A view for writing, valid while the matrix lives.
  public var mutableView: MutableMatrixView<S> {
    MutableMatrixView(baseAddress, rows: rows, columns: columns, rowStride: rowStride)
  }

  /// The elements without the padding, row after row.
  public var elements: [S] {
    (0..<rows).flatMap { i in (0..<columns).map { storage[i * rowStride + $0] } }
  }

  /// Whether nothing was written between the rows.
  public var paddingIsIntact: Bool {
    (0..<rows).allSatisfy { i in (columns..<rowStride).allSatisfy { storage[i * rowStride + $0] == mark } }
  }
}
