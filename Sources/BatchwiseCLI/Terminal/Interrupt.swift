import Glibc
import Synchronization

/// Ctrl-C as a request: the running step is finished and files are left whole; a second one ends the tool at once.
///
/// So are the signals of a system that shuts down, and of a terminal that is closed.
enum Interrupt {
  private static let requested = Atomic<Bool>(false)

  /// Whether an end was asked for.
  static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// Turns SIGINT, SIGTERM and SIGHUP into requests, also where the launcher had blocked them.
  static func catchSignals() {
    var caught = sigset_t()
    sigemptyset(&caught)
    for signal in [SIGINT, SIGTERM] {
      Glibc.signal(signal) { number in
        if Interrupt.requested.exchange(true, ordering: .relaxed) { _exit(128 + number) }
      }
      sigaddset(&caught, signal)
    }
    // As under nohup, which has it ignored, a terminal that is closed may be no reason to end.
    var before = sigaction()
    sigaction(SIGHUP, nil, &before)
    if !Self.isIgnored(before) {
      // A terminal that is closed tells it twice, by the shell and by the kernel: the second asks for no more.
      Glibc.signal(SIGHUP) { _ in Interrupt.requested.store(true, ordering: .relaxed) }
      sigaddset(&caught, SIGHUP)
    }
    // A program started from a thread that blocks signals, as the workers of a thread pool do, inherits that.
    pthread_sigmask(SIG_UNBLOCK, &caught, nil)
  }

  /// Lets signals end the tool again, where something begins that looks at no request.
  static func release() {
    for signal in [SIGINT, SIGTERM] { Glibc.signal(signal, SIG_DFL) }
    if isRequested { _exit(ExitStatus.interrupted.rawValue) }
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    // Swift compares no functions; ignoring is the address 1.
    unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
