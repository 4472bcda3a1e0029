/// Throws ``AlgebraError/shape(_:)`` unless the matrix is square.
func requireSquare<S>(_ operation: String, _ matrix: Matrix<S>) throws(AlgebraError) {
  guard matrix.rows == matrix.columns else {
    throw .shape(ShapeError("\(operation): the matrix is \(matrix.rows)×\(matrix.columns); it must be square"))
  }
}

/// The least workspace that a routine documents, from which overflow of LAPACK's 32-bit integers is foreseen.
struct WorkspaceMinimum {
  var reals: Int
  var integers: Int = 1
}

/// Asks a LAPACK routine for the workspace it wants, and runs it with that.
///
/// - Throws: ``AlgebraError`` when a length does not fit LAPACK's integers, the workspace cannot be had, or LAPACK
///   reports a failure, of which `meaning` explains the positive kind.
func callLAPACK<S: Scalar>(
  _ operation: String, routine: String, minimum: WorkspaceMinimum, meaning: String,
  _ call: (LAPACKWorkspace<S>) -> Int32
) throws(AlgebraError) {
  try fitting { () throws(ShapeError) in
    try requireBLASLength("\(operation) (its workspace)", max(minimum.reals, minimum.integers))
  }
  var realAnswer: S = 0
  var integerAnswer: Int32 = 0
  let query = withUnsafeMutablePointer(to: &realAnswer) { reals in
    withUnsafeMutablePointer(to: &integerAnswer) { integers in
      call(LAPACKWorkspace(reals: reals, realCount: -1, integers: integers, integerCount: -1))
    }
  }
  try requireSuccess(routine, query, meaning)
  // LAPACK answers in the routine's own precision, in which a long length may have been rounded down.
  let wanted = Int(Double(realAnswer.nextUp).rounded(.up))
  let realCount = min(max(minimum.reals, wanted), Int(Int32.max))
  let integerCount = max(minimum.integers, Int(integerAnswer))
  let (reals, integers) = try allocating { () throws(AllocationError) in
    (try AlignedBuffer<S>(count: realCount), try AlignedBuffer<Int32>(count: integerCount))
  }
  let info = withExtendedLifetime((reals, integers)) {
    call(
      LAPACKWorkspace(
        reals: reals.baseAddress, realCount: Int32(realCount), integers: integers.baseAddress,
        integerCount: Int32(integerCount)))
  }
  try requireSuccess(routine, info, meaning)
}

/// Throws ``AlgebraError/lapack(_:)`` unless LAPACK reported success; `meaning` explains a positive `info`.
func requireSuccess(_ routine: String, _ info: Int32, _ meaning: String) throws(AlgebraError) {
  guard info == 0 else { throw .lapack(LAPACKError(routine: routine, info: Int(info), meaning: meaning)) }
}

/// The solutions of systems whose right sides are the columns of the row-major `b`, by a routine that solves columns in
/// place.
func solveColumns<S: Scalar>(
  _ operation: String, routine: String, side n: Int, _ b: Matrix<S>,
  _ call: (_ columns: UnsafeMutablePointer<S>, _ rightSides: Int) -> Int32
) throws(AlgebraError) -> Matrix<S> {
  guard b.rows == n else {
    throw .shape(
      ShapeError("\(operation): A is \(n)×\(n) and B is \(b.rows)×\(b.columns); they must have the same number of rows")
    )
  }
  try b.withView { view throws(AlgebraError) in try requireFinite(operation, "B", view) }
  guard n > 0, b.columns > 0 else { return b }
  try fitting { () throws(ShapeError) in try requireBLASLength(operation, b.columns) }
  var columns = try allocating { () throws(AllocationError) in try b.transposed() }
  let info = columns.withMutableView { call($0.baseAddress, b.columns) }
  try requireSuccess(routine, info, "the routine failed")
  return try allocating { () throws(AllocationError) in try columns.transposed() }
}
