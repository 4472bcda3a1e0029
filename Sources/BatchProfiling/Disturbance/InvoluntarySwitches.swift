import Glibc

/// How often threads of this process have been switched out against their will.
public func involuntarySwitches() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_nivcsw
}

/// A sample during which no thread of this process was switched out involuntarily; the better of a few where all were
/// disturbed.
///
/// The better of two is the one that was disturbed less: `min` for durations, `max` for rates.
func undisturbed(_ better: (Double, Double) -> Double, _ sample: () -> Double) -> Double {
  let tries = 5
  var switches = involuntarySwitches()
  var best = sample()
  for _ in 1..<tries {
    let switchesNow = involuntarySwitches()
    if switchesNow == switches { break }
    switches = switchesNow
    best = better(best, sample())
  }
  return best
}
