public import BatchFoundation
import CBatchKernels

/// Work that a ``ThreadTeam`` runs in as many parts as it has threads, all at once.
///
/// A value with a method, not a closure: a closure handed to C would cost two allocations a call, and a training step
/// allocates nothing. Every thread reads the same value at the same time: what it points to must be safe to share, and
/// each part must write only to what is its own. A part belongs to a thread as a rule, not always: what it computes must
/// depend on its number alone.
public protocol TeamTask {
  /// Does part `thread` (0 is the caller's) out of `threads`.
  func run(thread: Int, of threads: Int)
}

/// A fixed set of threads that run one task together and wait for one another: fork, join.
///
/// The caller also does the parts of helpers that have not begun when it is done with its own: those that sleep, or whose
/// processors the system has given to others. On a busy machine it waits for nobody who has no work in hand.
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
    guard Self.counts.contains(threads) else { throw .invalidCount(threads) }
    guard let team = bk_team_create(Int32(threads)) else { throw .cannotStart(threads) }
    self.team = team
    self.threads = threads
  }

  deinit { bk_team_destroy(team) }

  /// The numbers of threads that a team may have.
  public static var counts: ClosedRange<Int> { 1...1024 }

  /// The number of processors this process may use: those it may run on, and of them no more than a quota of its control
  /// group leaves, as containers have one.
  public static var availableProcessors: Int {
    ControlGroup.processors(Int(bk_available_processors()), quota: ControlGroup.current.processorQuota)
  }

  /// Runs all parts of the task and returns when they are finished; allocates nothing where it is specialised.
  @inlinable
  public func run<Task: TeamTask>(_ task: Task) { run(task, together: false) }

  /// Runs every part of the task on a thread of its own: for parts that wait for one another, and for timing threads.
  @inlinable
  public func runTogether<Task: TeamTask>(_ task: Task) { run(task, together: true) }

  @inlinable
  func run<Task: TeamTask>(_ task: Task, together: Bool) {
    withUnsafePointer(to: task) { pointer in
      run(
        ErasedTask(
          task: UnsafeRawPointer(pointer),
          invoke: { pointer, thread, threads in
            pointer.assumingMemoryBound(to: Task.self).pointee.run(thread: thread, of: threads)
          }), together: together)
    }
  }

  /// Runs a task that is cut in `parts`: on the caller alone where there is one part, else as many as there are threads.
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
  func run(_ task: ErasedTask, together: Bool) {
    let ran = withUnsafePointer(to: task) { pointer in
      bk_team_run(
        team,
        { context, thread, threads in
          guard let task = context?.assumingMemoryBound(to: ErasedTask.self).pointee else { return }
          task.invoke(task.task, Int(thread), Int(threads))
        }, pointer, together ? 1 : 0)
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
