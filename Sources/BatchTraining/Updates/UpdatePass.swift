import BatchAlgebra

/// One update of parameters whose gradient is there, by whatever rule the optimizer has for them.
///
/// A rule with norms takes two passes: in the first each thread measures its pieces of the parameters and leaves the
/// sums in a place of its own; in the second it adds up what all have found of a parameter and updates its pieces by
/// the rule that follows. The sums are added in the order of the threads: the same number of them gives the same bits.
struct UpdatePass<S: Scalar> {
  let optimizer: any Optimizer
  /// The number of the update, counted from 1.
  let step: Int
  let ranges: ArraySlice<ParameterRange>
  let parameters: UnsafeMutablePointer<S>
  let gradient: UnsafePointer<S>
  let state: StateVectors<S>
  /// [threads][ranges], the places of a thread on cache lines of its own; nil for an optimizer that uses no norms.
  let norms: UnsafeMutablePointer<SquaredNorms>?
  private let weightRule: UpdateRule
  private let vectorRule: UpdateRule

  init(
    _ optimizer: any Optimizer, step: Int, of ranges: ArraySlice<ParameterRange>, parameters: UnsafeMutablePointer<S>,
    gradient: UnsafePointer<S>, state: StateVectors<S>, norms: UnsafeMutablePointer<SquaredNorms>?
  ) {
    self.optimizer = optimizer
    self.step = step
    self.ranges = ranges
    self.parameters = parameters
    self.gradient = gradient
    self.state = state
    self.norms = norms
    weightRule = optimizer.rule(step: step, for: .weight)
    vectorRule = optimizer.rule(step: step, for: .vector)
    weightRule.requireState(state.count, of: optimizer)
    vectorRule.requireState(state.count, of: optimizer)
    guard norms != nil || !usesNorms else { fatalError("\(optimizer) uses norms now, and did not at its first update") }
  }

  /// Whether the rule of some parameters is the optimizer's own code, which knows nothing of padding.
  var isCustom: Bool { weightRule == .custom || vectorRule == .custom }

  func run(on team: ThreadTeam) {
    if usesNorms { team.run(Measurement(update: self)) }
    team.run(Application(update: self))
  }

  private var usesNorms: Bool { weightRule == .normed || vectorRule == .normed }

  private func rule(for kind: ParameterKind) -> UpdateRule { kind == .weight ? weightRule : vectorRule }

  private func piece(_ range: Range<Int>, of kind: ParameterKind) -> UpdatePiece<S> {
    UpdatePiece(
      range, of: kind, parameters: parameters, gradient: gradient, state: state, step: step,
      learningRate: optimizer.learningRate)
  }

  private func norms(of thread: Int) -> UnsafeMutablePointer<SquaredNorms>? {
    norms.map { $0 + thread * Self.normStride(ranges.count) }
  }

  /// The number of norms for so many parameters.
  static func normCount(parameters: Int, threads: Int) -> Int { threads * normStride(parameters) }

  /// Four are a cache line.
  private static func normStride(_ parameters: Int) -> Int { (parameters + 3) / 4 * 4 }

  private struct Measurement: TeamTask {
    let update: UpdatePass

    func run(thread: Int, of threads: Int) {
      let sums = update.norms(of: thread)
      sums?.update(repeating: SquaredNorms(), count: update.ranges.count)
      update.ranges.forEachPiece(thread: thread, of: threads) { index, kind, range in
        guard update.rule(for: kind) == .normed else { return }
        sums?[index - update.ranges.startIndex] = update.optimizer.norms(of: update.piece(range, of: kind))
      }
    }
  }

  private struct Application: TeamTask {
    let update: UpdatePass

    func run(thread: Int, of threads: Int) {
      update.ranges.forEachPiece(thread: thread, of: threads) { index, kind, range in
        let rule: ElementwiseRule
        switch update.rule(for: kind) {
        case .elementwise(let elementwise): rule = elementwise
        case .normed:
          var norms = SquaredNorms()
          for other in 0..<threads {
            if let sums = update.norms(of: other) { norms += sums[index - update.ranges.startIndex] }
          }
          rule = update.optimizer.rule(step: update.step, for: kind, norms: norms)
        case .custom:
          update.optimizer.apply(to: update.piece(range, of: kind))
          return
        }
        update.state.update(
          by: rule, at: range.lowerBound, count: range.count, parameters: update.parameters, gradient: update.gradient)
      }
    }
  }
}

extension Optimizer {
  /// The update of a piece in the precision that it has.
  fileprivate func apply<S: Scalar>(to piece: UpdatePiece<S>) {
    // Generic code of another module is fast where it is called for a type that it is compiled for.
    if S.self == Float.self {
      update(unsafeBitCast(piece, to: UpdatePiece<Float>.self))
    } else {
      update(unsafeBitCast(piece, to: UpdatePiece<Double>.self))
    }
  }

  /// The norms of a piece in the precision that it has.
  fileprivate func norms<S: Scalar>(of piece: UpdatePiece<S>) -> SquaredNorms {
    S.self == Float.self
      ? measure(unsafeBitCast(piece, to: UpdatePiece<Float>.self))
      : measure(unsafeBitCast(piece, to: UpdatePiece<Double>.self))
  }
}

/// A parameter as an update sees it: a range of the parameter vector, padding included.
struct ParameterRange: Sendable {
  let range: Range<Int>
  let kind: ParameterKind

  init(_ slot: ParameterSlot) {
    range = slot.offset..<slot.offset + slot.storedCount
    kind = slot.kind
  }
}

extension ArraySlice<ParameterRange> {
  /// Calls the body with each piece of a parameter that falls to one thread, and with the parameter's index.
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

/// Each thread updates a part of some parameters by a layer's update, for a layer that leaves it to the step.
struct LayerUpdateTask<S: Scalar>: TeamTask {
  let update: LayerUpdate<S>
  let ranges: ArraySlice<ParameterRange>
  let parameters: UnsafeMutablePointer<S>
  let gradient: UnsafePointer<S>

  func run(thread: Int, of threads: Int) {
    ranges.forEachPiece(thread: thread, of: threads) { _, kind, piece in
      update.apply(
        to: kind, at: piece.lowerBound, count: piece.count, parameters: parameters, gradient: gradient)
    }
  }
}

extension ParameterSlot {
  /// The places in the parameter vector that pad the parameter.
  var padding: [Range<Int>] {
    guard storedCount > count else { return [] }
    var isElement = [Bool](repeating: false, count: storedCount)
    for index in 0..<count { isElement[storedIndex(of: index) - offset] = true }
    var ranges: [Range<Int>] = []
    for place in isElement.indices where !isElement[place] {
      if let last = ranges.last, last.upperBound == offset + place {
        ranges[ranges.count - 1] = last.lowerBound..<last.upperBound + 1
      } else {
        ranges.append(offset + place..<offset + place + 1)
      }
    }
    return ranges
  }
}
