import BatchFoundation
import Glibc

/// Where a campaign keeps its files.
struct CampaignFolders {
  /// Inputs that ended a worker.
  let found: String
  /// What is written again and again: memory rather than a disk, where there is such a folder.
  let scratch: String

  func input(of reader: FuzzedReader) -> String { "\(scratch)/\(reader.name)/input" }
  func progress(of reader: FuzzedReader) -> String { "\(scratch)/\(reader.name)/progress" }
  private func valid(of reader: FuzzedReader) -> String { "\(scratch)/\(reader.name)/valid" }

  /// Makes the valid inputs of a reader, once for all of its workers.
  func makeCorpus(of reader: FuzzedReader) throws {
    try DurableFile.makeFolder("\(scratch)/\(reader.name)/making")
    for (index, input) in try reader.corpus("\(scratch)/\(reader.name)/making").enumerated() {
      try input.write(to: "\(valid(of: reader))/\(index)")
    }
  }

  func corpus(of reader: FuzzedReader) throws -> [FuzzInput] {
    let folder = valid(of: reader)
    return try DurableFile.names(in: folder).compactMap { Int($0) }.sorted().map {
      try FuzzInput(at: "\(folder)/\($0)")
    }
  }

  /// Keeps an input that ended a worker, and what the worker said.
  func keep(_ input: FuzzInput, as name: String, _ notes: String) throws -> String {
    let folder = "\(found)/\(name)"
    try input.write(to: folder)
    if let said = try? DurableFile.read(notes), !said.isEmpty { try PlainFile.write(said, to: "\(folder).txt") }
    return folder
  }
}

/// All inputs of one reader, in workers that are started anew where one of them has ended.
struct Campaign {
  /// The folder of this program's sources, in which some valid inputs lie.
  static let sources = "Tests/Fuzzing"

  /// What became of the inputs.
  struct Outcome {
    var inputs = 0
    var refused = 0
    var accepted = 0
    var traps = 0
    var hangs = 0
    var overMemory = 0
    var seconds = 0.0

    var faults: Int { traps + hangs + overMemory }
  }

  let reader: FuzzedReader
  let count: Int
  let seed: UInt64
  let folders: CampaignFolders
  /// The most faults after which a reader is given up.
  static let mostFaults = 200

  func run() throws -> Outcome {
    let begin = ContinuousClock.now
    var outcome = Outcome()
    try folders.makeCorpus(of: reader)
    let corpus = try folders.corpus(of: reader)
    let progress = try SharedProgress(path: folders.progress(of: reader))
    let notes = "\(folders.scratch)/\(reader.name)/notes"
    var next = 0
    while next < count, outcome.faults < Self.mostFaults {
      progress[.index] = -1
      let status = try ChildProcess.run(
        ["worker", reader.name, "\(next)", "\(count)", "\(seed)", folders.found, folders.scratch], notes: notes)
      let index = progress[.index]
      if status == .exited(0) {
        next = count
        break
      }
      guard index >= next else {
        let said = (try? DurableFile.read(notes)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        throw PlainFile.Failure(description: "\(reader.name): no worker starts (\(status)) \(said)")
      }
      let kind: String
      switch status {
      case .exited(Worker.overMemory):
        outcome.overMemory += 1
        kind = "memory"
      case .signalled(SIGPROF), .signalled(SIGALRM):
        outcome.hangs += 1
        kind = "hang"
      default:
        outcome.traps += 1
        kind = "trap"
      }
      let input = reader.input(index, seed: seed, corpus: corpus)
      let kept = try folders.keep(input, as: "\(reader.name)-\(kind)-\(seed)-\(index)", notes)
      Output.note("\(reader.name): \(kind) (\(status)), kept in \(kept)")
      next = index + 1
    }
    outcome.inputs = next
    outcome.accepted = progress[.accepted]
    outcome.refused = progress[.refused]
    outcome.seconds = (ContinuousClock.now - begin) / .seconds(1)
    return outcome
  }
}
