import BatchAlgebra

/// A parameter as an update sees it: a stretch of the parameter vector, padding included.
struct ParameterRun: Sendable {
  let range: Range<Int>
  let kind: ParameterKind

  init(_ slot: ParameterSlot) {
    range = slot.offset..<slot.offset + slot.storedCount
    kind = slot.kind
  }
}

extension ArraySlice<ParameterRun> {
  /// Calls the body with each piece of a run that falls to one thread, and with the run's index.
  func forEachPiece(
    thread: Int, of threads: Int, _ body: (_ index: Int, _ kind: ParameterKind, _ piece: Range<Int>) -> Void
  ) {
    guard let start = first?.range.lowerBound, let end = last?.range.upperBound else { return }
    let range = updateShare(of: start..<end, thread: thread, threads: threads)
    for index in indices where self[index].range.overlaps(range) {
      body(index, self[index].kind, self[index].range.clamped(to: range))
    }
  }
}
