public import CBatchKernels

/// The C kernels, with raw pointers and no checks; `bk_kernels.h` says what each does.
///
/// They run on the instruction set that they are told, which this processor must run.
extension Scalar {
  /// The kernels of this precision on an instruction set.
  @inlinable
  static func kernels(_ set: InstructionSet) -> UnsafePointer<bk_kernels> {
    guard let kernels = bk_kernel_table(set.kernel, precision.kernel) else {
      fatalError("this processor does not run \(set.rawValue)")
    }
    return kernels
  }

  /// The number of columns of a panel of weights in the layout of an instruction set.
  @inlinable
  public static func panelWidth(_ set: InstructionSet) -> Int { kernels(set).pointee.panel_width }

  /// The number of elements of scratch that products want, a thread.
  @inlinable
  public static func scratchCount(_ set: InstructionSet) -> Int { kernels(set).pointee.scratch }

  /// C = A·B + bias, with A broadcast and B in panels.
  @inlinable
  public static func kernelProductNN(_ set: InstructionSet, _ product: bk_product_nn) {
    withUnsafePointer(to: product) { kernels(set).pointee.product_nn($0) }
  }

  /// C = Aᵀ·B; with an update, that of the weights which C points to and of their state, with Aᵀ·B as the gradient.
  @inlinable
  public static func kernelProductTN(
    _ set: InstructionSet, _ product: bk_product_tn, _ update: bk_update?,
    _ state0: UnsafeMutablePointer<Self>?, _ state1: UnsafeMutablePointer<Self>?,
    _ state2: UnsafeMutablePointer<Self>?, _ scratch: UnsafeMutablePointer<Self>
  ) {
    withUnsafePointer(to: product) { product in
      guard let update else {
        kernels(set).pointee.product_tn(product, nil, nil, nil, nil, scratch)
        return
      }
      withUnsafePointer(to: update) { update in
        kernels(set).pointee.product_tn(product, update, state0, state1, state2, scratch)
      }
    }
  }

  /// C = A·Bᵀ, with both contiguous along the contraction, for few rows.
  @inlinable
  public static func kernelProductNTByDot(_ set: InstructionSet, _ product: bk_product_nt) {
    withUnsafePointer(to: product) { kernels(set).pointee.product_nt_dot($0) }
  }

  /// C = A·Bᵀ, with both contiguous along the contraction, for many rows.
  @inlinable
  public static func kernelProductNTPacked(
    _ set: InstructionSet, _ product: bk_product_nt, _ scratch: UnsafeMutablePointer<Self>
  ) {
    withUnsafePointer(to: product) { kernels(set).pointee.product_nt_packed($0, scratch) }
  }

  /// y ← y + x.
  @inlinable
  public static func kernelAdd(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ x: UnsafePointer<Self>, _ xStride: Int,
    _ y: UnsafeMutablePointer<Self>,
    _ yStride: Int
  ) {
    kernels(set).pointee.add(rows, columns, x, xStride, y, yStride)
  }

  /// y ← f(y + bias) in place; the preactivation y + bias is kept where a place for it is given.
  @inlinable
  public static func kernelBiasActivation(
    _ set: InstructionSet, _ activation: bk_activation, _ rows: Int, _ columns: Int, _ y: UnsafeMutablePointer<Self>,
    _ yStride: Int,
    _ bias: UnsafePointer<Self>?, _ preactivation: UnsafeMutablePointer<Self>?, _ preactivationStride: Int
  ) {
    kernels(set).pointee.bias_activation(
      activation, rows, columns, y, yStride, bias, preactivation, preactivationStride)
  }

  /// dy ← dy·f′ in place, from the saved output, or for GELU the saved preactivation; its sums over the rows where a
  /// place for them is given.
  @inlinable
  public static func kernelActivationBackward(
    _ set: InstructionSet, _ activation: bk_activation, _ rows: Int, _ columns: Int, _ dy: UnsafeMutablePointer<Self>,
    _ dyStride: Int,
    _ saved: UnsafePointer<Self>, _ savedStride: Int, _ sums: UnsafeMutablePointer<Self>?
  ) {
    kernels(set).pointee.activation_backward(activation, rows, columns, dy, dyStride, saved, savedStride, sums)
  }

  /// y = x with the elements that the dropout says times 0, and the others times 1 / (1 − rate).
  @inlinable
  public static func kernelDropout(
    _ set: InstructionSet, _ dropout: bk_dropout, _ rows: Int, _ columns: Int, _ x: UnsafePointer<Self>,
    _ xStride: Int,
    _ y: UnsafeMutablePointer<Self>, _ yStride: Int
  ) {
    withUnsafePointer(to: dropout) { kernels(set).pointee.dropout($0, rows, columns, x, xStride, y, yStride) }
  }

  /// Summed softmax cross-entropy of the rows, with labels smoothed, and, where asked for, its gradient times `scale`.
  @inlinable
  public static func kernelSoftmaxCrossEntropy(
    _ set: InstructionSet, _ rows: Int, _ classes: Int, _ logits: UnsafePointer<Self>, _ stride: Int,
    _ labels: UnsafePointer<Int32>,
    _ smoothing: Double, _ scale: Self, _ gradient: UnsafeMutablePointer<Self>?, _ gradientStride: Int,
    _ correct: inout Int
  ) -> Double {
    kernels(set).pointee.softmax_cross_entropy(
      rows, classes, logits, stride, labels, smoothing, Double(scale), gradient, gradientStride, &correct)
  }

  /// Summed binary cross-entropy on logits, with targets smoothed, and, where asked for, its gradient times `scale`.
  @inlinable
  public static func kernelBinaryCrossEntropy(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ logits: UnsafePointer<Self>, _ stride: Int,
    _ targets: UnsafePointer<Self>,
    _ targetStride: Int, _ smoothing: Double, _ scale: Self, _ gradient: UnsafeMutablePointer<Self>?,
    _ gradientStride: Int
  ) -> Double {
    kernels(set).pointee.binary_cross_entropy(
      rows, columns, logits, stride, targets, targetStride, smoothing, Double(scale), gradient, gradientStride)
  }

  /// Squared error summed over rows, averaged over columns, and its gradient times `scale`.
  @inlinable
  public static func kernelSquaredError(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ outputs: UnsafePointer<Self>, _ stride: Int,
    _ targets: UnsafePointer<Self>,
    _ targetStride: Int, _ scale: Self, _ gradient: UnsafeMutablePointer<Self>?, _ gradientStride: Int
  ) -> Double {
    kernels(set).pointee.squared_error(
      rows, columns, outputs, stride, targets, targetStride, Double(scale), gradient, gradientStride)
  }

  /// Row-wise softmax.
  @inlinable
  public static func kernelSoftmax(
    _ set: InstructionSet, _ rows: Int, _ classes: Int, _ logits: UnsafePointer<Self>, _ stride: Int,
    _ probabilities: UnsafeMutablePointer<Self>, _ probabilityStride: Int
  ) {
    kernels(set).pointee.softmax(rows, classes, logits, stride, probabilities, probabilityStride)
  }

  /// Σ xᵢ².
  @inlinable
  public static func kernelSumOfSquares(_ set: InstructionSet, _ count: Int, _ x: UnsafePointer<Self>) -> Double {
    kernels(set).pointee.sum_of_squares(count, x)
  }

  /// Σ (xᵢ − yᵢ)².
  @inlinable
  public static func kernelSquaredDistance(
    _ set: InstructionSet, _ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>
  ) -> Double {
    kernels(set).pointee.squared_distance(count, x, y)
  }

  /// sums[i] = Σⱼ xᵢⱼ².
  @inlinable
  public static func kernelRowSquares(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ x: UnsafePointer<Self>, _ stride: Int,
    _ sums: UnsafeMutablePointer<Double>
  ) {
    kernels(set).pointee.row_squares(rows, columns, x, stride, sums)
  }

  /// sums[i] ← sums[i] + Σⱼ (xᵢⱼ + 1)·yᵢⱼ.
  @inlinable
  public static func kernelGramSums(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>,
    _ stride: Int, _ sums: UnsafeMutablePointer<Double>
  ) {
    kernels(set).pointee.gram_sums(rows, columns, x, y, stride, sums)
  }

  /// y = (factor·x)².
  @inlinable
  public static func kernelScaledSquares(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ factor: Self, _ x: UnsafePointer<Self>, _ xStride: Int,
    _ y: UnsafeMutablePointer<Self>, _ yStride: Int
  ) {
    kernels(set).pointee.scaled_squares(rows, columns, Double(factor), x, xStride, y, yStride)
  }

  /// x ← factor·x; a NaN stays.
  @inlinable
  public static func kernelScale(_ set: InstructionSet, _ count: Int, _ factor: Self, _ x: UnsafeMutablePointer<Self>) {
    kernels(set).pointee.scale(count, Double(factor), x)
  }

  /// x ← x kept within ± `bound`; a NaN stays.
  @inlinable
  public static func kernelClamp(_ set: InstructionSet, _ count: Int, _ bound: Self, _ x: UnsafeMutablePointer<Self>) {
    kernels(set).pointee.clamp(count, Double(bound), x)
  }

  /// y ← y + share·(x − y).
  @inlinable
  public static func kernelApproach(
    _ set: InstructionSet, _ count: Int, _ share: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>
  ) {
    kernels(set).pointee.approach(count, Double(share), x, y)
  }

  /// An optimizer's update of some weights from their gradient.
  @inlinable
  public static func kernelUpdate(
    _ set: InstructionSet, _ update: bk_update, _ count: Int, _ weights: UnsafeMutablePointer<Self>,
    _ gradient: UnsafePointer<Self>,
    _ state0: UnsafeMutablePointer<Self>?, _ state1: UnsafeMutablePointer<Self>?,
    _ state2: UnsafeMutablePointer<Self>?
  ) {
    withUnsafePointer(to: update) {
      kernels(set).pointee.update($0, count, weights, gradient, state0, state1, state2)
    }
  }

  /// The first of LAMB's two passes: updates its moments and returns Σ w² and the sum of the squares of its steps.
  @inlinable
  public static func kernelLAMBMoments(
    _ set: InstructionSet, _ update: bk_update, _ count: Int, _ weights: UnsafePointer<Self>,
    _ gradient: UnsafePointer<Self>,
    _ state0: UnsafeMutablePointer<Self>, _ state1: UnsafeMutablePointer<Self>
  ) -> (weights: Double, steps: Double) {
    var sums = (weights: 0.0, steps: 0.0)
    withUnsafePointer(to: update) { update in
      withUnsafeMutableBytes(of: &sums) { bytes in
        kernels(set).pointee.lamb_moments(
          update, count, weights, gradient, state0, state1, bytes.assumingMemoryBound(to: Double.self).baseAddress!)
      }
    }
    return sums
  }
}
