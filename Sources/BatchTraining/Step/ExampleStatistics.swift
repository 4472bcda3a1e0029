import BatchAlgebra

/// What a step collects of the gradients of a batch's examples, and the memory for it.
///
/// Layers leave what they add for a layer and a micro-batch; here it becomes sums over layers and micro-batches, in the
/// terms of each example's own loss.
final class ExampleStatistics<S: Scalar> {
  /// |gᵢ|² of each example, [capacity].
  private let norms: AlignedBuffer<Double>
  /// gᵢ·ḡ of each example, [capacity].
  private let innerProducts: AlignedBuffer<Double>
  /// Σᵢgᵢⱼ²/B of each parameter, and those of a micro-batch on their way there.
  private let elementSquares: AlignedBuffer<S>
  private let partialSquares: AlignedBuffer<S>
  /// The moments of each layer with parameters.
  private let moments: AlignedBuffer<GradientMoments>
  /// What one layer adds for one micro-batch.
  private let layerNorms: AlignedBuffer<Double>
  private let partialRows: AlignedBuffer<Double>
  private let weightSquares: AlignedBuffer<Double>
  private let squaredInputs: AlignedBuffer<S>
  private let squaredGradients: AlignedBuffer<S>
  private let gram: AlignedBuffer<S>
  /// A row of the widest value, a gradient vector and a sum of such, where sums come from gradients of single examples.
  let exampleRow: AlignedBuffer<S>
  let exampleGradient: AlignedBuffer<S>
  let exampleSum: AlignedBuffer<S>

  private let partialStride: Int
  private let nodes: [Int]
  /// What the batch under way was asked for, and its examples.
  private(set) var needs: StepNeeds = []
  private var examples = 0

  init(_ lengths: ExampleLengths, capacity: Int, nodes: [Int]) throws(AllocationError) {
    let microBatch = lengths.microBatch(capacity)
    norms = try AlignedBuffer(count: capacity)
    innerProducts = try AlignedBuffer(count: lengths.innerProducts * capacity)
    elementSquares = try AlignedBuffer(count: lengths.elementSquares)
    partialSquares = try AlignedBuffer(count: microBatch < capacity ? lengths.elementSquares : 0)
    moments = try AlignedBuffer(count: lengths.layers)
    layerNorms = try AlignedBuffer(count: microBatch)
    partialRows = try AlignedBuffer(count: lengths.threads * microBatch)
    weightSquares = try AlignedBuffer(count: lengths.threads * BackwardWeightsProduct<S>.squaresStride)
    squaredInputs = try AlignedBuffer(count: lengths.squaresPerExample * microBatch)
    squaredGradients = try AlignedBuffer(count: lengths.squaresPerExample * microBatch)
    gram = try AlignedBuffer(count: lengths.gram)
    exampleRow = try AlignedBuffer(count: lengths.exampleRow)
    exampleGradient = try AlignedBuffer(count: lengths.exampleGradient)
    exampleSum = try AlignedBuffer(count: lengths.exampleSum)
    partialStride = microBatch
    self.nodes = nodes
  }

  // MARK: A batch

  /// Begins a batch of which so much is asked.
  func begin(_ needs: StepNeeds, examples: Int) {
    self.needs = needs.intersection(.statistics)
    self.examples = self.needs.isEmpty ? 0 : examples
    norms.baseAddress.update(repeating: 0, count: self.examples)
    if self.needs.contains(.innerProducts) { innerProducts.baseAddress.update(repeating: 0, count: examples) }
    moments.baseAddress.update(
      repeating: GradientMoments(examples: examples, exampleSquares: 0, meanSquare: 0), count: moments.count)
  }

  /// Begins the pass of one layer for some examples of the batch, and says where it leaves its sums.
  func beginLayer(batch: Int, firstExample: Int) -> ExampleSums<S> {
    layerNorms.baseAddress.update(repeating: 0, count: batch)
    weightSquares.baseAddress.update(repeating: 0, count: weightSquares.count)
    let countsSquares = needs.contains(.elementSquares)
    return ExampleSums(
      norms: layerNorms.baseAddress,
      innerProducts: needs.contains(.innerProducts) ? innerProducts.baseAddress + firstExample : nil,
      elementSquares: countsSquares ? (firstExample == 0 ? elementSquares : partialSquares).baseAddress : nil,
      factor: S(Double(examples).squareRoot()), partial: partialRows.baseAddress, stride: partialStride,
      weightSquares: weightSquares.baseAddress,
      squares: countsSquares ? (squaredInputs.baseAddress, squaredGradients.baseAddress) : nil,
      gram: needs.contains(.innerProducts) ? gram.baseAddress : nil)
  }

  /// Adds what the layer of a node has left.
  ///
  /// `meanSquare` is the squared length of the whole batch's gradient; nil where micro-batches are still to be added.
  func endLayer(_ node: Int, batch: Int, firstExample: Int, meanSquare: Double?) {
    guard let layer = nodes.firstIndex(of: node) else { return }
    var sum = 0.0
    for example in 0..<batch {
      norms.baseAddress[firstExample + example] += layerNorms.baseAddress[example]
      sum += layerNorms.baseAddress[example]
    }
    moments.baseAddress[layer].exampleSquares += sum
    if let meanSquare { moments.baseAddress[layer].meanSquare = meanSquare }
  }

  /// The squares of the dense weight's gradient that the layer under way has used at once.
  var usedWeightSquares: Double {
    stride(from: 0, to: weightSquares.count, by: BackwardWeightsProduct<S>.squaresStride).reduce(0) {
      $0 + weightSquares.baseAddress[$1]
    }
  }

  /// The vectors to which a micro-batch's sums of squares are to be added; nil where there are none.
  var squaresToAdd: (part: AlignedBuffer<S>, sum: AlignedBuffer<S>)? {
    needs.contains(.elementSquares) ? (partialSquares, elementSquares) : nil
  }

  /// Ends the batch: from parts of a mean loss to examples' own losses.
  func end(workspace: Workspace<S>, gradient: AlignedBuffer<S>?) {
    guard examples > 0 else { return }
    if let gradient {
      for (layer, node) in nodes.enumerated() {
        moments.baseAddress[layer].meanSquare = workspace.squares(ofNode: node, in: gradient.baseAddress)
      }
    }
    let count = Double(examples)
    for example in 0..<examples { norms.baseAddress[example] *= count * count }
    for layer in nodes.indices { moments.baseAddress[layer].exampleSquares *= count * count }
    guard needs.contains(.innerProducts) else { return }
    for example in 0..<examples { innerProducts.baseAddress[example] *= count }
  }

  // MARK: What was found

  var exampleNorms: UnsafeBufferPointer<Double>? {
    examples > 0 ? UnsafeBufferPointer(start: norms.baseAddress, count: examples) : nil
  }

  var layerMoments: UnsafeBufferPointer<GradientMoments>? {
    examples > 0 ? UnsafeBufferPointer(start: moments.baseAddress, count: nodes.count) : nil
  }

  var meanInnerProducts: UnsafeBufferPointer<Double>? {
    needs.contains(.innerProducts) ? UnsafeBufferPointer(start: innerProducts.baseAddress, count: examples) : nil
  }

  var meanElementSquares: UnsafeBufferPointer<S>? {
    needs.contains(.elementSquares)
      ? UnsafeBufferPointer(start: elementSquares.baseAddress, count: elementSquares.count) : nil
  }
}
