/// Stops the program with `message` unless `condition` holds, in every kind of build.
///
/// For contracts whose breach would read or write foreign memory, or compute something wrong in silence. `precondition`
/// drops its text with `-O` and itself with `-Ounchecked`; this keeps both. The text is made only where the condition
/// fails: a requirement that holds allocates nothing.
@inlinable
package func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}
