import BatchFoundation

/// The loss of a branch against the examples that it has been trained on.
struct BranchCurve {
  /// The evaluations, the first of them before the branch's first update.
  let points: [(examples: Double, loss: Double)]

  /// The curve of a branch's records.
  init(_ records: some Sequence<BranchRecord>) { points = records.map { (Double($0.examples), $0.loss) } }

  /// The mean of curves with the same evaluations, as those of the same branch with several seeds.
  init?(meanOf curves: [BranchCurve]) {
    guard let first = curves.first, curves.allSatisfy({ $0.points.count == first.points.count }) else { return nil }
    points = first.points.indices.map { index in
      (first.points[index].examples, Sample(curves.map { $0.points[index].loss }).mean)
    }
  }

  /// The loss at the end, the mean of the last five evaluations, and the mean of where they were made.
  ///
  /// At a constant rate the loss goes up and down from update to update; Merrill and others smooth it as well.
  var end: (examples: Double, loss: Double) { mean(points.suffix(5)) }

  private func mean(_ points: some Collection<(examples: Double, loss: Double)>) -> (examples: Double, loss: Double) {
    (Sample(points.map(\.examples)).mean, Sample(points.map(\.loss)).mean)
  }

  /// By how much the loss falls to the end.
  var gain: Double { points[0].loss - end.loss }

  /// Whether the loss falls by more than it goes up and down by itself, so that something can be read off the curve.
  ///
  /// The standard deviation σ of single evaluations is that of their second differences over √6, which no straight course
  /// adds to. The mean of five has less than half of it; the fall has to be more than 3σ.
  var isClear: Bool {
    let losses = points.map(\.loss)
    let second = zip(zip(losses, losses.dropFirst()), losses.dropFirst(2)).map { $0.0 - 2 * $0.1 + $1 }
    let square = Sample(second.map { $0 * $0 }).mean / 6
    return gain > 3 * square.squareRoot()
  }

  /// Which share of this branch's progress another makes over the same examples: where this one had the loss that the
  /// other ends with, over where the other's end is.
  ///
  /// 0 where the other ends no lower than it began. Beyond the end of this curve the course of its last third is
  /// continued, for a quarter of its length at most. Nil where the curve does not fall clearly.
  func progress(of other: BranchCurve) -> Double? {
    guard isClear, other.points.count == points.count else { return nil }
    let falling = falling
    guard let first = falling.first, let last = falling.last, first.loss > last.loss else { return nil }
    let (examples, loss) = other.end
    guard examples > 0, loss.isFinite else { return nil }
    if loss >= first.loss { return 0 }
    if let index = falling.firstIndex(where: { $0.loss <= loss }), index > 0 {
      let (a, b) = (falling[index - 1], falling[index])
      return (a.examples + (a.loss - loss) / (a.loss - b.loss) * (b.examples - a.examples)) / examples
    }
    let before = falling.last { $0.examples <= last.examples * 2 / 3 } ?? first
    let slope = (last.examples - before.examples) / (before.loss - last.loss)
    return min(1.25, (last.examples + (last.loss - loss) * slope) / examples)
  }

  /// The course without what rises: neighbours that rise are pooled to their mean (isotonic regression, Ayer and others
  /// 1955), so that each loss has one place.
  ///
  /// That smooths where noise is larger than the fall, and nowhere else: means of neighbours would lie above a course that
  /// bends, by as much as a sixth of the critical batch at the start of training.
  private var falling: [(examples: Double, loss: Double)] {
    var blocks: [(examples: Double, loss: Double, count: Double)] = []
    for point in points {
      var block = (examples: point.examples, loss: point.loss, count: 1.0)
      while let last = blocks.last, last.loss <= block.loss {
        let count = last.count + block.count
        block = (
          (last.examples * last.count + block.examples * block.count) / count,
          (last.loss * last.count + block.loss * block.count) / count, count
        )
        blocks.removeLast()
      }
      blocks.append(block)
    }
    return blocks.map { ($0.examples, $0.loss) }
  }
}
