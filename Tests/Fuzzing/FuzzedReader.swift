import BatchFoundation

/// Something that reads what people bring, with valid inputs of it.
///
/// A reader throws for what it refuses. Whatever else it does but return is a fault: a trap, a hang, memory without
/// bounds.
struct FuzzedReader: Sendable {
  let name: String
  /// Makes the valid inputs, given a folder for what has to be written on the way.
  let corpus: @Sendable (_ scratch: String) throws -> [FuzzInput]
  /// Makes checksums and containers of a changed input right again, so that what lies behind them is reached.
  var seal: @Sendable (_ changed: inout FuzzInput, _ original: FuzzInput) -> Void = { _, _ in }
  /// Whether it writes into the folder that it reads.
  var writes = false
  /// Reads an input and uses what was read, as the tool does.
  let read: @Sendable (_ input: FuzzInput, _ folder: String) throws -> Void

  /// All of them, in the order of the table.
  static let all: [FuzzedReader] =
    arrays + tables + tensors + runs + studies + profiles + [tuning] + trainingTexts + profilingTexts

  static func named(_ name: String) -> FuzzedReader? { all.first { $0.name == name } }

  /// The input of an index: a valid one, changed, with its checksums right in three of four cases.
  func input(_ index: Int, seed: UInt64, corpus: [FuzzInput]) -> FuzzInput {
    var mutator = Mutator(random: RandomStream(seed: seed, name: "fuzz \(name)", index: UInt64(index)))
    let original = mutator.element(of: corpus)
    if mutator.one(in: 4) {
      var sealed = original
      seal(&sealed, original)
      return mutator.mutate(sealed, among: corpus)
    }
    var changed = mutator.mutate(original, among: corpus)
    seal(&changed, original)
    return changed
  }
}

/// Reads in several ways, and refuses what all of them refuse.
func oneOf<Way>(_ ways: [Way], _ read: (Way) throws -> Void) throws {
  var refusals: [any Error] = []
  for way in ways {
    do {
      try read(way)
    } catch {
      refusals.append(error)
    }
  }
  if refusals.count == ways.count, let refusal = refusals.first { throw refusal }
}

/// What a reader takes that has to be refused.
struct Refusal: Error {
  let reason: String
}
