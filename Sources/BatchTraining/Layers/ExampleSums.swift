public import BatchAlgebra

/// What a backward pass of one layer tells of the gradients of the examples of its batch.
///
/// The pass begins with the gradient of a mean loss, so that "example i's gradient" is g̃ᵢ = gᵢ/B, its part of the
/// gradient of the batch, here and in what a layer adds.
public struct ExampleSums<S: Scalar> {
  /// [batch]; where the squared norm of each example's gradient of the layer's parameters is added.
  public let norms: UnsafeMutablePointer<Double>
  /// [batch]; where g̃ᵢ·Σⱼg̃ⱼ is added, over the layer's parameters; nil where nobody asks.
  public let innerProducts: UnsafeMutablePointer<Double>?
  /// The vector, laid out like the parameters, in whose part of the layer Σᵢ(factor·g̃ᵢ)² of each parameter is written;
  /// nil where nobody asks.
  public let elementSquares: UnsafeMutablePointer<S>?
  /// What gradients are multiplied by before they are squared: √B, so that the sums are means of gᵢ².
  public let factor: S
  /// [threads][batch], a thread's rows ``stride`` apart, for sums on their way.
  let partial: UnsafeMutablePointer<Double>
  let stride: Int
  /// [threads] on cache lines of their own: the squares of the dense weight's gradient, which nobody may have written.
  let weightSquares: UnsafeMutablePointer<Double>
  /// [batch, the widest value], for squares of inputs, and of gradients of outputs; nil where nobody asks for squares.
  let squares: (inputs: UnsafeMutablePointer<S>, gradients: UnsafeMutablePointer<S>)?
  /// [threads][2][``gramBlock``]², for inner products of inputs, and of gradients of outputs.
  let gram: UnsafeMutablePointer<S>?

  /// The examples on a side of a block of inner products.
  static var gramBlock: Int { 64 }
}

/// The sums for a dense layer, without any example's gradient.
///
/// That of example i is the outer product of (xᵢ, 1) and dzᵢ, and so g̃ᵢ·g̃ⱼ = (xᵢ·xⱼ + 1)·(dzᵢ·dzⱼ) and
/// |g̃ᵢ|² = (|xᵢ|² + 1)·|dzᵢ|² (Goodfellow 2015, arXiv 1510.01799, §3).
struct DenseExampleSums<S: Scalar>: Sendable {
  nonisolated(unsafe) let sums: ExampleSums<S>
  let set: InstructionSet
  let input: MatrixView<S>
  let gradient: MatrixView<S>

  /// One thread's part of the norms: |dzᵢ|² over columns of its own, which it has just made, times (|xᵢ|² + 1) of all
  /// rows that fall to it.
  func addColumns(_ columns: Range<Int>, thread: Int) {
    let row = sums.partial + thread * sums.stride
    S.kernelRowSquares(
      set, gradient.rows, columns.count, gradient.baseAddress + columns.lowerBound, gradient.rowStride, row)
  }

  /// The norms, from what `parts` threads have left.
  func finish(_ parts: Int, on team: ThreadTeam) {
    // A row of 784 inputs takes about 0.1 µs.
    let threads = input.rows * input.columns >= 16_384 ? team.threads : 1
    team.run(Rows(sums: self, parts: parts), parts: threads)
    if sums.innerProducts != nil { team.run(InnerProducts(sums: self)) }
  }

  /// Each thread finishes the norms of its rows.
  private struct Rows: TeamTask {
    let sums: DenseExampleSums
    let parts: Int

    func run(thread: Int, of threads: Int) {
      let (to, set, input) = (sums.sums, sums.set, sums.input)
      for i in workShare(of: input.rows, thread: thread, threads: threads) {
        var square = 0.0
        for part in 0..<parts { square += to.partial[part * to.stride + i] }
        to.norms[i] += (S.kernelSumOfSquares(set, input.columns, input.row(i)) + 1) * square
      }
    }
  }

  /// Each thread adds the inner products of its examples with all, block by block.
  private struct InnerProducts: TeamTask {
    let sums: DenseExampleSums

    @specialized(where S == Float)
    @specialized(where S == Double)
    func run(thread: Int, of threads: Int) {
      guard let products = sums.sums.innerProducts, let gram = sums.sums.gram else { return }
      let (block, batch) = (ExampleSums<S>.gramBlock, sums.input.rows)
      let place = gram + thread * 2 * block * block
      for first in stride(from: 0, to: batch, by: block) {
        let others = first..<min(first + block, batch)
        let share = workShare(of: batch, thread: thread, threads: threads)
        for start in stride(from: share.lowerBound, to: share.upperBound, by: block) {
          let rows = start..<min(start + block, share.upperBound)
          multiply(sums.input, rows, others, into: place)
          multiply(sums.gradient, rows, others, into: place + block * block)
          S.kernelGramSums(
            sums.set, rows.count, others.count, place, place + block * block, block, products + rows.lowerBound)
        }
      }
    }

    private func multiply(
      _ matrix: MatrixView<S>, _ rows: Range<Int>, _ others: Range<Int>, into place: UnsafeMutablePointer<S>
    ) {
      let columns = 0..<matrix.columns
      Product(
        matrix.block(rows: rows, columns: columns), times: matrix.block(rows: others, columns: columns), .transposed,
        into: MutableMatrixView(
          place, rows: rows.count, columns: others.count, rowStride: ExampleSums<S>.gramBlock)
      ).run(thread: 0, of: 1)
    }
  }

  /// Writes the sums of squares of the gradients of the weight, Σᵢxᵢ²·dzᵢ² as a product of squares, and of the bias.
  func writeElementSquares(_ pass: LayerPass<S>, scratch: ProductScratch<S>) {
    guard let vector = sums.elementSquares, let squares = sums.squares else { return }
    let x = MutableMatrixView(
      squares.inputs, rows: input.rows, columns: input.columns, rowStride: input.rowStride)
    let dz = MutableMatrixView(
      squares.gradients, rows: gradient.rows, columns: gradient.columns, rowStride: gradient.rowStride)
    let team = pass.team
    team.run(Squares(set: set, factor: 1, source: input, target: x))
    team.run(Squares(set: set, factor: sums.factor, source: gradient, target: dz))
    let weight = pass.weight(0, in: vector)
    let product = BackwardWeightsProduct(
      x.readOnly, dz.readOnly, into: weight, scratch: scratch, plan: pass.gemmPlan(.backwardWeights))
    team.run(product, parts: product.plan.parts)
    // The sums over the rows, as those of an identity's gradient are had.
    S.kernelActivationBackward(
      set, Activation.identity.kernel, dz.rows, dz.columns, dz.baseAddress, dz.rowStride, dz.baseAddress, dz.rowStride,
      vector + pass.slot(1).offset)
  }

  /// Each thread squares its rows, what pads them included: that is zero and stays so.
  private struct Squares: TeamTask {
    let set: InstructionSet
    let factor: S
    let source: MatrixView<S>
    let target: MutableMatrixView<S>

    func run(thread: Int, of threads: Int) {
      let rows = workShare(of: source.rows, thread: thread, threads: threads)
      guard !rows.isEmpty else { return }
      S.kernelScaledSquares(
        set, rows.count, source.rowStride, factor, source.row(rows.lowerBound), source.rowStride,
        target.row(rows.lowerBound), target.rowStride)
    }
  }
}
