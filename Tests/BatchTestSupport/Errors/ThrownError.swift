/// What an operation throws; nil when it succeeds.
public func thrownError<R, E: Error>(_ operation: () throws(E) -> R) -> E? {
  do {
    _ = try operation()
    return nil
  } catch {
    return error
  }
}
