public import BatchAlgebra
public import BatchData
public import BatchFoundation
public import BatchTraining

/// The noise scale as it is: the true gradient of the whole training part, the true scatter, and what follows of them.
///
/// To check estimates by. G is the mean of all N gradients, added up in double precision; S = Σ|gᵢ|²/N − |G|²
/// (McCandlish 2018, eq. 2.2, with the training part for the distribution).
public struct ExactNoiseScale: Sendable, Hashable, Codable {
  /// What is true of the gradients of a population of examples.
  public struct Moments: Sendable, Hashable, Codable {
    /// N, the number of examples.
    public var examples: Int
    /// S, the trace of the covariance of their gradients, divided by N.
    public var scatter: Double
    /// |G|², the squared norm of the mean of their gradients.
    public var trueSquare: Double

    /// φ = S/|G|²; infinite where the true gradient is 0 and the examples' are not.
    public var noiseScale: Double { scatter / trueSquare }

    /// E|ḡ − G|² for batches of `batch` examples that are drawn without replacement: S(N − B)/(B(N − 1)), and 0 for
    /// all.
    ///
    /// Cochran 1977, *Sampling techniques*, th. 2.2.
    public func variance(ofBatch batch: Int) -> Double {
      precondition(batch >= 1 && batch <= examples, "a batch of \(batch) out of \(examples)")
      return batch == examples ? 0 : scatter * Double(examples - batch) / (Double(batch) * Double(examples - 1))
    }
  }

  /// A layer with its name.
  public struct Layer: Sendable, Hashable, Codable {
    /// The name: `layers.0`.
    public var name: String
    /// What is true of the gradients of its parameters.
    public var moments: Moments
  }

  /// Of all parameters.
  public let total: Moments
  /// Of each layer that has parameters.
  public let layers: [Layer]

  /// Goes through a data set in batches of the step's capacity; changes the step's gradient and nothing else.
  ///
  /// Layers that draw random numbers, such as dropout, draw them as in training. The step is made for example norms.
  ///
  /// - Throws: ``ExactNoiseScaleError`` for a step that does not fit, or when memory is short.
  public init<S: Scalar>(of step: TrainingStep<S>, over dataset: Dataset) throws(ExactNoiseScaleError) {
    guard step.needs.contains(.exampleNorms) else { throw .noExampleNorms }
    guard step.format == dataset.format else { throw .otherFormat(dataset.name) }
    let source = SampledBatches(dataset, sampler: try Self.sampler(of: dataset.count, batchSize: step.capacity))
    let mean = try Self.vector(count: step.gradient.count)
    let network = step.network
    let nodes = network.trainedNodes
    var (squares, layerSquares) = (0.0, [Double](repeating: 0, count: nodes.count))
    for place in stride(from: 0, to: dataset.count, by: step.capacity) {
      let count = min(step.capacity, dataset.count - place)
      _ = step.computeGradient(source, epoch: 0, at: place, count: count, observing: [.gradient, .exampleNorms])
      add(UnsafeBufferPointer(step.gradient.elements), times: Double(count) / Double(dataset.count), to: mean.elements)
      squares += step.exampleNorms?.reduce(0, +) ?? 0
      for (layer, moments) in (step.layerMoments ?? UnsafeBufferPointer(start: nil, count: 0)).enumerated() {
        layerSquares[layer] += moments.exampleSquares
      }
    }
    func moments(_ squares: Double, _ trueSquare: Double) -> Moments {
      Moments(
        examples: dataset.count, scatter: squares / Double(dataset.count) - trueSquare, trueSquare: trueSquare)
    }
    total = moments(squares, sumOfSquares(UnsafeBufferPointer(mean.elements)))
    layers = nodes.enumerated().map { layer, node in
      let slots = network.slots(ofNode: node)
      let trueSquare = slots.reduce(0) { sum, slot in
        sum + sumOfSquares(UnsafeBufferPointer(start: mean.baseAddress + slot.offset, count: slot.storedCount))
      }
      return Layer(name: network.graph.nodes[node].name, moments: moments(layerSquares[layer], trueSquare))
    }
  }

  private static func sampler(of examples: Int, batchSize: Int) throws(ExactNoiseScaleError) -> BatchSampler {
    do {
      return try BatchSampler(exampleCount: examples, batchSize: min(batchSize, examples), seed: 0, shuffles: false)
    } catch {
      throw .other(error.diagnosis)
    }
  }

  private static func vector(count: Int) throws(ExactNoiseScaleError) -> AlignedBuffer<Double> {
    do {
      return try AlignedBuffer(count: count)
    } catch {
      throw .other(error.diagnosis)
    }
  }
}

/// Why the exact noise scale cannot be computed.
public enum ExactNoiseScaleError: DiagnosticError, Hashable {
  /// The step is not made for the norms of examples' gradients.
  case noExampleNorms
  /// The data set, whose name is given, has other examples than the step is made for.
  case otherFormat(String)
  /// What another part of the package says of its error.
  case other(Diagnosis)

  public var diagnosis: Diagnosis {
    switch self {
    case .noExampleNorms:
      Diagnosis(
        .usage, "the exact noise scale needs norms of examples' gradients, for which the step is not made",
        hint: "make it with needs: .exampleNorms")
    case .otherFormat(let name):
      Diagnosis(
        .usage, "the step is made for examples of another format than \(name) has",
        hint: "give the data set that the step is trained on")
    case .other(let diagnosis): diagnosis
    }
  }
}

/// sum ← sum + factor·x, in double precision.
@specialized(where S == Float)
@specialized(where S == Double)
private func add<S: Scalar>(
  _ x: UnsafeBufferPointer<S>, times factor: Double, to sum: UnsafeMutableBufferPointer<Double>
) {
  for index in x.indices { sum[index] += factor * Double(x[index]) }
}
