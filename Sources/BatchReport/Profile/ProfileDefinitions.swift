/// What the words of a profile's report mean.
enum ProfileDefinitions {
  static let timing = [
    "Times are medians, brackets and ± hold 95 % intervals by a block bootstrap, since the noise of a machine lasts. "
      + "Everything is timed in turns, in an order drawn anew in every cycle, so that drift spreads over all of it.",
    "Probes on both sides of a sample tell whether something disturbed it; such a sample is thrown away and taken "
      + "again. A cycle none of whose tries was calm counts as disturbed, and is left out where five others are there.",
    "Of peak is the rate over that of multiply-adds in registers, each sample against the peak measured about it.",
  ]

  static let verdicts =
    "Verdicts are FASTER or SLOWER where the whole interval is on one side and the difference above the margin, SAME "
    + "where the whole interval lies within the margin, and UNCLEAR otherwise."
}
