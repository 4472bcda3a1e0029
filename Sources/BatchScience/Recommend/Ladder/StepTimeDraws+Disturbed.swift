import BatchProfiling

extension StepTimeDraws {
  /// Draws of the step times that there are; nil where there are none.
  ///
  /// Where the machine got quiet about most sizes, these are all that count; else of each size what its samples say, with
  /// the wide intervals of disturbed ones.
  init?(whatIsKnownOf times: StepTimes) {
    if times.isMostlyQuiet, let draws = try? StepTimeDraws(times) {
      self = draws
      return
    }
    let known = times.points.compactMap { point in
      (point.time ?? point.samples.estimate).map { (batch: point.batch, time: $0) }
    }
    let medians = known.map { size in
      // A step takes no longer than one of more examples, nor longer an example than one of fewer. Without that the largest
      // sizes would seem far too slow, as long samples are never left alone.
      let value = known.reduce(size.time.value) { least, other in
        let share = other.batch > size.batch ? 1 : Double(size.batch) / Double(other.batch)
        return min(least, share * other.time.value)
      }
      // What delays there were is not known: the time may be a third less, or half as much again.
      let widest = value / 1.5...value * 1.5
      let interval = (size.time.interval ?? widest).clamped(to: widest)
      return (
        batch: size.batch,
        seconds: BootstrapEstimate(
          value: value, interval: min(interval.lowerBound, value)...max(interval.upperBound, value))
      )
    }
    guard let draws = try? StepTimeDraws(medians: medians) else { return nil }
    self = draws
  }
}

extension StepTimes {
  /// Whether the machine got quiet about three quarters of the sizes.
  var isMostlyQuiet: Bool { 4 * quietSizes.count >= 3 * points.count }
}
