import BatchFoundation
import BatchTestSupport
import Glibc

/// The process that reads inputs, one after another, until it is through or one of them ends it.
///
/// What it has done stands in memory that its parent shares, so that it outlives the process.
struct Worker {
  /// How a worker says that an input took more memory than it may.
  static let overMemory: Int32 = 77
  /// The seconds of the processor's time after which an input counts as one that hangs; that of the clock depends on
  /// what else the machine does.
  private static let hangSeconds = 5
  /// The seconds of the clock after which one that waits does.
  private static let waitSeconds: UInt32 = 60
  /// What a reader may take on top of ten times its input.
  private static let spareMemory = 64 << 20

  let reader: FuzzedReader
  let seed: UInt64
  let folders: CampaignFolders
  let progress: SharedProgress

  /// Reads the inputs of a range.
  func run(_ range: Range<Int>) throws {
    let corpus = try folders.corpus(of: reader)
    var folder = try InputFolder(folders.input(of: reader))
    // What is set up once and kept (threads, buffers, tables) is of no input.
    for input in corpus {
      var sealed = input
      reader.seal(&sealed, input)
      try folder.hold(sealed)
      do {
        try reader.read(sealed, folder.path)
      } catch {
        throw PlainFile.Failure(description: "\(reader.name): a valid input is refused: \(error)")
      }
      if reader.writes { folder.forget() }
    }
    limitMemory()
    let memory = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    for index in range {
      progress[.index] = index
      let input = reader.input(index, seed: seed, corpus: corpus)
      try folder.hold(input)
      // 5: the peak is what the process has now.
      write(memory, "5", 1)
      let before = Self.peakMemory
      Self.startClocks()
      do {
        try reader.read(input, folder.path)
        progress[.accepted] += 1
      } catch {
        progress[.refused] += 1
      }
      Self.stopClocks()
      if reader.writes { folder.forget() }
      if Self.peakMemory - before > 10 * input.byteCount + Self.spareMemory { exit(Self.overMemory) }
    }
    progress[.index] = range.upperBound
  }

  /// Reads one input that was kept.
  static func replay(_ reader: FuzzedReader, _ path: String, folder: String) throws {
    let input = try FuzzInput(at: path)
    var copy = try InputFolder(folder)
    try copy.hold(input)
    startClocks()
    try reader.read(input, folder)
    stopClocks()
  }

  /// Ends the process by `SIGPROF` or `SIGALRM` unless ``stopClocks()`` comes before.
  private static func startClocks() {
    set(profiling: hangSeconds)
    alarm(waitSeconds)
  }

  private static func stopClocks() {
    set(profiling: 0)
    alarm(0)
  }

  private static func set(profiling seconds: Int) {
    var timer = itimerval(it_interval: timeval(), it_value: timeval(tv_sec: seconds, tv_usec: 0))
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
  }

  /// What asks for far more than it may gets nothing, so that one input cannot take the machine's memory.
  private func limitMemory() {
    // The address sanitizer has taken far more already, for its shadow.
    guard !Sanitizer.isAddress else { return }
    var limit = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
  }

  /// The most bytes that this process had in memory since the peak was set back.
  private static var peakMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }
}

/// Numbers in a file that a worker and its parent have both mapped.
struct SharedProgress {
  enum Field: Int, CaseIterable {
    case index, accepted, refused
  }

  private let numbers: UnsafeMutablePointer<Int>

  init(path: String) throws {
    let byteCount = Field.allCases.count * MemoryLayout<Int>.size
    let descriptor = open(path, O_RDWR | O_CREAT, 0o644)
    defer { close(descriptor) }
    guard descriptor >= 0, ftruncate(descriptor, byteCount) == 0,
      let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
    else { throw PlainFile.Failure(description: "cannot share \(path): \(String(cString: strerror(errno)))") }
    numbers = memory.bindMemory(to: Int.self, capacity: Field.allCases.count)
  }

  subscript(_ field: Field) -> Int {
    get { numbers[field.rawValue] }
    nonmutating set { numbers[field.rawValue] = newValue }
  }
}
