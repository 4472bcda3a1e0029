import Glibc
import Synchronization

/// Ctrl-C as a request: the running step is finished and files are left whole; a second one ends the tool at once.
enum Interrupt {
  private static let requested = Atomic<Bool>(false)

  /// Whether an end was asked for.
  static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// Turns SIGINT and SIGTERM into requests.
  static func catchSignals() {
    for signal in [SIGINT, SIGTERM] {
      Glibc.signal(signal) { number in
        if Interrupt.requested.exchange(true, ordering: .relaxed) { _exit(128 + number) }
      }
    }
  }
}
