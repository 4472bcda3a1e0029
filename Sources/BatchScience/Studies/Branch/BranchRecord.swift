/// The loss of a branch at one of its evaluations.
public struct BranchRecord: Sendable, Hashable, Codable {
  /// The number of the moment at which the branch left the pilot, counted from 0.
  public var moment: Int
  /// What the pilot's batch size is multiplied by.
  public var multiple: Int
  /// The rule by which its rate follows from the pilot's.
  public var rule: String
  /// The number of updates since the moment; 0 for the pilot's weights.
  public var update: Int
  /// The number of examples since the moment.
  public var examples: Int
  /// The mean loss over the evaluated examples.
  public var loss: Double

  /// A record with all of its parts.
  public init(moment: Int, multiple: Int, rule: String, update: Int, examples: Int, loss: Double) {
    self.moment = moment
    self.multiple = multiple
    self.rule = rule
    self.update = update
    self.examples = examples
    self.loss = loss
  }
}

/// How the branches of a trial ended.
public struct BranchOutcome: Sendable, Hashable, Codable {
  /// How a branch ended.
  public struct End: Sendable, Hashable, Codable {
    /// What the pilot's batch size is multiplied by.
    public var multiple: Int
    /// The rule by which its rate follows from the pilot's.
    public var rule: String
    /// The optimizer's learning rate, as it was carried to the branch's batch size.
    public var learningRate: Double
    /// The loss at the end, the mean of the last five evaluations; nil for a branch that diverged.
    public var loss: Double?
    /// The update, counted from the moment, at which the loss ceased to be a number; nil for a branch that finished.
    public var divergedAtUpdate: Int?

    /// An end with all of its parts.
    public init(multiple: Int, rule: String, learningRate: Double, loss: Double?, divergedAtUpdate: Int? = nil) {
      self.multiple = multiple
      self.rule = rule
      self.learningRate = learningRate
      self.loss = loss
      self.divergedAtUpdate = divergedAtUpdate
    }
  }

  /// The number of trainable parameters.
  public var parameters: Int
  /// The branches of each moment that the pilot came to, in the plan's order.
  public var moments: [[End]]
  /// The update at which the pilot's loss ceased to be a number; nil where it did not.
  public var pilotDivergedAtUpdate: Int?

  /// An outcome with all of its parts.
  public init(parameters: Int, moments: [[End]] = [], pilotDivergedAtUpdate: Int? = nil) {
    self.parameters = parameters
    self.moments = moments
    self.pilotDivergedAtUpdate = pilotDivergedAtUpdate
  }
}
