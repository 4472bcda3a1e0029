import Glibc

/// How often threads of this process have been switched out against their will.
public func involuntarySwitches() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_nivcsw
}
