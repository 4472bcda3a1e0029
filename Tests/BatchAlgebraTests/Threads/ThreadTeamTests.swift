import BatchAlgebra
import BatchTestSupport
import Glibc
import Synchronization
import Testing

/// Counts how often each thread ran: without atomics, because every thread has a place of its own.
private struct CountingTask: TeamTask {
  let counts: UnsafeMutablePointer<Int>
  let threads: Int

  func run(thread: Int, of threads: Int) {
    precondition(threads == self.threads && thread < threads)
    counts[thread] += 1
  }
}

/// Adds the next number to every cell, each thread to its share: wrong if a job starts before the last has ended.
private struct AddingTask: TeamTask {
  let cells: UnsafeMutableBufferPointer<Int>
  let number: Int

  func run(thread: Int, of threads: Int) {
    // The shares move from job to job, so that a late write would meet another thread's.
    let share = workShare(of: cells.count, thread: (thread + number) % threads, threads: threads)
    for i in share { cells[i] += number }
  }
}

private struct NestingTask: TeamTask {
  let team: ThreadTeam

  func run(thread: Int, of threads: Int) {
    if thread == 0 { team.run(EmptyTask()) }
  }
}

private struct EmptyTask: TeamTask {
  func run(thread: Int, of threads: Int) {}
}

/// Notes the processor on which each thread ran.
private struct ProcessorTask: TeamTask {
  let processors: UnsafeMutablePointer<Int>

  func run(thread: Int, of threads: Int) {
    guard let file = fopen("/proc/thread-self/stat", "r") else { return }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 1024)
    guard fgets(&line, Int32(line.count), file) != nil else { return }
    // Field 39 (proc_pid_stat(5)); the second one, the program's name in brackets, may have blanks in it.
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    processors[thread] = fields.count > 37 ? Int(fields[37]) ?? -1 : -1
  }
}

private struct SleepingTask: TeamTask {
  let sleeper: Int
  let counter: UnsafeMutablePointer<Int>

  func run(thread: Int, of threads: Int) {
    guard thread == sleeper else { return }
    usleep(5000)
    counter.pointee += 1
  }
}

/// Halves the smallest normal number, which is a subnormal one where there are such.
private struct HalvingTask: TeamTask {
  let cells: UnsafeMutablePointer<Float>

  func run(thread: Int, of threads: Int) { cells[thread] *= 0.5 }
}

/// Notes the thread that does each part.
private struct ThreadTask: TeamTask {
  let numbers: UnsafeMutablePointer<Int>

  func run(thread: Int, of threads: Int) { numbers[thread] = Int(pthread_self()) }
}

@Suite(.serialized) struct ThreadTeamTests {
  @Test(arguments: [1, 2, 3, 4, 9]) func everyThreadRunsOnce(threads: Int) throws {
    let team = try ThreadTeam(threads: threads)
    #expect(team.threads == threads)
    let counts = UnsafeMutablePointer<Int>.allocate(capacity: threads)
    counts.initialize(repeating: 0, count: threads)
    defer { counts.deallocate() }
    for round in 1...50 {
      team.run(CountingTask(counts: counts, threads: threads))
      #expect((0..<threads).allSatisfy { counts[$0] == round })
    }
  }

  /// In a task alone, and on every thread: what the caller computes afterwards is as it was.
  @Test(arguments: [1, 2, 4]) func subnormalNumbersAreZerosInATask(threads: Int) throws {
    let team = try ThreadTeam(threads: threads)
    let cells = UnsafeMutablePointer<Float>.allocate(capacity: threads)
    defer { cells.deallocate() }
    cells.initialize(repeating: .leastNormalMagnitude, count: threads)
    team.run(HalvingTask(cells: cells))
    #expect((0..<threads).allSatisfy { cells[$0] == 0 })
    cells[0] = .leastNormalMagnitude
    team.run(HalvingTask(cells: cells), parts: 1)
    #expect(cells[0] == 0)
    cells[0] = .leastNormalMagnitude
    HalvingTask(cells: cells).run(thread: 0, of: 1)
    #expect(cells[0].isSubnormal)
  }

  @Test(arguments: [1, 2, 3]) func tenThousandJobsFollowOneAnother(threads: Int) throws {
    let team = try ThreadTeam(threads: threads)
    let cells = UnsafeMutableBufferPointer<Int>.allocate(capacity: 17)
    cells.initialize(repeating: 0)
    defer { cells.deallocate() }
    for number in 1...10_000 { team.run(AddingTask(cells: cells, number: number)) }
    #expect(cells.allSatisfy { $0 == 50_005_000 })
  }

  @Test func parkedHelpersWake() throws {
    let team = try ThreadTeam(threads: 3)
    let counts = UnsafeMutablePointer<Int>.allocate(capacity: 3)
    counts.initialize(repeating: 0, count: 3)
    defer { counts.deallocate() }
    // Around the millisecond at which helpers go to sleep, and far beyond.
    for (round, pause) in [500, 900, 1000, 1100, 1500, 10_000, 50_000, 1000, 1000, 1050].enumerated() {
      usleep(UInt32(pause))
      team.run(CountingTask(counts: counts, threads: 3))
      #expect((0..<3).allSatisfy { counts[$0] == round + 1 })
    }
  }

  @Test(.enabled(if: ThreadTeam.availableProcessors >= 2)) func threadsDoNotShareAProcessor() throws {
    let team = try ThreadTeam(threads: 2)
    let processors = UnsafeMutablePointer<Int>.allocate(capacity: 2)
    defer { processors.deallocate() }
    var apart = 0
    for _ in 0..<50 {
      // Asleep in between, so that the system chooses anew where to wake the helper.
      usleep(2000)
      processors.initialize(repeating: -1, count: 2)
      team.runTogether(ProcessorTask(processors: processors))
      #expect(processors[0] >= 0 && processors[1] >= 0)
      if processors[0] != processors[1] { apart += 1 }
    }
    // The caller may be moved while a job runs.
    #expect(apart >= 45)
  }

  /// Waking a helper takes longer than a part of no work: the caller has done it by then.
  @Test func theCallerDoesThePartsOfHelpersThatDoNotCome() throws {
    let team = try ThreadTeam(threads: 3)
    let numbers = UnsafeMutablePointer<Int>.allocate(capacity: 3)
    defer { numbers.deallocate() }
    var alone = 0
    for _ in 0..<40 {
      usleep(3000)
      numbers.initialize(repeating: -1, count: 3)
      team.run(ThreadTask(numbers: numbers))
      #expect((0..<3).allSatisfy { numbers[$0] > 0 })
      if numbers[1] == numbers[0] || numbers[2] == numbers[0] { alone += 1 }
      usleep(3000)
      team.runTogether(ThreadTask(numbers: numbers))
      #expect(Set((0..<3).map { numbers[$0] }).count == 3)
    }
    #expect(alone > 0)
  }

  @Test func aSleepingCallerIsWokenByTheLastHelper() throws {
    let team = try ThreadTeam(threads: 2)
    let counter = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    counter.initialize(to: 0)
    defer { counter.deallocate() }
    for round in 1...20 {
      team.runTogether(SleepingTask(sleeper: 1, counter: counter))
      #expect(counter.pointee == round)
    }
  }

  @Test func teamsComeAndGo() throws {
    for round in 0..<200 {
      let team = try ThreadTeam(threads: 1 + round % 4)
      if round % 2 == 0 { team.run(EmptyTask()) }
    }
  }

  @Test func teamsSideBySideDoNotMeet() async throws {
    let total = Atomic(0)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<2 {
        group.addTask {
          let team = try ThreadTeam(threads: 2)
          let cells = UnsafeMutableBufferPointer<Int>.allocate(capacity: 8)
          cells.initialize(repeating: 0)
          defer { cells.deallocate() }
          for number in 1...500 { team.run(AddingTask(cells: cells, number: number)) }
          return cells.reduce(0, +)
        }
      }
      for try await sum in group { total.add(sum, ordering: .relaxed) }
    }
    #expect(total.load(ordering: .relaxed) == 2 * 8 * 125_250)
  }

  @Test(arguments: [0, -1, 1025, Int.max]) func impossibleCountsAreErrors(count: Int) {
    #expect(throws: ThreadTeamError.invalidCount(count)) { try ThreadTeam(threads: count) }
    #expect(
      ThreadTeamError.invalidCount(0).description == "a thread count must lie between 1 and 1024, not be 0")
    #expect(
      ThreadTeamError.cannotStart(900).description
        == "the system would not start 900 threads; use fewer, or raise the limit (ulimit -u)")
  }

  @Test func aTaskThatUsesItsOwnTeamStopsTheProgram() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let team = try ThreadTeam(threads: 2)
      team.run(NestingTask(team: team))
    }
    #expect(errorText(of: result).contains("a ThreadTeam is already running a task"))
  }

  @Test func thereIsAProcessor() { #expect(ThreadTeam.availableProcessors >= 1) }
}
