public import BatchFoundation
import CBatchKernels

/// Work that a ``ThreadTeam`` runs on all of its threads at once.
///
/// A value with a method, not a closure: a closure handed to C would cost two allocations a call, and a training step
/// allocates nothing. Every thread reads the same value at the same time: what it points to must be safe to share, and
/// each thread must write only to its own part.
public protocol TeamTask {
  /// Does the share of thread `thread` (0 is the caller) out of `threads`.
  func run(thread: Int, of threads: Int)
}

/// A fixed set of threads that run one task together and wait for one another: fork, join.
///
/// Helpers spin for about a millisecond between tasks and then sleep, on processors of their own; in a team of more
/// threads than processors they sleep at once, where the system likes. One caller at a time, and a task must not use
/// its own team: either stops the program. While a task runs, subnormal numbers are zeros to all threads: on many
/// processors they are a hundred times as slow as others, and what training leaves unused ends as such.
public final class ThreadTeam: @unchecked Sendable {
  private let team: OpaquePointer
  /// The number of threads, the caller among them.
  public let threads: Int

  /// Starts a team of `threads` threads, the caller among them.
  ///
  /// - Throws: ``ThreadTeamError`` when the count is not positive or a thread cannot be started.
  public init(threads: Int) throws(ThreadTeamError) {
    guard threads >= 1, threads <= 1024 else { throw .invalidCount(threads) }
    guard let team = bk_team_create(Int32(threads)) else { throw .cannotStart(threads) }
    self.team = team
    self.threads = threads
  }

  deinit { bk_team_destroy(team) }

  /// The number of processors this process may use: those it may run on, and of them no more than a quota of its control
  /// group leaves, as containers have one.
  public static var availableProcessors: Int {
    ControlGroup.processors(Int(bk_available_processors()), quota: ControlGroup.current.processorQuota)
  }

  /// Runs the task on every thread and returns when all have finished; allocates nothing where it is specialised.
  @inlinable
  public func run<Task: TeamTask>(_ task: Task) {
    withUnsafePointer(to: task) { pointer in
      run(
        ErasedTask(
          task: UnsafeRawPointer(pointer),
          invoke: { pointer, thread, threads in
            pointer.assumingMemoryBound(to: Task.self).pointee.run(thread: thread, of: threads)
          }))
    }
  }

  /// Runs a task that is cut in `parts`: on the caller alone where there is one part, else on every thread.
  @inlinable
  public func run<Task: TeamTask>(_ task: Task, parts: Int) {
    guard parts <= 1 else {
      run(task)
      return
    }
    let settings = Self.flushSubnormals()
    task.run(thread: 0, of: 1)
    Self.restoreSubnormals(settings)
  }

  @usableFromInline
  static func flushSubnormals() -> UInt { bk_flush_subnormals() }

  @usableFromInline
  static func restoreSubnormals(_ settings: UInt) { bk_restore_subnormals(settings) }

  @usableFromInline
  func run(_ task: ErasedTask) {
    let ran = withUnsafePointer(to: task) { pointer in
      bk_team_run(
        team,
        { context, thread, threads in
          guard let task = context?.assumingMemoryBound(to: ErasedTask.self).pointee else { return }
          task.invoke(task.task, Int(thread), Int(threads))
        }, pointer)
    }
    require(ran != 0, "a ThreadTeam is already running a task; give every caller a team of its own")
  }
}

/// A task behind a pointer, so that one C function can run every kind of task.
///
/// The closure captures nothing but types: where the call is specialised it is a plain function, and so is what it
/// calls.
@usableFromInline
struct ErasedTask {
  @usableFromInline var task: UnsafeRawPointer
  @usableFromInline var invoke: (UnsafeRawPointer, Int, Int) -> Void

  @usableFromInline
  init(task: UnsafeRawPointer, invoke: @escaping (UnsafeRawPointer, Int, Int) -> Void) {
    self.task = task
    self.invoke = invoke
  }
}

/// A thread team that could not be made.
public enum ThreadTeamError: DiagnosticError, Equatable {
  /// A thread count outside 1 … 1024.
  case invalidCount(Int)
  /// The system refused a thread.
  case cannotStart(Int)

  public var diagnosis: Diagnosis {
    switch self {
    case .invalidCount(let count): Diagnosis(.usage, "a thread count must lie between 1 and 1024, not be \(count)")
    case .cannotStart(let count):
      Diagnosis(
        .system, "the system would not start \(count) threads", hint: "use fewer, or raise the limit (ulimit -u)")
    }
  }
}
