/// What every factorisation does with its input: refuse what LAPACK cannot work on, and copy what LAPACK overwrites.
enum LAPACKInput {
  /// A copy of a matrix whose elements are all finite.
  static func copy<S: Scalar>(_ a: Matrix<S>, for routine: String) throws(AlgebraError) -> AlignedBuffer<S> {
    let elements = a.elements
    if let index = elements.firstIndex(where: { !$0.isFinite }) {
      throw .lapack(
        LAPACKError(
          routine: routine, info: -1,
          meaning: "element (\(index / a.columns), \(index % a.columns)) is \(elements[index]); all must be finite"))
    }
    return try buffer(elements)
  }

  /// Memory filled with the given elements.
  static func buffer<S: Scalar>(_ elements: [S]) throws(AlgebraError) -> AlignedBuffer<S> {
    let buffer: AlignedBuffer<S> = try zeros(elements.count)
    for (i, element) in elements.enumerated() { buffer.baseAddress[i] = element }
    return buffer
  }

  /// Memory filled with zeros.
  static func zeros<S: Scalar>(_ count: Int) throws(AlgebraError) -> AlignedBuffer<S> {
    do {
      return try AlignedBuffer(count: count)
    } catch {
      throw .allocation(error)
    }
  }

  /// A matrix with the first elements of a buffer.
  static func matrix<S: Scalar>(_ buffer: AlignedBuffer<S>, rows: Int, columns: Int) throws(AlgebraError) -> Matrix<S> {
    do {
      return try Matrix(rows: rows, columns: columns, Array(buffer.elements[..<(rows * columns)]))
    } catch {
      throw .allocation(error)
    }
  }

  /// Turns LAPACK's `info` into an error unless it is 0.
  static func check(_ info: Int, _ routine: String, _ meaning: String) throws(AlgebraError) {
    guard info == 0 else { throw .lapack(LAPACKError(routine: routine, info: info, meaning: meaning)) }
  }
}
