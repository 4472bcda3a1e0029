import Batchwise
import Glibc

/// The two streams of the tool: results on standard output, everything else on standard error.
enum Console {
  /// Prints a result.
  ///
  /// - Throws: `FileError`, as on a full disk.
  static func result(_ text: String) throws(FileError) {
    // A reader that has gone away, as `head` does, wants no more; any other failure would lose the result.
    guard let number = write(text, to: STDOUT_FILENO), number != EPIPE else { return }
    throw .system(path: "the result to standard output", action: "write", reason: String(cString: strerror(number)))
  }

  /// Prints a note on what goes on; where it cannot be printed there is nobody to be told.
  static func note(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  /// Prints what went wrong.
  static func error(_ text: String) { note("Error: \(text)") }

  /// Whether progress may be drawn over: standard error is a terminal that can.
  static var drawsProgress: Bool {
    isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
  }

  /// The width of the terminal in columns; 80 where it is not known.
  static var width: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  /// How pictures are drawn on standard output: in colours on a terminal that has and may use them.
  static var pictureStyle: ContactSheet.TerminalStyle {
    isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil ? .halfBlocks : .shades
  }

  /// Writes text as it is, without a line break.
  static func draw(_ text: String) { _ = writeBytes(Array(text.utf8), to: STDERR_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) -> Int32? {
    writeBytes(Array((text.hasSuffix("\n") ? text : text + "\n").utf8), to: descriptor)
  }

  /// Writes all bytes; gives the number of the system's error where it cannot.
  private static func writeBytes(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return errno }
      rest = rest.dropFirst(count)
    }
    return nil
  }
}
