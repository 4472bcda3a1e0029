import Batchwise
import Glibc

/// The two streams of the tool: results on standard output, everything else on standard error.
enum Console {
  /// Sees to it that no stream can end the tool or be taken for another file; to be called before anything else.
  static func prepare() {
    // Whoever reads notes or results may go away, and a file may not be allowed to grow further: writing then fails,
    // and a study goes on or tells it. The signals would end the tool in the middle of what it does.
    for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
    // The next file that is opened would take the number of a stream that is closed, and get what is written there.
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      // The other way round, so that using the stream fails as if it were closed.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Prints a result.
  ///
  /// - Throws: `FileError`, as on a full disk.
  static func result(_ text: String) throws(FileError) {
    // A reader that has gone away, as `head` does, wants no more; any other failure would lose the result.
    guard let number = write(text, to: STDOUT_FILENO), number != EPIPE else { return }
    throw .system(path: "the result to standard output", action: "write", reason: String(cString: strerror(number)))
  }

  /// Prints a note on what goes on, in one line; where it cannot be printed there is nobody to be told.
  ///
  /// What files and folders are called and hold may stand in it, and commands the terminal nothing.
  static func note(_ text: String) { _ = write(text.visible, to: STDERR_FILENO) }

  /// Prints what went wrong, in one line, and lines of advice below it.
  static func error(_ text: String, advice: String? = nil) {
    note("Error: \(text)")
    if let advice { _ = write(advice, to: STDERR_FILENO) }
  }

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
