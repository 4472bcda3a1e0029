public import CBatchKernels

/// The C kernels of one precision, with raw pointers and no checks; `bk_kernel_table.h` says what each does.
///
/// They run on the instruction set that they are told, which the processor must run.
public protocol KernelScalar {
  /// The number of columns of a panel of weights in the layout of an instruction set.
  static func panelWidth(_ set: InstructionSet) -> Int
  /// The number of elements of scratch that products want, a thread.
  static func scratchCount(_ set: InstructionSet) -> Int
  /// C = A·B + bias, with A broadcast and B in panels.
  static func kernelBroadcastProduct(_ set: InstructionSet, _ product: bk_broadcast_product)
  /// C = Aᵀ·B; with an update, that of the weights which C points to and of their state, with Aᵀ·B as the gradient.
  static func kernelGradientProduct(
    _ set: InstructionSet, _ product: bk_gradient_product, _ update: bk_update?,
    _ state0: UnsafeMutablePointer<Self>?, _ state1: UnsafeMutablePointer<Self>?,
    _ state2: UnsafeMutablePointer<Self>?, _ scratch: UnsafeMutablePointer<Self>
  )
  /// C = A·Bᵀ, with both contiguous along the contraction, for few rows.
  static func kernelDotProduct(_ set: InstructionSet, _ product: bk_dot_product)
  /// C = A·Bᵀ, with both contiguous along the contraction, for many rows.
  static func kernelMirroredProduct(
    _ set: InstructionSet, _ product: bk_dot_product, _ scratch: UnsafeMutablePointer<Self>)
  /// y ← y + x.
  static func kernelAdd(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ x: UnsafePointer<Self>, _ xStride: Int,
    _ y: UnsafeMutablePointer<Self>,
    _ yStride: Int
  )
  /// y ← f(y + bias) in place; the preactivation y + bias is kept where a place for it is given.
  static func kernelBiasActivation(
    _ set: InstructionSet, _ activation: bk_activation, _ rows: Int, _ columns: Int, _ y: UnsafeMutablePointer<Self>,
    _ yStride: Int,
    _ bias: UnsafePointer<Self>?, _ preactivation: UnsafeMutablePointer<Self>?, _ preactivationStride: Int
  )
  /// dy ← dy·f′ in place, from the saved output, or for GELU the saved preactivation; its sums over the rows where a
  /// place for them is given.
  static func kernelActivationBackward(
    _ set: InstructionSet, _ activation: bk_activation, _ rows: Int, _ columns: Int, _ dy: UnsafeMutablePointer<Self>,
    _ dyStride: Int,
    _ saved: UnsafePointer<Self>, _ savedStride: Int, _ sums: UnsafeMutablePointer<Self>?
  )
  /// y = x with the elements that the dropout says times 0, and the others times 1 / (1 − rate).
  static func kernelDropout(
    _ set: InstructionSet, _ dropout: bk_dropout, _ rows: Int, _ columns: Int, _ x: UnsafePointer<Self>, _ xStride: Int,
    _ y: UnsafeMutablePointer<Self>, _ yStride: Int
  )
  /// Summed softmax cross-entropy of the rows, with labels smoothed, and, where asked for, its gradient times `scale`.
  static func kernelSoftmaxCrossEntropy(
    _ set: InstructionSet, _ rows: Int, _ classes: Int, _ logits: UnsafePointer<Self>, _ stride: Int,
    _ labels: UnsafePointer<Int32>,
    _ smoothing: Double, _ scale: Self, _ gradient: UnsafeMutablePointer<Self>?, _ gradientStride: Int,
    _ correct: inout Int
  ) -> Double
  /// Summed binary cross-entropy on logits, with targets smoothed, and, where asked for, its gradient times `scale`.
  static func kernelBinaryCrossEntropy(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ logits: UnsafePointer<Self>, _ stride: Int,
    _ targets: UnsafePointer<Self>,
    _ targetStride: Int, _ smoothing: Double, _ scale: Self, _ gradient: UnsafeMutablePointer<Self>?,
    _ gradientStride: Int
  ) -> Double
  /// Squared error summed over rows, averaged over columns, and its gradient times `scale`.
  static func kernelSquaredError(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ outputs: UnsafePointer<Self>, _ stride: Int,
    _ targets: UnsafePointer<Self>,
    _ targetStride: Int, _ scale: Self, _ gradient: UnsafeMutablePointer<Self>?, _ gradientStride: Int
  ) -> Double
  /// Row-wise softmax.
  static func kernelSoftmax(
    _ set: InstructionSet, _ rows: Int, _ classes: Int, _ logits: UnsafePointer<Self>, _ stride: Int,
    _ probabilities: UnsafeMutablePointer<Self>, _ probabilityStride: Int
  )
  /// Σ xᵢ².
  static func kernelSumOfSquares(_ set: InstructionSet, _ count: Int, _ x: UnsafePointer<Self>) -> Double
  /// Σ (xᵢ − yᵢ)².
  static func kernelSquaredDistance(
    _ set: InstructionSet, _ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>
  ) -> Double
  /// x ← factor·x; a NaN stays.
  static func kernelScale(_ set: InstructionSet, _ count: Int, _ factor: Self, _ x: UnsafeMutablePointer<Self>)
  /// x ← x kept within ± `bound`; a NaN stays.
  static func kernelClamp(_ set: InstructionSet, _ count: Int, _ bound: Self, _ x: UnsafeMutablePointer<Self>)
  /// y ← y + share·(x − y).
  static func kernelApproach(
    _ set: InstructionSet, _ count: Int, _ share: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  /// An optimizer's update of some weights from their gradient.
  static func kernelUpdate(
    _ set: InstructionSet, _ update: bk_update, _ count: Int, _ weights: UnsafeMutablePointer<Self>,
    _ gradient: UnsafePointer<Self>,
    _ state0: UnsafeMutablePointer<Self>?, _ state1: UnsafeMutablePointer<Self>?, _ state2: UnsafeMutablePointer<Self>?
  )
  /// The first of LAMB's two passes: updates its moments and returns Σ w² and the sum of the squares of its steps.
  static func kernelLAMBMoments(
    _ set: InstructionSet, _ update: bk_update, _ count: Int, _ weights: UnsafePointer<Self>,
    _ gradient: UnsafePointer<Self>,
    _ state0: UnsafeMutablePointer<Self>, _ state1: UnsafeMutablePointer<Self>
  ) -> (weights: Double, steps: Double)
}

extension Float: KernelScalar {
  public static func panelWidth(_ set: InstructionSet) -> Int { bk_f32(set.kernel).pointee.panel_width }

  public static func scratchCount(_ set: InstructionSet) -> Int { bk_f32(set.kernel).pointee.scratch }

  public static func kernelBroadcastProduct(_ set: InstructionSet, _ product: bk_broadcast_product) {
    withUnsafePointer(to: product) { bk_f32(set.kernel).pointee.broadcast_product($0) }
  }

  public static func kernelGradientProduct(
    _ set: InstructionSet, _ product: bk_gradient_product, _ update: bk_update?,
    _ state0: UnsafeMutablePointer<Float>?, _ state1: UnsafeMutablePointer<Float>?,
    _ state2: UnsafeMutablePointer<Float>?, _ scratch: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: product) { product in
      guard let update else {
        bk_f32(set.kernel).pointee.gradient_product(product, nil, nil, nil, nil, scratch)
        return
      }
      withUnsafePointer(to: update) { update in
        bk_f32(set.kernel).pointee.gradient_product(product, update, state0, state1, state2, scratch)
      }
    }
  }

  public static func kernelDotProduct(_ set: InstructionSet, _ product: bk_dot_product) {
    withUnsafePointer(to: product) { bk_f32(set.kernel).pointee.dot_product($0) }
  }

  public static func kernelMirroredProduct(
    _ set: InstructionSet, _ product: bk_dot_product, _ scratch: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: product) { bk_f32(set.kernel).pointee.mirrored_product($0, scratch) }
  }

  public static func kernelAdd(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ x: UnsafePointer<Float>, _ xStride: Int,
    _ y: UnsafeMutablePointer<Float>,
    _ yStride: Int
  ) {
    bk_f32(set.kernel).pointee.add(rows, columns, x, xStride, y, yStride)
  }

  public static func kernelBiasActivation(
    _ set: InstructionSet, _ activation: bk_activation, _ rows: Int, _ columns: Int, _ y: UnsafeMutablePointer<Float>,
    _ yStride: Int,
    _ bias: UnsafePointer<Float>?, _ preactivation: UnsafeMutablePointer<Float>?, _ preactivationStride: Int
  ) {
    bk_f32(set.kernel).pointee.bias_activation(
      activation, rows, columns, y, yStride, bias, preactivation, preactivationStride)
  }

  public static func kernelActivationBackward(
    _ set: InstructionSet, _ activation: bk_activation, _ rows: Int, _ columns: Int, _ dy: UnsafeMutablePointer<Float>,
    _ dyStride: Int,
    _ saved: UnsafePointer<Float>, _ savedStride: Int, _ sums: UnsafeMutablePointer<Float>?
  ) {
    bk_f32(set.kernel).pointee.activation_backward(activation, rows, columns, dy, dyStride, saved, savedStride, sums)
  }

  public static func kernelDropout(
    _ set: InstructionSet, _ dropout: bk_dropout, _ rows: Int, _ columns: Int, _ x: UnsafePointer<Float>,
    _ xStride: Int,
    _ y: UnsafeMutablePointer<Float>, _ yStride: Int
  ) {
    withUnsafePointer(to: dropout) { bk_f32(set.kernel).pointee.dropout($0, rows, columns, x, xStride, y, yStride) }
  }

  public static func kernelSoftmaxCrossEntropy(
    _ set: InstructionSet, _ rows: Int, _ classes: Int, _ logits: UnsafePointer<Float>, _ stride: Int,
    _ labels: UnsafePointer<Int32>,
    _ smoothing: Double, _ scale: Float, _ gradient: UnsafeMutablePointer<Float>?, _ gradientStride: Int,
    _ correct: inout Int
  ) -> Double {
    bk_f32(set.kernel).pointee.softmax_cross_entropy(
      rows, classes, logits, stride, labels, smoothing, scale, gradient, gradientStride, &correct)
  }

  public static func kernelBinaryCrossEntropy(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ logits: UnsafePointer<Float>, _ stride: Int,
    _ targets: UnsafePointer<Float>,
    _ targetStride: Int, _ smoothing: Double, _ scale: Float, _ gradient: UnsafeMutablePointer<Float>?,
    _ gradientStride: Int
  ) -> Double {
    bk_f32(set.kernel).pointee.binary_cross_entropy(
      rows, columns, logits, stride, targets, targetStride, smoothing, scale, gradient, gradientStride)
  }

  public static func kernelSquaredError(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ outputs: UnsafePointer<Float>, _ stride: Int,
    _ targets: UnsafePointer<Float>,
    _ targetStride: Int, _ scale: Float, _ gradient: UnsafeMutablePointer<Float>?, _ gradientStride: Int
  ) -> Double {
    bk_f32(set.kernel).pointee.squared_error(
      rows, columns, outputs, stride, targets, targetStride, scale, gradient, gradientStride)
  }

  public static func kernelSoftmax(
    _ set: InstructionSet, _ rows: Int, _ classes: Int, _ logits: UnsafePointer<Float>, _ stride: Int,
    _ probabilities: UnsafeMutablePointer<Float>, _ probabilityStride: Int
  ) {
    bk_f32(set.kernel).pointee.softmax(rows, classes, logits, stride, probabilities, probabilityStride)
  }

  public static func kernelSumOfSquares(_ set: InstructionSet, _ count: Int, _ x: UnsafePointer<Float>) -> Double {
    bk_f32(set.kernel).pointee.sum_of_squares(count, x)
  }

  public static func kernelSquaredDistance(
    _ set: InstructionSet, _ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>
  ) -> Double {
    bk_f32(set.kernel).pointee.squared_distance(count, x, y)
  }

  public static func kernelScale(_ set: InstructionSet, _ count: Int, _ factor: Float, _ x: UnsafeMutablePointer<Float>)
  {
    bk_f32(set.kernel).pointee.scale(count, factor, x)
  }

  public static func kernelClamp(_ set: InstructionSet, _ count: Int, _ bound: Float, _ x: UnsafeMutablePointer<Float>)
  {
    bk_f32(set.kernel).pointee.clamp(count, bound, x)
  }

  public static func kernelApproach(
    _ set: InstructionSet, _ count: Int, _ share: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
  ) {
    bk_f32(set.kernel).pointee.approach(count, share, x, y)
  }

  public static func kernelUpdate(
    _ set: InstructionSet, _ update: bk_update, _ count: Int, _ weights: UnsafeMutablePointer<Float>,
    _ gradient: UnsafePointer<Float>,
    _ state0: UnsafeMutablePointer<Float>?, _ state1: UnsafeMutablePointer<Float>?,
    _ state2: UnsafeMutablePointer<Float>?
  ) {
    withUnsafePointer(to: update) {
      bk_f32(set.kernel).pointee.update($0, count, weights, gradient, state0, state1, state2)
    }
  }

  public static func kernelLAMBMoments(
    _ set: InstructionSet, _ update: bk_update, _ count: Int, _ weights: UnsafePointer<Float>,
    _ gradient: UnsafePointer<Float>,
    _ state0: UnsafeMutablePointer<Float>, _ state1: UnsafeMutablePointer<Float>
  ) -> (weights: Double, steps: Double) {
    var sums = (weights: 0.0, steps: 0.0)
    withUnsafePointer(to: update) { update in
      withUnsafeMutableBytes(of: &sums) { bytes in
        bk_f32(set.kernel).pointee.lamb_moments(
          update, count, weights, gradient, state0, state1, bytes.assumingMemoryBound(to: Double.self).baseAddress!)
      }
    }
    return sums
  }
}

extension Double: KernelScalar {
  public static func panelWidth(_ set: InstructionSet) -> Int { bk_f64(set.kernel).pointee.panel_width }

  public static func scratchCount(_ set: InstructionSet) -> Int { bk_f64(set.kernel).pointee.scratch }

  public static func kernelBroadcastProduct(_ set: InstructionSet, _ product: bk_broadcast_product) {
    withUnsafePointer(to: product) { bk_f64(set.kernel).pointee.broadcast_product($0) }
  }

  public static func kernelGradientProduct(
    _ set: InstructionSet, _ product: bk_gradient_product, _ update: bk_update?,
    _ state0: UnsafeMutablePointer<Double>?, _ state1: UnsafeMutablePointer<Double>?,
    _ state2: UnsafeMutablePointer<Double>?, _ scratch: UnsafeMutablePointer<Double>
  ) {
    withUnsafePointer(to: product) { product in
      guard let update else {
        bk_f64(set.kernel).pointee.gradient_product(product, nil, nil, nil, nil, scratch)
        return
      }
      withUnsafePointer(to: update) { update in
        bk_f64(set.kernel).pointee.gradient_product(product, update, state0, state1, state2, scratch)
      }
    }
  }

  public static func kernelDotProduct(_ set: InstructionSet, _ product: bk_dot_product) {
    withUnsafePointer(to: product) { bk_f64(set.kernel).pointee.dot_product($0) }
  }

  public static func kernelMirroredProduct(
    _ set: InstructionSet, _ product: bk_dot_product, _ scratch: UnsafeMutablePointer<Double>
  ) {
    withUnsafePointer(to: product) { bk_f64(set.kernel).pointee.mirrored_product($0, scratch) }
  }

  public static func kernelAdd(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ x: UnsafePointer<Double>, _ xStride: Int,
    _ y: UnsafeMutablePointer<Double>,
    _ yStride: Int
  ) {
    bk_f64(set.kernel).pointee.add(rows, columns, x, xStride, y, yStride)
  }

  public static func kernelBiasActivation(
    _ set: InstructionSet, _ activation: bk_activation, _ rows: Int, _ columns: Int, _ y: UnsafeMutablePointer<Double>,
    _ yStride: Int,
    _ bias: UnsafePointer<Double>?, _ preactivation: UnsafeMutablePointer<Double>?, _ preactivationStride: Int
  ) {
    bk_f64(set.kernel).pointee.bias_activation(
      activation, rows, columns, y, yStride, bias, preactivation, preactivationStride)
  }

  public static func kernelActivationBackward(
    _ set: InstructionSet, _ activation: bk_activation, _ rows: Int, _ columns: Int, _ dy: UnsafeMutablePointer<Double>,
    _ dyStride: Int,
    _ saved: UnsafePointer<Double>, _ savedStride: Int, _ sums: UnsafeMutablePointer<Double>?
  ) {
    bk_f64(set.kernel).pointee.activation_backward(activation, rows, columns, dy, dyStride, saved, savedStride, sums)
  }

  public static func kernelDropout(
    _ set: InstructionSet, _ dropout: bk_dropout, _ rows: Int, _ columns: Int, _ x: UnsafePointer<Double>,
    _ xStride: Int,
    _ y: UnsafeMutablePointer<Double>, _ yStride: Int
  ) {
    withUnsafePointer(to: dropout) { bk_f64(set.kernel).pointee.dropout($0, rows, columns, x, xStride, y, yStride) }
  }

  public static func kernelSoftmaxCrossEntropy(
    _ set: InstructionSet, _ rows: Int, _ classes: Int, _ logits: UnsafePointer<Double>, _ stride: Int,
    _ labels: UnsafePointer<Int32>,
    _ smoothing: Double, _ scale: Double, _ gradient: UnsafeMutablePointer<Double>?, _ gradientStride: Int,
    _ correct: inout Int
  ) -> Double {
    bk_f64(set.kernel).pointee.softmax_cross_entropy(
      rows, classes, logits, stride, labels, smoothing, scale, gradient, gradientStride, &correct)
  }

  public static func kernelBinaryCrossEntropy(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ logits: UnsafePointer<Double>, _ stride: Int,
    _ targets: UnsafePointer<Double>,
    _ targetStride: Int, _ smoothing: Double, _ scale: Double, _ gradient: UnsafeMutablePointer<Double>?,
    _ gradientStride: Int
  ) -> Double {
    bk_f64(set.kernel).pointee.binary_cross_entropy(
      rows, columns, logits, stride, targets, targetStride, smoothing, scale, gradient, gradientStride)
  }

  public static func kernelSquaredError(
    _ set: InstructionSet, _ rows: Int, _ columns: Int, _ outputs: UnsafePointer<Double>, _ stride: Int,
    _ targets: UnsafePointer<Double>,
    _ targetStride: Int, _ scale: Double, _ gradient: UnsafeMutablePointer<Double>?, _ gradientStride: Int
  ) -> Double {
    bk_f64(set.kernel).pointee.squared_error(
      rows, columns, outputs, stride, targets, targetStride, scale, gradient, gradientStride)
  }

  public static func kernelSoftmax(
    _ set: InstructionSet, _ rows: Int, _ classes: Int, _ logits: UnsafePointer<Double>, _ stride: Int,
    _ probabilities: UnsafeMutablePointer<Double>, _ probabilityStride: Int
  ) {
    bk_f64(set.kernel).pointee.softmax(rows, classes, logits, stride, probabilities, probabilityStride)
  }

  public static func kernelSumOfSquares(_ set: InstructionSet, _ count: Int, _ x: UnsafePointer<Double>) -> Double {
    bk_f64(set.kernel).pointee.sum_of_squares(count, x)
  }

  public static func kernelSquaredDistance(
    _ set: InstructionSet, _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>
  ) -> Double {
    bk_f64(set.kernel).pointee.squared_distance(count, x, y)
  }

  public static func kernelScale(
    _ set: InstructionSet, _ count: Int, _ factor: Double, _ x: UnsafeMutablePointer<Double>
  ) {
    bk_f64(set.kernel).pointee.scale(count, factor, x)
  }

  public static func kernelClamp(
    _ set: InstructionSet, _ count: Int, _ bound: Double, _ x: UnsafeMutablePointer<Double>
  ) {
    bk_f64(set.kernel).pointee.clamp(count, bound, x)
  }

  public static func kernelApproach(
    _ set: InstructionSet, _ count: Int, _ share: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) {
    bk_f64(set.kernel).pointee.approach(count, share, x, y)
  }

  public static func kernelUpdate(
    _ set: InstructionSet, _ update: bk_update, _ count: Int, _ weights: UnsafeMutablePointer<Double>,
    _ gradient: UnsafePointer<Double>,
    _ state0: UnsafeMutablePointer<Double>?, _ state1: UnsafeMutablePointer<Double>?,
    _ state2: UnsafeMutablePointer<Double>?
  ) {
    withUnsafePointer(to: update) {
      bk_f64(set.kernel).pointee.update($0, count, weights, gradient, state0, state1, state2)
    }
  }

  public static func kernelLAMBMoments(
    _ set: InstructionSet, _ update: bk_update, _ count: Int, _ weights: UnsafePointer<Double>,
    _ gradient: UnsafePointer<Double>,
    _ state0: UnsafeMutablePointer<Double>, _ state1: UnsafeMutablePointer<Double>
  ) -> (weights: Double, steps: Double) {
    var sums = (weights: 0.0, steps: 0.0)
    withUnsafePointer(to: update) { update in
      withUnsafeMutableBytes(of: &sums) { bytes in
        bk_f64(set.kernel).pointee.lamb_moments(
          update, count, weights, gradient, state0, state1, bytes.assumingMemoryBound(to: Double.self).baseAddress!)
      }
    }
    return sums
  }
}
