import Glibc
import Synchronization

/// Ctrl-C as a request: the running step is finished and files are left whole; a second one ends the tool at once.
enum Interrupt {
  private static let requested = Atomic<Bool>(false)

  /// Whether an end was asked for.
  static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// Turns SIGINT and SIGTERM into requests, also where the launcher had blocked them.
  static func catchSignals() {
    var caught = sigset_t()
    sigemptyset(&caught)
    for signal in [SIGINT, SIGTERM] {
      Glibc.signal(signal) { number in
        if Interrupt.requested.exchange(true, ordering: .relaxed) { _exit(128 + number) }
      }
      sigaddset(&caught, signal)
    }
    // A program started from a thread that blocks signals, as the workers of a thread pool do, inherits that.
    pthread_sigmask(SIG_UNBLOCK, &caught, nil)
  }
}
