import BatchTraining
import Foundation
import Testing

@Suite struct OptimizerSettingsTests {
  /// Every optimizer with no setting as it usually is.
  static let unusual: [OptimizerSettings] = {
    do {
      return [
        OptimizerSettings(
          try SGD(learningRate: 0.1, momentum: 0.8, dampening: 0.3, weightDecay: 0.02, decayScope: .weights)),
        OptimizerSettings(try SGD(learningRate: 0.1, momentum: 0.8, nesterov: true)),
        OptimizerSettings(
          try Adam(
            learningRate: 0.1, beta1: 0.2, beta2: 0.3, epsilon: 0.4, weightDecay: 0.5, decayScope: .weights)),
        OptimizerSettings(
          try AdamW(
            learningRate: 0.1, beta1: 0.2, beta2: 0.3, epsilon: 0.4, weightDecay: 0.5, decayScope: .weights)),
        OptimizerSettings(
          try RMSProp(
            learningRate: 0.1, alpha: 0.2, epsilon: 0.3, momentum: 0.4, centred: true, weightDecay: 0.5,
            decayScope: .weights)),
        OptimizerSettings(
          try Adagrad(
            learningRate: 0.1, learningRateDecay: 0.2, initialAccumulator: 0.3, epsilon: 0.4, weightDecay: 0.5,
            decayScope: .weights)),
        OptimizerSettings(
          try LARS(
            learningRate: 0.1, momentum: 0.2, trustCoefficient: 0.3, weightDecay: 0.4, decayScope: .all,
            adaptationScope: .all)),
        OptimizerSettings(
          try LAMB(
            learningRate: 0.1, beta1: 0.2, beta2: 0.3, epsilon: 0.4, weightDecay: 0.5, decayScope: .all,
            adaptationScope: .all)),
      ]
    } catch {
      return []
    }
  }()

  @Test func everyKindIsThere() {
    #expect(Set(Self.unusual.compactMap(\.kind)) == Set(OptimizerSettings.Kind.allCases))
  }

  @Test(arguments: unusual) func surviveJSON(_ settings: OptimizerSettings) throws {
    let data = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(OptimizerSettings.self, from: data) == settings)
  }

  @Test func areOneFlatObject() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(OptimizerSettings(LARS(learningRate: 0.5)))
    #expect(
      String(decoding: data, as: UTF8.self) == """
        {"adaptationScope":"weights","decayScope":"weights","kind":"lars","learningRate":0.5,"momentum":0.9,\
        "trustCoefficient":0.001,"weightDecay":0}
        """)
  }

  private func decoded(_ text: String) throws -> OptimizerSettings {
    try JSONDecoder().decode(OptimizerSettings.self, from: Data(text.utf8))
  }

  @Test(arguments: OptimizerSettings.Kind.allCases) func whatIsLeftOutIsAsUsual(_ kind: OptimizerSettings.Kind) throws {
    #expect(
      try decoded(#"{"kind": "\#(kind.rawValue)", "learningRate": 0.25}"#)
        == OptimizerSettings(kind, learningRate: 0.25))
  }

  @Test func senselessSettingsAreRefused() {
    #expect(throws: OptimizerError("the momentum must be at least 0 and below 1, not 2.0")) {
      try decoded(#"{"kind": "sgd", "learningRate": 0.1, "momentum": 2}"#)
    }
    #expect(throws: OptimizerError("epsilon must be a positive number, not 0.0")) {
      try decoded(#"{"kind": "lamb", "epsilon": 0}"#)
    }
    #expect(throws: DecodingError.self) { try decoded(#"{"kind": "sgd"}"#) }
    #expect(throws: DecodingError.self) { try decoded(#"{"kind": "newton", "learningRate": 0.1}"#) }
    #expect(throws: OptimizerError("the learning rate must be a positive number, not 0.0")) {
      try OptimizerSettings(.adam, learningRate: 0)
    }
  }

  @Test(arguments: unusual) func theRateCanBeChanged(_ settings: OptimizerSettings) {
    var changed = settings
    changed.learningRate = 7
    #expect(changed.learningRate == 7 && changed.optimizer.learningRate == 7)
    #expect(changed != settings)
    changed.learningRate = settings.learningRate
    #expect(changed == settings)
  }

  @Test(arguments: unusual) func comeBackFromTheOptimizer(_ settings: OptimizerSettings) {
    #expect(OptimizerSettings(settings.optimizer) == settings)
  }

  static let descriptions = [
    "SGD, rate 0.1, momentum 0.8, dampening 0.3, weight decay 0.02 of weights only",
    "SGD, rate 0.1, Nesterov momentum 0.8",
    "Adam, rate 0.1, betas 0.2 and 0.3, epsilon 0.4, weight decay 0.5 of weights only",
    "AdamW, rate 0.1, betas 0.2 and 0.3, epsilon 0.4, weight decay 0.5 of weights only",
    "centred RMSProp, rate 0.1, alpha 0.2, epsilon 0.3, momentum 0.4, weight decay 0.5 of weights only",
    "Adagrad, rate 0.1 with decay 0.2, initial accumulator 0.3, epsilon 0.4, weight decay 0.5 of weights only",
    "LARS, rate 0.1, trust coefficient 0.3 for all parameters, momentum 0.2, weight decay 0.4",
    "LAMB, rate 0.1 relative to all parameters, betas 0.2 and 0.3, epsilon 0.4, weight decay 0.5",
  ]

  @Test func describeThemselves() { #expect(Self.unusual.map(\.description) == Self.descriptions) }
}
