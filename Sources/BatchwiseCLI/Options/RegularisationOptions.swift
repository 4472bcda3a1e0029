public import ArgumentParser
public import Batchwise

extension EarlyStopping.Metric: ExpressibleByArgument, ConfigurationRepresentable {}

/// What keeps a network from learning its examples by heart, or training from breaking down; dropout is part of
/// --model.
struct RegularisationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Clip gradients: norm:1 for the length of the whole, value:0.5 for each.", valueName: "bound"),
    transform: { try GradientClipping($0) })
  var clip: GradientClipping?

  @Option(help: ArgumentHelp("The share of a target that is spread over all classes.", valueName: "share"))
  var labelSmoothing = 0.0

  @Option(
    help: ArgumentHelp(
      "Average the weights: ema:0.999, or swa:75% for a plain mean of each epoch's end from there on.",
      valueName: "average"), transform: { try WeightAveraging($0) })
  var averaging: WeightAveraging?

  @Option(
    help: ArgumentHelp(
      "Stop when so many epochs have brought nothing better on the validation part.", valueName: "epochs"))
  var patience: Double?

  @Option(help: ArgumentHelp("What --patience watches; validation-loss without it.", valueName: "metric"))
  var stopOn: EarlyStopping.Metric?

  @Option(help: ArgumentHelp("How much better counts as better for --patience.", valueName: "number"))
  var minimumImprovement = 0.0

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "With --patience, end with the weights of the best evaluation.")
  var restoreBest = false

  func validate() throws {
    guard patience != nil || stopOn == nil else { throw ValidationError("--stop-on needs --patience") }
    guard patience != nil || (!restoreBest && minimumImprovement == 0) else {
      throw ValidationError("--restore-best and --minimum-improvement need --patience")
    }
  }

  /// What is watched where anything is.
  private var watched: EarlyStopping.Metric { stopOn ?? .validationLoss }

  /// The regularisation that the options name; throws where what is watched cannot be told for the data.
  func regularisation(for data: Dataset) throws -> Regularisation {
    var stopping: EarlyStopping?
    if let patience {
      try watched.requireFit(data, option: "--stop-on")
      stopping = try EarlyStopping(
        patience: .epochs(patience), minimumImprovement: minimumImprovement, metric: watched, restoresBest: restoreBest)
    }
    return try Regularisation(
      clipping: clip, labelSmoothing: labelSmoothing, averaging: averaging, earlyStopping: stopping)
  }
}

extension EarlyStopping.Metric {
  /// Throws where an option asks for the accuracy of values.
  func requireFit(_ data: Dataset, option: String) throws {
    do {
      try requireFit(data)
    } catch {
      throw ValidationError("\(option) \(error)")
    }
  }
}

extension RegularisationOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    [
      ConfigurationEntry("clip", clip?.description), ConfigurationEntry("label-smoothing", labelSmoothing),
      ConfigurationEntry("averaging", averaging?.description), ConfigurationEntry("patience", patience),
      ConfigurationEntry("stop-on", patience == nil ? nil : watched),
      ConfigurationEntry("minimum-improvement", minimumImprovement),
      ConfigurationEntry("restore-best", restoreBest),
    ]
  }
}
