public import ArgumentParser
public import Batchwise

extension OptimizerSettings.Kind: ExpressibleByArgument, ConfigurationRepresentable {}
extension ParameterScope: ExpressibleByArgument, ConfigurationRepresentable {}

/// The optimizer and its settings.
struct OptimizerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The optimizer.", valueName: "name"))
  var optimizer: OptimizerSettings.Kind = .sgd

  @Option(
    name: [.long, .customLong("lr")],
    help: ArgumentHelp(
      "The learning rate; without it 0.01 for sgd, else the optimizer's usual one.", valueName: "number"))
  var learningRate: Double?

  @Option(
    help: ArgumentHelp(
      "The momentum of sgd, lars (both 0.9 without it) and rmsprop (0), at least 0 and below 1.", valueName: "number"))
  var momentum: Double?

  @Option(help: ArgumentHelp("How much of the gradient sgd's momentum leaves out.", valueName: "number"))
  var dampening: Double?

  @Flag(inversion: .prefixedNo, exclusivity: .chooseLast, help: "Nesterov's form of sgd's momentum.")
  var nesterov = false

  @Option(
    help: ArgumentHelp("The weight decay; without it 0.01 for adamw and lamb, else none.", valueName: "number"))
  var weightDecay: Double?

  @Option(
    help: ArgumentHelp(
      "What decays: all, or weights and no biases; without it weights for lars and lamb, else all.", valueName: "scope")
  )
  var decayScope: ParameterScope?

  @Option(help: ArgumentHelp("The decay of the first moment of adam, adamw and lamb.", valueName: "number"))
  var beta1: Double?

  @Option(help: ArgumentHelp("The decay of the second moment of adam, adamw and lamb.", valueName: "number"))
  var beta2: Double?

  @Option(help: ArgumentHelp("What keeps the quotients of adam and its kin finite.", valueName: "number"))
  var epsilon: Double?

  @Option(help: ArgumentHelp("The decay of rmsprop's mean square.", valueName: "number"))
  var alpha: Double?

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Let rmsprop subtract the squared mean from the mean square.")
  var centred = false

  @Option(help: ArgumentHelp("The decay of adagrad's rate.", valueName: "number"))
  var rateDecay: Double?

  @Option(help: ArgumentHelp("What adagrad's sums of squares begin with.", valueName: "number"))
  var initialAccumulator: Double?

  @Option(help: ArgumentHelp("The trust coefficient of lars.", valueName: "number"))
  var trustCoefficient: Double?

  /// The optimizer that the options name.
  ///
  /// - Throws: `OptimizerError` for settings that make no sense, and for options that the optimizer does not have.
  func settings() throws(OptimizerError) -> OptimizerSettings {
    try requireKnown()
    switch optimizer {
    case .sgd:
      return OptimizerSettings(
        try SGD(
          learningRate: learningRate ?? 0.01, momentum: momentum ?? 0.9, dampening: dampening ?? 0, nesterov: nesterov,
          weightDecay: weightDecay ?? 0, decayScope: decayScope ?? .all))
    case .adam:
      return OptimizerSettings(
        try Adam(
          learningRate: learningRate ?? 0.001, beta1: beta1 ?? 0.9, beta2: beta2 ?? 0.999, epsilon: epsilon ?? 1e-8,
          weightDecay: weightDecay ?? 0, decayScope: decayScope ?? .all))
    case .adamW:
      return OptimizerSettings(
        try AdamW(
          learningRate: learningRate ?? 0.001, beta1: beta1 ?? 0.9, beta2: beta2 ?? 0.999, epsilon: epsilon ?? 1e-8,
          weightDecay: weightDecay ?? 0.01, decayScope: decayScope ?? .all))
    case .rmsProp:
      return OptimizerSettings(
        try RMSProp(
          learningRate: learningRate ?? 0.01, alpha: alpha ?? 0.99, epsilon: epsilon ?? 1e-8, momentum: momentum ?? 0,
          centred: centred, weightDecay: weightDecay ?? 0, decayScope: decayScope ?? .all))
    case .adagrad:
      return OptimizerSettings(
        try Adagrad(
          learningRate: learningRate ?? 0.01, learningRateDecay: rateDecay ?? 0,
          initialAccumulator: initialAccumulator ?? 0, epsilon: epsilon ?? 1e-10, weightDecay: weightDecay ?? 0,
          decayScope: decayScope ?? .all))
    case .lars:
      return OptimizerSettings(
        try LARS(
          learningRate: learningRate ?? 0.1, momentum: momentum ?? 0.9, trustCoefficient: trustCoefficient ?? 0.001,
          weightDecay: weightDecay ?? 0, decayScope: decayScope ?? .weights))
    case .lamb:
      return OptimizerSettings(
        try LAMB(
          learningRate: learningRate ?? 0.001, beta1: beta1 ?? 0.9, beta2: beta2 ?? 0.999, epsilon: epsilon ?? 1e-6,
          weightDecay: weightDecay ?? 0.01, decayScope: decayScope ?? .weights))
    }
  }

  /// The optimizers that have a setting, where it is given.
  private var given: [(name: String, isGiven: Bool, kinds: [OptimizerSettings.Kind])] {
    [
      ("momentum", momentum != nil, [.sgd, .rmsProp, .lars]), ("dampening", dampening != nil, [.sgd]),
      ("nesterov", nesterov, [.sgd]), ("beta1", beta1 != nil, [.adam, .adamW, .lamb]),
      ("beta2", beta2 != nil, [.adam, .adamW, .lamb]),
      ("epsilon", epsilon != nil, [.adam, .adamW, .rmsProp, .adagrad, .lamb]), ("alpha", alpha != nil, [.rmsProp]),
      ("centred", centred, [.rmsProp]), ("rate-decay", rateDecay != nil, [.adagrad]),
      ("initial-accumulator", initialAccumulator != nil, [.adagrad]),
      ("trust-coefficient", trustCoefficient != nil, [.lars]),
    ]
  }

  /// The same options, with what is in effect in place of what was left out.
  func completed() throws(OptimizerError) -> OptimizerOptions {
    var options = self
    let settings = try settings()
    options.learningRate = settings.learningRate
    if settings.kind != .rmsProp, let adaptive = settings.optimizer as? any AdaptiveOptimizer {
      (options.beta1, options.beta2, options.epsilon) = (adaptive.beta1, adaptive.beta2, adaptive.epsilon)
    }
    let decay: (weightDecay: Double, scope: ParameterScope)
    switch settings.optimizer {
    case let sgd as SGD:
      (options.momentum, options.dampening) = (sgd.momentum, sgd.dampening)
      decay = (sgd.weightDecay, sgd.decayScope)
    case let adam as Adam: decay = (adam.weightDecay, adam.decayScope)
    case let adam as AdamW: decay = (adam.weightDecay, adam.decayScope)
    case let rmsProp as RMSProp:
      (options.alpha, options.epsilon, options.momentum) = (rmsProp.alpha, rmsProp.epsilon, rmsProp.momentum)
      decay = (rmsProp.weightDecay, rmsProp.decayScope)
    case let adagrad as Adagrad:
      options.rateDecay = adagrad.learningRateDecay
      (options.initialAccumulator, options.epsilon) = (adagrad.initialAccumulator, adagrad.epsilon)
      decay = (adagrad.weightDecay, adagrad.decayScope)
    case let lars as LARS:
      (options.momentum, options.trustCoefficient) = (lars.momentum, lars.trustCoefficient)
      decay = (lars.weightDecay, lars.decayScope)
    case let lamb as LAMB: decay = (lamb.weightDecay, lamb.decayScope)
    default: decay = (0, .all)
    }
    options.weightDecay = decay.weightDecay
    options.decayScope = decay.weightDecay > 0 ? decay.scope : nil
    return options
  }

  private func requireKnown() throws(OptimizerError) {
    if decayScope != nil, weightDecay == nil, ![.adamW, .lamb].contains(optimizer) {
      throw OptimizerError("--decay-scope needs --weight-decay: \(optimizer.rawValue) decays nothing without it")
    }
    for setting in given where setting.isGiven && !setting.kinds.contains(optimizer) {
      let kinds = setting.kinds.map(\.rawValue).joined(separator: ", ")
      throw OptimizerError("--\(setting.name) is no setting of \(optimizer.rawValue), but of \(kinds)")
    }
  }
}

extension OptimizerOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    [
      ConfigurationEntry("optimizer", optimizer), ConfigurationEntry("learning-rate", learningRate),
      ConfigurationEntry("momentum", momentum), ConfigurationEntry("dampening", dampening),
      ConfigurationEntry("nesterov", nesterov), ConfigurationEntry("weight-decay", weightDecay),
      ConfigurationEntry("decay-scope", decayScope), ConfigurationEntry("beta1", beta1),
      ConfigurationEntry("beta2", beta2), ConfigurationEntry("epsilon", epsilon), ConfigurationEntry("alpha", alpha),
      ConfigurationEntry("centred", centred), ConfigurationEntry("rate-decay", rateDecay),
      ConfigurationEntry("initial-accumulator", initialAccumulator),
      ConfigurationEntry("trust-coefficient", trustCoefficient),
    ]
  }
}
