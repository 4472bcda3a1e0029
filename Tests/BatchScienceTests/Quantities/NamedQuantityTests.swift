import BatchScience
import BatchTraining
import Foundation
import Testing

@Suite struct NamedQuantityTests {
  @Test func everyNameReadsBackAndMakesItsQuantity() throws {
    for name in NamedQuantity.Name.allCases {
      let quantity = try NamedQuantity(name.rawValue)
      #expect(quantity.name == name && quantity.schedule == .everyUpdate && quantity.description == name.rawValue)
      let scheduled = try NamedQuantity("\(name.rawValue)@every:10:2")
      #expect(scheduled.description == "\(name.rawValue)@every:10:2")
      #expect(scheduled.make().needs == quantity.make().needs)
      let position = TrainingPosition(examples: 640, examplesPerEpoch: 6400, totalExamples: 64_000)
      var idle = scheduled.make()
      idle.state = [5, 0] + idle.state
      #expect(idle.needs(at: position, update: 55) == nil)
    }
    let list = try NamedQuantity.list("noise-scale,norm-test,distance@epochs")
    #expect(list.map(\.description) == ["noise-scale", "norm-test", "distance@epochs"])
    #expect(try JSONDecoder().decode([NamedQuantity].self, from: JSONEncoder().encode(list)) == list)
  }

  /// What only needs norms of examples leaves layers to update their weights as they go.
  @Test(arguments: [
    NamedQuantity.Name.noiseScale, .normTest, .innerProductTest, .orthogonalityTest, .cabs, .simiGrad, .norms,
  ])
  func doesNotAskForTheGradient(_ name: NamedQuantity.Name) {
    #expect(!NamedQuantity(name).make().needs.contains(.gradient))
  }

  @Test(arguments: [
    (
      "noise",
      "'noise' is no quantity that can be observed; write one of noise-scale, preconditioned-noise-scale, "
        + "norm-test, inner-product-test, orthogonality-test, cabs, simigrad, gsnr, early-stopping, alpha, update-size, "
        + "distance, norms"
    ),
    ("norms,norms@epochs", "norms is to be observed twice; name each quantity once, with one schedule"),
    (
      "norms@rarely",
      "cannot read 'rarely': 'rarely' is no schedule of observations; write every:10, log:8, epochs or "
        + "shares:20, with the number of updates in a row behind it where it is not 1"
    ),
  ])
  func saysWhatItDoesNotUnderstand(_ text: String, _ message: String) {
    let error = #expect(throws: QuantityError.self) { try NamedQuantity.list(text) }
    #expect(error?.description == message)
  }
}
