public import BatchAlgebra

/// What somebody wants to see of a training step, beyond its loss.
public struct StepNeeds: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The gradient of the mean loss, written out before the parameters are updated.
  ///
  /// Layers then cannot update their weights while they compute the gradient.
  public static let gradient = StepNeeds(rawValue: 1)
  /// The squared norm of each example's own gradient, and the ``GradientMoments`` of every layer.
  ///
  /// Layers can still update their weights while they compute the gradient. Other layers than dense ones that do not
  /// count their own take one backward pass an example.
  public static let exampleNorms = StepNeeds(rawValue: 2)
  /// The inner product of each example's gradient with their mean; ``exampleNorms`` come with it.
  ///
  /// For a dense layer of K inputs and N outputs this costs about (K + N)·B/(3·K·N) of its step; for layers that do not
  /// count their own, a second backward pass an example.
  public static let innerProducts = StepNeeds(rawValue: 4 | 2)
  /// For each parameter the mean of the squares of the examples' gradients; ``exampleNorms`` come with it.
  ///
  /// For dense layers this costs about a third of a step, and a vector as long as the parameters.
  public static let elementSquares = StepNeeds(rawValue: 8 | 2)
  /// The lengths of the gradients of the micro-batches that a batch goes through in; the ``gradient`` comes with it.
  public static let microBatchNorms = StepNeeds(rawValue: 16 | 1)
  /// All that is collected of single examples' gradients.
  static let statistics: StepNeeds = [.exampleNorms, .innerProducts, .elementSquares]
  /// All for which a step needs memory of its own: everything but the gradient.
  static let memory = StepNeeds(rawValue: ~1)
}

/// A step of training, as quantities see it.
public struct StepResult<S: Scalar> {
  /// The loss of the batch before the update.
  public let loss: LossResult
  /// The number of the update, counted from 1.
  public let update: Int
  /// Where the update stands in the training.
  public let position: TrainingPosition
  /// The learning rate of the update.
  public let learningRate: Double
  /// The gradient of the mean loss in the layout of the parameters, not yet clipped and before the update; nil where
  /// nobody asked for it.
  ///
  /// Valid until the quantity returns.
  public let gradient: UnsafeBufferPointer<S>?
  /// |gᵢ|², the squared norm of the gradient of each example's loss, in the order of the batch; nil where nobody asked.
  ///
  /// Valid until the quantity returns.
  public let exampleNorms: UnsafeBufferPointer<Double>?
  /// The moments of each layer that has parameters, in the order of ``Network/trainedNodes``; nil where nobody asked
  /// for norms.
  ///
  /// Valid until the quantity returns.
  public let layerMoments: UnsafeBufferPointer<GradientMoments>?
  /// The squared lengths of the gradients of the micro-batches; empty where nobody asked, and where the batch went
  /// through as a whole.
  public let microBatches: UnsafeBufferPointer<MicroBatchSquare>
  /// gᵢ·ḡ, the inner product of each example's gradient with their mean, in the order of the batch; nil where nobody
  /// asked.
  ///
  /// Valid until the quantity returns.
  public let innerProducts: UnsafeBufferPointer<Double>?
  /// Σᵢ gᵢⱼ²/B for each parameter j, in the layout of the parameters; nil where nobody asked.
  ///
  /// Valid until the quantity returns.
  public let elementSquares: UnsafeBufferPointer<S>?
  /// The optimizer that makes the update.
  public let optimizer: any Optimizer
  /// The optimizer's state vectors, by ``Optimizer/stateNames``, in the layout of the parameters; those before the
  /// update where the gradient was asked for, else those after it.
  ///
  /// Valid until the quantity returns.
  public let state: [UnsafeBufferPointer<S>]
  /// The parameters with which the run began; nil where nobody has kept them.
  ///
  /// Valid until the quantity returns.
  public let initialParameters: UnsafeBufferPointer<S>?
  /// The network; its parameters are those before the update where ``gradient`` is there, else those after it.
  ///
  /// A trainer shows an update to quantities that need nothing of it after it was made.
  public let network: Network<S>
}

extension StepResult {
  /// The moments of the gradients of all parameters; nil where nobody asked for norms.
  public var totalMoments: GradientMoments? {
    layerMoments?.reduce(GradientMoments(examples: 0, exampleSquares: 0, meanSquare: 0), +)
  }
}

/// Something that is measured in the steps of a training run: a gradient's norm, the noise scale, a distance.
///
/// A quantity says what it needs and when; where it asks for nothing it costs nothing.
public protocol StepQuantity {
  /// What it is called in checkpoints, no two of a run alike; its type's name unless told otherwise.
  var name: String { get }
  /// All that it ever needs of a step: memory is made for that.
  var needs: StepNeeds { get }
  /// What it needs of an update; nil where it does not want to see it.
  func needs(at position: TrainingPosition, update: Int) -> StepNeeds?
  /// Sees an update that it asked for.
  mutating func observe<S: Scalar>(_ result: StepResult<S>)
  /// What it has found since it was last asked.
  ///
  /// The run asks at the ends of epochs, and in the first epoch at every evaluation; where fewer updates were seen than
  /// ``leastProbes``, not before the next of these, or the end of the run.
  mutating func takeMeasurements() -> [Measurement]
  /// The number of updates below which nothing can be told of them: 1, unless told otherwise.
  var leastProbes: Int { get }
  /// What it has seen and not yet told, which a checkpoint keeps: numbers of which an equal quantity can go on.
  var state: [Double] { get set }
}

extension StepQuantity {
  /// The name of its type.
  public var name: String { "\(Self.self)" }
  /// All that it ever needs, at every update.
  public func needs(at position: TrainingPosition, update: Int) -> StepNeeds? { needs }
  /// Nothing.
  public mutating func takeMeasurements() -> [Measurement] { [] }
  /// One.
  public var leastProbes: Int { 1 }
  /// Nothing.
  public var state: [Double] {
    get { [] }
    set {}
  }
}

/// What becomes of a gradient between the backward pass and clipping, such as a mean over other processes.
public protocol GradientReduction {
  /// Replaces the gradient of the mean loss of `examples` examples, in the parameters' layout, by the reduced one.
  func reduce<S: Scalar>(_ gradient: UnsafeMutableBufferPointer<S>, examples: Int)
}
