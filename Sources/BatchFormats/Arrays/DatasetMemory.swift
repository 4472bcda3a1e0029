package import BatchAlgebra

/// A matrix of zeros for a data set, with the failure told as a ``DataError``.
package func datasetMatrix(rows: Int, columns: Int, for name: String) throws(DataError) -> Matrix<Float> {
  do {
    return try Matrix(rows: rows, columns: columns)
  } catch {
    let mebibytes = error.byteCount / 1_048_576
    throw DataError(
      .outOfMemory, "\(name): \(mebibytes) MiB for \(rows) × \(columns) numbers could not be allocated",
      hint: "use fewer examples, or a machine with more memory")
  }
}
