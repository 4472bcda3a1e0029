import BatchFoundation
import BatchScience
import Foundation
import Testing

@testable import BatchReport

/// What a hyperbola through steps is said to tell, from steps whose critical batch is known.
@Suite struct StepsToGoalTextTests {
  private static let batches = [8, 16, 32, 64, 128, 256]

  /// 300 (1 + B_c/B) steps, with three seeds a size and a relative noise.
  private func fit(critical: Double, noise: Double, seed: UInt64 = 1) throws -> HyperbolaFit {
    var stream = RandomStream(seed: seed, name: "steps")
    return try HyperbolaFit(
      Self.batches.flatMap { batch in
        (UInt64(1)...3).map { seed in
          StepsToGoal(
            batch: batch, seed: seed, steps: 300 * (1 + critical / Double(batch)) * exp(noise * stream.normal()))
        }
      })
  }

  private func sentences(_ fit: HyperbolaFit) -> [String] { StepsToGoalText.sentences(fit, largest: 256) }

  @Test func aCriticalBatchAmongTheSizesHasItsInterval() throws {
    let sentences = sentences(try fit(critical: 60, noise: 0.02))
    #expect(
      sentences[0].contains(#/^The critical batch is [56]\d\.\d \[[456]\d\.\d, [67]\d\.\d\], /#), "\(sentences[0])")
    #expect(sentences.count == 3)
  }

  /// A tenth of the smallest size changes no size's updates by more than a tenth.
  @Test(arguments: [0, 1e-6])
  func belowTheSizesThereIsNoNumber(_ critical: Double) throws {
    let fit = try fit(critical: critical, noise: 0)
    #expect(
      sentences(fit) == ["The critical batch lies below the sizes tried: from batch 8 on the updates hardly fall."])
  }

  @Test func beyondTheSizesThereIsNoNumber() throws {
    let sentences = sentences(try fit(critical: 1e9, noise: 0))
    #expect(
      sentences == ["The critical batch lies beyond the sizes tried: up to batch 256 the updates go on falling."])
  }

  /// Near the smallest size noise leaves it open how small it is: then only the upper end is told.
  @Test func anEndThatTheSizesDoNotTellIsOpen() throws {
    let fits = try (UInt64(1)...40).map { try fit(critical: 3, noise: 0.15, seed: $0) }
    let open = fits.filter { fit in
      fit.criticalBatch.low < 0.8 && fit.criticalBatch.value ?? 0 >= 0.8 && fit.criticalBatch.high ?? .infinity <= 2560
    }
    try #require(!open.isEmpty)
    for fit in open {
      #expect(sentences(fit)[0].contains(", at most "))
      #expect(StepsToGoalText.leastExamples(fit).contains(", at most "))
    }
    for fit in fits where !fit.hasNoPlateau {
      #expect(!sentences(fit)[0].contains("e-"), "\(sentences(fit)[0])")
    }
  }
}
