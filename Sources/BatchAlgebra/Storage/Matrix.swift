/// A row-major matrix that owns its elements and has value semantics: a copy is made when a shared matrix is written.
public struct Matrix<S: Scalar>: Sendable {
  private var buffer: AlignedBuffer<S>
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int

  /// A matrix of zeros.
  ///
  /// - Throws: ``AllocationError`` when the memory cannot be had.
  public init(rows: Int, columns: Int) throws(AllocationError) {
    precondition(rows >= 0 && columns >= 0, "a matrix cannot have the shape \(rows)×\(columns)")
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow else { throw AllocationError(byteCount: Int.max) }
    buffer = try AlignedBuffer(count: count)
    self.rows = rows
    self.columns = columns
  }

  /// A matrix with the given elements, row after row.
  ///
  /// - Throws: ``AllocationError`` when the memory cannot be had.
  public init(rows: Int, columns: Int, _ elements: [S]) throws(AllocationError) {
    try self.init(rows: rows, columns: columns)
    precondition(elements.count == count, "\(elements.count) elements do not fill \(rows)×\(columns)")
    _ = buffer.elements.update(from: elements)
  }

  /// The number of elements.
  public var count: Int { rows * columns }

  /// The element in row `i` and column `j`.
  public subscript(i: Int, j: Int) -> S {
    get {
      precondition(i >= 0 && i < rows && j >= 0 && j < columns, "(\(i), \(j)) lies outside \(rows)×\(columns)")
      return buffer.baseAddress[i * columns + j]
    }
    set {
      precondition(i >= 0 && i < rows && j >= 0 && j < columns, "(\(i), \(j)) lies outside \(rows)×\(columns)")
      makeUnique()
      buffer.baseAddress[i * columns + j] = newValue
    }
  }

  /// The elements, row after row.
  public var elements: [S] { Array(buffer.elements) }

  /// Gives `body` a view of the elements that is valid until it returns.
  public func withView<R, E: Error>(_ body: (MatrixView<S>) throws(E) -> R) throws(E) -> R {
    // The pointer must not outlive the buffer where the optimiser sees no later use of it.
    defer { withExtendedLifetime(buffer) {} }
    return try body(view)
  }

  /// Gives `body` a writable view of the elements that is valid until it returns.
  public mutating func withMutableView<R, E: Error>(_ body: (MutableMatrixView<S>) throws(E) -> R) throws(E) -> R {
    makeUnique()
    defer { withExtendedLifetime(buffer) {} }
    return try body(MutableMatrixView(buffer.baseAddress, rows: rows, columns: columns))
  }

  /// A view of the elements, valid only while this value, or a copy that was not written to, lives.
  ///
  /// For callers that keep the matrix alive themselves, as a data set does; ``withView(_:)`` is the safe way.
  public var view: MatrixView<S> { MatrixView(UnsafePointer(buffer.baseAddress), rows: rows, columns: columns) }

  /// The transpose, as a matrix of its own.
  ///
  /// - Throws: ``AllocationError`` when the memory cannot be had.
  public func transposed() throws(AllocationError) -> Matrix {
    var result = try Matrix(rows: columns, columns: rows)
    withView { source in result.withMutableView { target in transpose(source, into: target) } }
    return result
  }

  private mutating func makeUnique() {
    guard !isKnownUniquelyReferenced(&buffer) else { return }
    do {
      let copy = try AlignedBuffer<S>(count: buffer.count)
      _ = copy.elements.update(fromContentsOf: buffer.elements)
      buffer = copy
    } catch {
      // Copy-on-write happens inside assignments, which cannot throw; Swift's own arrays trap here too.
      fatalError(error.description)
    }
  }
}

extension Matrix: Equatable {
  public static func == (a: Matrix, b: Matrix) -> Bool {
    a.rows == b.rows && a.columns == b.columns && a.buffer.elements.elementsEqual(b.buffer.elements)
  }
}
