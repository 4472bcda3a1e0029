import ArgumentParser

/// Positive numbers with commas between them, such as `1,2`.
struct CountList: ExpressibleByArgument {
  /// The numbers, each once, in the order given.
  let counts: [Int]

  init?(argument: String) {
    var seen: Set<Int> = []
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard numbers.allSatisfy({ $0 > 0 }) else { return nil }
    counts = numbers.filter { seen.insert($0).inserted }
  }
}
