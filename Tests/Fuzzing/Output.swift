import Glibc

/// Lines for the standard streams.
enum Output {
  static func result(_ text: String) { write(text, to: STDOUT_FILENO) }
  static func note(_ text: String) { write(text, to: STDERR_FILENO) }

  private static func write(_ text: String, to stream: Int32) {
    let line = Array((text + "\n").utf8)
    // Where nobody can be told, the exit code still tells.
    _ = Glibc.write(stream, line, line.count)
  }
}
