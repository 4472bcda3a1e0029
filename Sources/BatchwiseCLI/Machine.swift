import Batchwise

/// The machine that the tool runs on.
enum Machine {
  /// Sees to it that the libraries can be used and that the environment asks for what there is.
  static func prepare() throws {
    try BLASLibrary.prepare()
    try InstructionSet.requireUsable()
    try GEMMEngine.requireUsable()
  }

  /// Numbers of threads in words: `1 thread`, `1, 2 threads`.
  static func text(threads counts: [Int]) -> String {
    counts.map(String.init).joined(separator: ", ") + (counts == [1] ? " thread" : " threads")
  }

  /// Numbers of threads from 1 to all processors, doubling: on many processors each of them would take too long.
  static var threadCounts: [Int] {
    let processors = ThreadTeam.availableProcessors
    var counts = [1]
    while counts[counts.count - 1] < processors { counts.append(min(counts[counts.count - 1] * 2, processors)) }
    return counts
  }
}
