import Batchwise

/// A line on standard error that is drawn over as work goes on; silent where there is no terminal.
struct ProgressLine {
  private let isDrawn: Bool
  private var nextDraw = ContinuousClock.now

  /// A line; `quiet` keeps it silent.
  init(quiet: Bool) { isDrawn = !quiet && Console.drawsProgress }

  /// Draws the line anew, at most ten times a second; what is finished is always drawn.
  mutating func draw(share estimate: Double, _ text: () -> String) {
    // How much there is to do is an estimate, which work may pass.
    let share = estimate >= 0 ? min(1, estimate) : 0
    guard isDrawn, share >= 1 || ContinuousClock.now >= nextDraw else { return }
    nextDraw = .now + .milliseconds(100)
    let line = " \(NumberFormat.percent(share, decimals: 0))  \(text())"
    // On a narrow terminal the bar gives way to the words, which end with the time left.
    let cells = min(20, max(4, Console.width - 1 - line.count))
    let full = Int((share * Double(cells)).rounded(.down))
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
    Console.draw("\r\u{1B}[2K" + (bar + line).prefix(Console.width - 1))
  }

  /// Clears the line.
  mutating func clear() {
    if isDrawn { Console.draw("\r\u{1B}[2K") }
  }
}
