import BatchFoundation
import Testing

@testable import BatchScience

@Suite struct BatchReadoutTests {
  private let estimate = NoiseScaleEstimate(
    value: 900, interval: 600...1350, scatter: 1800, trueSquare: 2, probes: 100, negative: 0)

  @Test func eachCriterionChoosesByItsFormula() throws {
    let readout = BatchReadout(
      noiseScale: estimate, batch: 128, learningRate: 0.1, loss: 0.5, innerProductTest: 0.45)
    let batches = Dictionary(uniqueKeysWithValues: readout.choices.map { ($0.criterion, $0.batch) })
    #expect(batches["McCandlish, B = φ"] == 900)
    #expect(batches["SimiGrad, ρ = 0.5"] == 1800)
    #expect(abs(try #require(batches["norm test, θ = 0.9"] ?? nil) - 900 / 0.81) < 1e-9)
    #expect(abs(try #require(batches["inner-product test, θ = 0.9"] ?? nil) - 32) < 1e-9)
    #expect(abs(try #require(batches["CABS, B = ηS/L"] ?? nil) - 360) < 1e-9)
    #expect(batches["Pollux, without the machine"] == .some(nil))
    #expect(readout.choices[0].interval == 600...1350)
    #expect(readout.choices[2].interval == 1200...2700)
    // (900 + 128)/(900 + 256) = 0.889.
    #expect(readout.choices[1].reason.hasPrefix("in twice the batch an example gains 89 % of what it does now"))
    #expect(readout.choices[1].reason.contains("grows by more than 12 %"))
    #expect(readout.choices.allSatisfy { !$0.reason.isEmpty })
  }

  @Test func withoutEvidenceThereIsNoBatch() {
    let shortage = NoiseScaleShortage.wide(missing: 12)
    let estimate = NoiseScaleEstimate(
      interval: 10...1e4, scatter: 18, trueSquare: 0.1, probes: 10, negative: 4, shortage: shortage)
    let readout = BatchReadout(noiseScale: estimate, batch: 8, learningRate: 0.1, loss: 0)
    #expect(readout.choices.allSatisfy { $0.batch == nil })
    #expect(readout.choices[0].reason.hasSuffix("\(shortage)") && readout.choices[0].interval == 10...1e4)
  }
}
