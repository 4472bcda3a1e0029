public import BatchAlgebra

/// What examples look like: the shape of an input, and what the targets are.
public struct ExampleFormat: Sendable, Hashable {
  /// What the targets of examples are.
  public enum Targets: Sendable, Hashable {
    /// One class an example, out of those named.
    case classes([String])
    /// So many numbers an example.
    case values(Int)
  }

  /// The shape of one input, such as [28, 28].
  public var shape: [Int]
  /// What the targets are.
  public var targets: Targets

  /// A format with both of its parts.
  public init(shape: [Int], targets: Targets) {
    self.shape = shape
    self.targets = targets
  }

  /// The number of features of an input.
  public var featureCount: Int { shape.reduce(1, *) }

  /// The number of outputs a network needs: one a class, or one a value.
  public var outputCount: Int {
    switch targets {
    case .classes(let names): names.count
    case .values(let count): count
    }
  }
}

/// Memory for examples of a batch, which a ``BatchSource`` writes: one example a row.
public struct BatchBuffers<S: Scalar>: @unchecked Sendable {
  /// [examples, features].
  public let features: MutableMatrixView<S>
  /// [examples]; the class of each, for targets that are classes.
  public let labels: UnsafeMutablePointer<Int32>
  /// [examples, values]; for targets that are values, nil for classes.
  public let values: MutableMatrixView<S>?

  /// Memory with all of its parts.
  public init(
    features: MutableMatrixView<S>, labels: UnsafeMutablePointer<Int32>, values: MutableMatrixView<S>?
  ) {
    self.features = features
    self.labels = labels
    self.values = values
  }
}

/// Where batches of training examples come from: a data set in a random order, a stream, augmented pictures.
///
/// Training goes through epochs of ``exampleCount`` examples each. What a source gives must depend on nothing but the
/// epoch and the places in it that it is asked for: then the same seed gives the same bits, also for a run that is
/// resumed, and however a batch is cut in micro-batches.
public protocol BatchSource {
  /// What the examples look like.
  var format: ExampleFormat { get }
  /// The number of examples of an epoch, by which schedules count.
  var exampleCount: Int { get }
  /// Gets ready for an epoch, as by putting its order in place; called before examples of it are asked for.
  mutating func begin(epoch: Int)
  /// The number of examples in a batch of `size` that begins at a place of an epoch; nil where the epoch ends there.
  func batchCount(at place: Int, size: Int) -> Int?
  /// Writes the examples at some places of an epoch into rows 0, 1, … of the buffers.
  func load<S: Scalar>(_ places: Range<Int>, ofEpoch epoch: Int, into buffers: BatchBuffers<S>, team: ThreadTeam)
}

extension BatchSource {
  /// Nothing to do.
  public mutating func begin(epoch: Int) {}

  /// What is left of the epoch, at most `size`: the last batch may be short.
  public func batchCount(at place: Int, size: Int) -> Int? {
    place < exampleCount ? min(size, exampleCount - place) : nil
  }
}

/// The examples of a data set in the order of a ``BatchSampler``.
public struct SampledBatches: BatchSource {
  /// The examples.
  public let dataset: Dataset
  /// Their order.
  public private(set) var sampler: BatchSampler

  /// The examples of a data set in the order of a sampler of as many.
  public init(_ dataset: Dataset, sampler: BatchSampler) {
    precondition(
      sampler.exampleCount == dataset.count, "a sampler of \(sampler.exampleCount) for \(dataset.count) examples")
    self.dataset = dataset
    self.sampler = sampler
  }

  public var format: ExampleFormat { dataset.format }

  public var exampleCount: Int { dataset.count }

  public mutating func begin(epoch: Int) {
    if sampler.epoch != epoch { sampler.start(epoch: epoch) }
  }

  public func batchCount(at place: Int, size: Int) -> Int? { sampler.count(at: place, size: size) }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func load<S: Scalar>(
    _ places: Range<Int>, ofEpoch epoch: Int, into buffers: BatchBuffers<S>, team: ThreadTeam
  ) {
    precondition(epoch == sampler.epoch, "the order of epoch \(epoch) is not in place: begin it first")
    sampler.withExamples(at: places.lowerBound, count: places.count) { indices in
      dataset.gather(indices, into: buffers, team: team)
    }
  }
}

extension Dataset {
  /// What the examples look like.
  public var format: ExampleFormat {
    switch targets {
    case .classes(_, let names): ExampleFormat(shape: exampleShape, targets: .classes(names))
    case .values(let values): ExampleFormat(shape: exampleShape, targets: .values(values.columns))
    }
  }

  /// Copies the chosen examples and their targets into memory of a batch; allocates nothing.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func gather<S: Scalar>(_ indices: UnsafeBufferPointer<Int32>, into buffers: BatchBuffers<S>, team: ThreadTeam)
  {
    if let values = buffers.values {
      gather(indices, into: buffers.features, values: values, team: team)
    } else {
      gather(indices, into: buffers.features, labels: buffers.labels, team: team)
    }
  }
}
