import BatchFoundation

// Views of elements that an array or a span holds, for as long as a closure runs: the memory cannot go or move meanwhile.

extension Span where Element: Scalar {
  /// Gives `body` a view of the elements, row after row, as a matrix that is valid until it returns.
  public func withMatrixView<R, E: Error>(
    rows: Int, columns: Int, _ body: (MatrixView<Element>) throws(E) -> R
  ) throws(E) -> R {
    requireFilled(count, rows, columns)
    return try withUnsafeBufferPointer { elements throws(E) in
      guard let base = elements.baseAddress else { return try body(.empty(rows: rows, columns: columns)) }
      return try body(MatrixView(base, rows: rows, columns: columns))
    }
  }
}

extension MutableSpan where Element: Scalar {
  /// Gives `body` a writable view of the elements, row after row, as a matrix that is valid until it returns.
  public mutating func withMutableMatrixView<R, E: Error>(
    rows: Int, columns: Int, _ body: (MutableMatrixView<Element>) throws(E) -> R
  ) throws(E) -> R {
    requireFilled(count, rows, columns)
    return try withUnsafeMutableBufferPointer { elements throws(E) in
      guard let base = elements.baseAddress else { return try body(.empty(rows: rows, columns: columns)) }
      return try body(MutableMatrixView(base, rows: rows, columns: columns))
    }
  }
}

extension Array where Element: Scalar {
  /// Gives `body` a view of the elements, row after row, as a matrix that is valid until it returns.
  public func withMatrixView<R, E: Error>(
    rows: Int, columns: Int, _ body: (MatrixView<Element>) throws(E) -> R
  ) throws(E) -> R {
    try span.withMatrixView(rows: rows, columns: columns, body)
  }

  /// Gives `body` a writable view of the elements, row after row, as a matrix that is valid until it returns.
  public mutating func withMutableMatrixView<R, E: Error>(
    rows: Int, columns: Int, _ body: (MutableMatrixView<Element>) throws(E) -> R
  ) throws(E) -> R {
    var elements = mutableSpan
    return try elements.withMutableMatrixView(rows: rows, columns: columns, body)
  }
}

// Memory with no elements may have no address, and a view has one: this, which nothing reads.

extension MatrixView {
  static func empty(rows: Int, columns: Int) -> MatrixView {
    MatrixView(
      UnsafePointer(MutableMatrixView.empty(rows: rows, columns: columns).baseAddress), rows: rows, columns: columns)
  }
}

extension MutableMatrixView {
  static func empty(rows: Int, columns: Int) -> MutableMatrixView {
    let nowhere = UnsafeMutablePointer<S>(bitPattern: MemoryLayout<S>.alignment)!
    return MutableMatrixView(nowhere, rows: rows, columns: columns)
  }
}

private func requireFilled(_ count: Int, _ rows: Int, _ columns: Int) {
  let (wanted, overflow) = rows.multipliedReportingOverflow(by: columns)
  require(
    rows >= 0 && columns >= 0 && !overflow && count == wanted, "\(count) elements do not fill \(rows)×\(columns)")
}
