public import BatchFoundation

/// What keeps a network from learning its training examples by heart, or training from breaking down; all off at first.
///
/// Dropout is not here but a layer of the model: ``Dropout``. Weight decay belongs to the optimizers.
public struct Regularisation: Sendable, Hashable, Codable {
  /// The bound on the gradient before each update; nil for none.
  public var clipping: GradientClipping?
  /// The share s of a training target that is spread over all classes, at least 0 and below 1.
  ///
  /// Source: Szegedy et al. 2016, §7. For softmax cross-entropy with K classes the target becomes 1 − s for the label
  /// and s/K for every class, as in `torch.nn.CrossEntropyLoss(label_smoothing=s)`; for binary cross-entropy a target t
  /// becomes t(1 − s) + s/2, the same for two classes. Other losses have no labels to smooth and refuse it. The loss
  /// that a ``TrainingStep`` returns is the smoothed one; an ``Evaluator`` smoothes nothing.
  public var labelSmoothing: Double
  /// The mean of the weights over updates that is kept beside them; nil for none.
  public var averaging: WeightAveraging?
  /// When training ends because it no longer helps; nil for never.
  public var earlyStopping: (any StoppingRule)? {
    get { stoppingRule?.wrappedValue }
    set { stoppingRule = newValue.map { Coded(wrappedValue: $0) } }
  }
  private var stoppingRule: Coded<StoppingRuleCodec>?

  /// Nothing but what is given.
  ///
  /// - Throws: ``RegularisationError`` for a setting that makes no sense.
  public init(
    clipping: GradientClipping? = nil, labelSmoothing: Double = 0, averaging: WeightAveraging? = nil,
    earlyStopping: (any StoppingRule)? = nil
  ) throws(RegularisationError) {
    self.init(clipping, labelSmoothing, averaging, earlyStopping)
    try requireValid()
  }

  private init(
    _ clipping: GradientClipping?, _ labelSmoothing: Double, _ averaging: WeightAveraging?,
    _ earlyStopping: (any StoppingRule)?
  ) {
    self.clipping = clipping
    self.labelSmoothing = labelSmoothing
    self.averaging = averaging
    stoppingRule = earlyStopping.map { Coded(wrappedValue: $0) }
  }

  /// Everything off.
  public static let none = Regularisation(nil, 0, nil, nil)

  /// Checks all settings.
  ///
  /// - Throws: ``RegularisationError`` for one that makes no sense.
  public func requireValid() throws(RegularisationError) {
    guard labelSmoothing >= 0, labelSmoothing < 1 else {
      throw RegularisationError("label smoothing must be at least 0 and below 1, not \(labelSmoothing)")
    }
    try clipping?.requireValid()
    try averaging?.requireValid()
    try earlyStopping?.requireValid()
  }

  /// Checks all settings, and that the loss has labels to smooth where that is asked for.
  ///
  /// - Throws: ``ModelError/mismatch(_:)`` that says what does not fit.
  func requireFit(_ loss: any Loss) throws(ModelError) {
    do {
      try requireValid()
    } catch {
      throw .mismatch(error.description)
    }
    guard labelSmoothing == 0 || loss.smoothsLabels else {
      throw .mismatch("\(loss.name) has no labels to smooth; leave label smoothing at 0 or take a cross-entropy")
    }
  }

  private enum CodingKeys: String, CodingKey {
    case clipping
    case labelSmoothing
    case averaging
    case stoppingRule = "earlyStopping"
  }

  /// What is missing is off.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      clipping: values.decodeIfPresent(GradientClipping.self, forKey: .clipping),
      labelSmoothing: values.decodeIfPresent(Double.self, forKey: .labelSmoothing) ?? 0,
      averaging: values.decodeIfPresent(WeightAveraging.self, forKey: .averaging),
      earlyStopping: values.decodeIfPresent(Coded<StoppingRuleCodec>.self, forKey: .stoppingRule)?.wrappedValue)
  }
}

/// Settings of regularisation that make no sense.
public struct RegularisationError: DiagnosticError, Equatable {
  /// The setting, its value and what it must be.
  public let problem: String

  /// An error that names the setting, its value and what it must be.
  public init(_ problem: String) { self.problem = problem }

  public var diagnosis: Diagnosis { Diagnosis(.usage, problem) }
}
