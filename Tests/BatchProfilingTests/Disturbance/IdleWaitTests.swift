import Glibc
import Synchronization
import Testing

@testable import BatchProfiling

@Suite struct IdleWaitTests {
  @Test func returnsAtTheFirstQuietWindow() {
    var windows = [(1e-3, 2e-3), (1e-3, 1e-3), (2e-3, 1.1e-4), (2e-3, 0.9e-4), (1e-3, 0)]
    #expect(IdleWait().wait { windows.removeFirst() })
    #expect(windows.count == 1)
  }

  @Test func givesUpAtTheLimit() {
    var count = 0
    let becameQuiet = IdleWait(limitSeconds: 1).wait {
      count += 1
      return (0.25, 0.25)
    }
    #expect(!becameQuiet && count == 4)
  }

  @Test func looksAtOneWindowAtLeast() {
    #expect(IdleWait(limitSeconds: 0).wait { (1e-3, 0) })
    #expect(!IdleWait(limitSeconds: 0).wait { (1e-3, 1e-3) })
  }

  /// In a process of its own, in which no other test runs.
  @Test func noticesAThreadThatSpins() async {
    await #expect(processExitsWith: .success) {
      // Threads of the test library may wake now and then: a few tries decide.
      let tries = 200
      let quiet = IdleWait(limitSeconds: 0.01)
      precondition((0..<tries).contains { _ in quiet.wait() }, "busy without any other thread")
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { _ in
          while !stopSpinning.load(ordering: .relaxed) {}
          return nil
        }, nil)
      for _ in 0..<10 { precondition(!quiet.wait(), "quiet beside a thread that spins") }
      stopSpinning.store(true, ordering: .relaxed)
      pthread_join(thread, nil)
      precondition((0..<tries).contains { _ in quiet.wait() }, "busy after the thread's end")
    }
  }
}

private let stopSpinning = Atomic(false)
