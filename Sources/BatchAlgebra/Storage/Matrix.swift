public import BatchFoundation

/// A row-major matrix that owns its elements and has value semantics: a copy is made when a shared matrix is written.
public struct Matrix<S: Scalar>: Sendable {
  @usableFromInline var buffer: AlignedBuffer<S>
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int

  /// A matrix of zeros.
  ///
  /// - Throws: ``AllocationError`` when the memory cannot be had.
  public init(rows: Int, columns: Int) throws(AllocationError) {
    require(rows >= 0 && columns >= 0, "a matrix cannot have the shape \(rows)×\(columns)")
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
    require(elements.count == count, "\(elements.count) elements do not fill \(rows)×\(columns)")
    _ = buffer.elements.update(from: elements)
  }

  /// A matrix whose element in row `i` and column `j` is `element(i, j)`.
  ///
  /// - Throws: ``AllocationError`` when the memory cannot be had.
  @inlinable
  public init(rows: Int, columns: Int, _ element: (_ i: Int, _ j: Int) -> S) throws(AllocationError) {
    try self.init(rows: rows, columns: columns)
    for i in 0..<rows {
      for j in 0..<columns { buffer.baseAddress[i * columns + j] = element(i, j) }
    }
  }

  /// A matrix with the given rows, which must be equally long: `try Matrix<Float>([[1, 2], [3, 4]])`.
  ///
  /// - Throws: ``AllocationError`` when the memory cannot be had.
  public init(_ rows: [[S]]) throws(AllocationError) {
    let columns = rows.first?.count ?? 0
    require(
      rows.allSatisfy { $0.count == columns }, "the rows of a matrix must be equally long, not \(rows.map(\.count))")
    try self.init(rows: rows.count, columns: columns, rows.flatMap { $0 })
  }

  /// The n×n matrix with ones on its diagonal and zeros elsewhere.
  ///
  /// - Throws: ``AllocationError`` when the memory cannot be had.
  public static func identity(_ n: Int) throws(AllocationError) -> Matrix {
    try Matrix(rows: n, columns: n) { i, j in i == j ? 1 : 0 }
  }

  /// The number of elements.
  @inlinable
  public var count: Int { rows * columns }

  /// The element in row `i` and column `j`.
  @inlinable
  public subscript(i: Int, j: Int) -> S {
    get {
      require(i >= 0 && i < rows && j >= 0 && j < columns, placeOutside(i, j))
      return buffer.baseAddress[i * columns + j]
    }
    set {
      require(i >= 0 && i < rows && j >= 0 && j < columns, placeOutside(i, j))
      makeUnique()
      buffer.baseAddress[i * columns + j] = newValue
    }
  }

  // Out of line, so that no inlined access carries the making of a text.
  @inline(never)
  @usableFromInline
  func placeOutside(_ i: Int, _ j: Int) -> String { "(\(i), \(j)) lies outside \(rows)×\(columns)" }

  /// The elements of row `i`.
  public func row(_ i: Int) -> [S] {
    require(i >= 0 && i < rows, "there is no row \(i) in \(rows)×\(columns)")
    return Array(UnsafeBufferPointer(start: buffer.baseAddress + i * columns, count: columns))
  }

  /// The elements of column `j`.
  public func column(_ j: Int) -> [S] {
    require(j >= 0 && j < columns, "there is no column \(j) in \(rows)×\(columns)")
    return (0..<rows).map { buffer.baseAddress[$0 * columns + j] }
  }

  /// The elements, row after row.
  public var elements: [S] { Array(buffer.elements) }

  /// Gives `body` a view of the elements that is valid until it returns.
  @inlinable
  public func withView<R, E: Error>(_ body: (MatrixView<S>) throws(E) -> R) throws(E) -> R {
    // The pointer must not outlive the buffer where the optimiser sees no later use of it.
    defer { withExtendedLifetime(buffer) {} }
    return try body(view)
  }

  /// Gives `body` a writable view of the elements that is valid until it returns.
  @inlinable
  public mutating func withMutableView<R, E: Error>(_ body: (MutableMatrixView<S>) throws(E) -> R) throws(E) -> R {
    makeUnique()
    defer { withExtendedLifetime(buffer) {} }
    return try body(MutableMatrixView(buffer.baseAddress, rows: rows, columns: columns))
  }

  /// A view of the elements, valid only while this value, or a copy that was not written to, lives.
  ///
  /// For callers that keep the matrix alive themselves, as a data set does; ``withView(_:)`` is the safe way.
  @inlinable
  public var view: MatrixView<S> { MatrixView(UnsafePointer(buffer.baseAddress), rows: rows, columns: columns) }

  /// The transpose, as a matrix of its own.
  ///
  /// - Throws: ``AllocationError`` when the memory cannot be had.
  public func transposed() throws(AllocationError) -> Matrix {
    var result = try Matrix(rows: columns, columns: rows)
    withView { source in result.withMutableView { target in transpose(source, into: target) } }
    return result
  }

  @inlinable
  mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&buffer) { copyBuffer() }
  }

  @inline(never)
  @usableFromInline
  mutating func copyBuffer() {
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
