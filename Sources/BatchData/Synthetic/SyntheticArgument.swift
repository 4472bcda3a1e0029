import BatchFormats

/// Refuses an argument of a synthetic task that cannot work.
func requireSynthetic(
  _ task: String, _ isValid: Bool, _ argument: String, _ value: some CustomStringConvertible, _ wanted: String
) throws(DataError) {
  guard !isValid else { return }
  throw DataError(.invalidArgument, "\(task): \(argument) cannot be \(value)", hint: "give \(wanted)")
}
