import Glibc

extension Matrix: CustomStringConvertible {
  /// Shape, element type and elements in aligned columns, six digits each; of a large matrix its corners.
  public var description: String { withView(\.description) }
}

extension MatrixView: CustomStringConvertible {
  /// Shape, element type and elements in aligned columns, six digits each; of a large matrix its corners.
  public var description: String {
    let shownRows = shownPlaces(of: rows)
    let shownColumns = shownPlaces(of: columns)
    let cells = shownRows.map { i in
      shownColumns.map { j in
        guard let i, let j else { return i == nil && j == nil ? "⋱" : i == nil ? "⋮" : "…" }
        return shortText(Double(self[i, j]))
      }
    }
    let widths = shownColumns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    let lines = cells.map { row in
      zip(row, widths).map { String(repeating: " ", count: $1 - $0.count + 2) + $0 }.joined()
    }
    return (["\(rows)×\(columns) \(S.self)"] + lines).joined(separator: "\n")
  }
}

extension MutableMatrixView: CustomStringConvertible {
  /// Shape, element type and elements in aligned columns, six digits each; of a large matrix its corners.
  public var description: String { readOnly.description }
}

/// All indices below `count`, or the first four and the last three with nil for those between.
private func shownPlaces(of count: Int) -> [Int?] {
  count <= 8 ? Array(0..<count) : Array(0..<4) + [nil] + Array(count - 3..<count)
}

/// The number in at most six significant digits, as C's `%g` writes it.
private func shortText(_ value: Double) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
    guard let base = text.baseAddress else { return "" }
    _ = withVaList([value]) { vsnprintf(base, text.count, "%.6g", $0) }
    return String(cString: base)
  }
}
