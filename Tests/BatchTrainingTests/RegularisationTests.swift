import BatchTraining
import Foundation
import Testing

/// The settings: what they refuse, and how they are written.
@Suite struct RegularisationTests {
  private func roundTrip<T: Codable>(_ value: T) throws -> T {
    try JSONDecoder().decode(T.self, from: JSONEncoder().encode(value))
  }

  private func decode(_ json: String) throws -> Regularisation {
    try JSONDecoder().decode(Regularisation.self, from: Data(json.utf8))
  }

  @Test func everythingIsOffAtFirst() throws {
    let off = try Regularisation()
    #expect(off.clipping == nil && off.labelSmoothing == 0 && off.averaging == nil && off.earlyStopping == nil)
    #expect(off == .none)
    #expect(try decode("{}") == off)
  }

  @Test func isWrittenAsText() throws {
    let all = try Regularisation(
      clipping: .norm(1), labelSmoothing: 0.1, averaging: .swa(from: .percent(75)),
      earlyStopping: EarlyStopping(patience: .epochs(5), minimumImprovement: 0.001, metric: .validationAccuracy))
    #expect(try roundTrip(all) == all)
    let text = """
      {"clipping": "norm:1", "labelSmoothing": 0.1, "averaging": "swa:75%",
       "earlyStopping": {"patience": "5", "minimumImprovement": 0.001, "metric": "validation-accuracy"}}
      """
    #expect(try decode(text) == all)
  }

  @Test(arguments: [
    #"{"clipping": "norm:0"}"#, #"{"labelSmoothing": 1}"#, #"{"averaging": "ema:1"}"#,
    #"{"earlyStopping": {"patience": "0"}}"#, #"{"earlyStopping": {"patience": "5", "minimumImprovement": -1}}"#,
  ])
  func refusesNonsenseInFiles(_ json: String) {
    #expect(throws: (any Error).self) { try decode(json) }
  }

  @Test(arguments: [-0.1, 1, .nan])
  func refusesASmoothingThatMakesNoSense(_ smoothing: Double) {
    let error = #expect(throws: RegularisationError.self) { try Regularisation(labelSmoothing: smoothing) }
    #expect(error?.description == "label smoothing must be at least 0 and below 1, not \(smoothing)")
  }

  @Test(arguments: ["norm:1", "norm:0.5", "value:2"])
  func clippingIsReadAndWritten(_ text: String) throws {
    #expect(try GradientClipping(text).description == text)
    #expect(try roundTrip(GradientClipping(text)) == GradientClipping(text))
  }

  @Test(arguments: [
    ("norm", "unknown clipping 'norm': write norm:BOUND or value:BOUND, as in norm:1"),
    ("norm:x", "unknown clipping 'norm:x': write norm:BOUND or value:BOUND, as in norm:1"),
    ("length:1", "unknown clipping 'length:1': there are norm and value, as in norm:1"),
    ("norm:0", "the bound of a clipping must be a positive number, not 0"),
    ("value:-1", "the bound of a clipping must be a positive number, not -1"),
  ])
  func clippingSaysWhatItDoesNotUnderstand(_ text: String, _ message: String) {
    #expect((#expect(throws: RegularisationError.self) { try GradientClipping(text) })?.description == message)
  }

  @Test(arguments: ["ema:0.999", "ema:0", "swa:75%", "swa:5", "swa:5:2", "swa:0:10%"])
  func averagingIsReadAndWritten(_ text: String) throws {
    #expect(try WeightAveraging(text).description == text)
    #expect(try roundTrip(WeightAveraging(text)) == WeightAveraging(text))
  }

  private static let averagingUsage =
    "write ema:DECAY or swa:START or swa:START:DISTANCE, as in ema:0.999 or swa:75%"

  @Test(arguments: [
    ("ema", "unknown averaging 'ema': \(averagingUsage)"), ("mean:3", "unknown averaging 'mean:3': \(averagingUsage)"),
    ("swa:x", "unknown averaging 'swa:x': \(averagingUsage)"),
    ("swa:1:2:3", "unknown averaging 'swa:1:2:3': \(averagingUsage)"),
    ("ema:1", "the decay of an average must be at least 0 and below 1, not 1"),
    ("swa:5:0", "the distance of averaged weights must be above 0, not 0"),
  ])
  func averagingSaysWhatItDoesNotUnderstand(_ text: String, _ message: String) {
    #expect((#expect(throws: RegularisationError.self) { try WeightAveraging(text) })?.description == message)
  }

  @Test(arguments: ["5", "0.5", "20-evaluations"])
  func patienceIsReadAndWritten(_ text: String) throws {
    #expect(try EarlyStopping.Patience(text).description == text)
  }

  @Test(arguments: [
    ("soon", "unknown patience 'soon': write a number of epochs, or evaluations as 20-evaluations"),
    ("0", "patience must be a positive number of epochs, not 0"),
    ("0-evaluations", "patience must be at least 1 evaluation, not 0"),
  ])
  func patienceSaysWhatItDoesNotUnderstand(_ text: String, _ message: String) {
    #expect((#expect(throws: RegularisationError.self) { try EarlyStopping.Patience(text) })?.description == message)
  }
}
