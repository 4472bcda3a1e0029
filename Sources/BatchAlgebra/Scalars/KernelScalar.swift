public import CBatchKernels

/// The C kernels of one precision, with raw pointers and no checks; the C headers say what each does.
public protocol KernelScalar {
  /// y ← f(y + bias) in place; the preactivation y + bias is kept where a place for it is given.
  static func kernelBiasActivation(
    _ activation: bk_activation, _ rows: Int, _ columns: Int, _ y: UnsafeMutablePointer<Self>, _ yStride: Int,
    _ bias: UnsafePointer<Self>, _ preactivation: UnsafeMutablePointer<Self>?, _ preactivationStride: Int
  )
  /// dy ← dy·f′ in place, from the saved output, or for GELU the saved preactivation.
  static func kernelActivationBackward(
    _ activation: bk_activation, _ rows: Int, _ columns: Int, _ dy: UnsafeMutablePointer<Self>, _ dyStride: Int,
    _ saved: UnsafePointer<Self>, _ savedStride: Int
  )
  /// Sums over the rows of a rows×columns matrix.
  static func kernelColumnSums(
    _ rows: Int, _ columns: Int, _ x: UnsafePointer<Self>, _ xStride: Int, _ sums: UnsafeMutablePointer<Self>
  )
  /// Summed softmax cross-entropy of the rows and, where asked for, its gradient times `scale`.
  static func kernelSoftmaxCrossEntropy(
    _ rows: Int, _ classes: Int, _ logits: UnsafePointer<Self>, _ stride: Int, _ labels: UnsafePointer<Int32>,
    _ scale: Self, _ gradient: UnsafeMutablePointer<Self>?, _ gradientStride: Int, _ correct: inout Int
  ) -> Double
  /// Summed binary cross-entropy on logits and, where asked for, its gradient times `scale`.
  static func kernelBinaryCrossEntropy(
    _ rows: Int, _ columns: Int, _ logits: UnsafePointer<Self>, _ stride: Int, _ targets: UnsafePointer<Self>,
    _ targetStride: Int, _ scale: Self, _ gradient: UnsafeMutablePointer<Self>?, _ gradientStride: Int
  ) -> Double
  /// Squared error summed over rows, averaged over columns, and its gradient times `scale`.
  static func kernelSquaredError(
    _ rows: Int, _ columns: Int, _ outputs: UnsafePointer<Self>, _ stride: Int, _ targets: UnsafePointer<Self>,
    _ targetStride: Int, _ scale: Self, _ gradient: UnsafeMutablePointer<Self>?, _ gradientStride: Int
  ) -> Double
  /// Row-wise softmax.
  static func kernelSoftmax(
    _ rows: Int, _ classes: Int, _ logits: UnsafePointer<Self>, _ stride: Int,
    _ probabilities: UnsafeMutablePointer<Self>, _ probabilityStride: Int
  )
  /// Σ xᵢ².
  static func kernelSumOfSquares(_ count: Int, _ x: UnsafePointer<Self>) -> Double
  /// Σ (xᵢ − yᵢ)².
  static func kernelSquaredDistance(
    _ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>
  ) -> Double
  /// One step of stochastic gradient descent over a whole parameter vector.
  static func kernelSGD(
    _ count: Int, _ weights: UnsafeMutablePointer<Self>, _ gradient: UnsafePointer<Self>,
    _ velocity: UnsafeMutablePointer<Self>?, _ rate: Self, _ momentum: Self, _ weightDecay: Self, _ nesterov: Bool
  )
}

extension Float: KernelScalar {
  public static func kernelBiasActivation(
    _ activation: bk_activation, _ rows: Int, _ columns: Int, _ y: UnsafeMutablePointer<Float>, _ yStride: Int,
    _ bias: UnsafePointer<Float>, _ preactivation: UnsafeMutablePointer<Float>?, _ preactivationStride: Int
  ) {
    bk_bias_activation_f32(activation, rows, columns, y, yStride, bias, preactivation, preactivationStride)
  }

  public static func kernelActivationBackward(
    _ activation: bk_activation, _ rows: Int, _ columns: Int, _ dy: UnsafeMutablePointer<Float>, _ dyStride: Int,
    _ saved: UnsafePointer<Float>, _ savedStride: Int
  ) {
    bk_activation_backward_f32(activation, rows, columns, dy, dyStride, saved, savedStride)
  }

  public static func kernelColumnSums(
    _ rows: Int, _ columns: Int, _ x: UnsafePointer<Float>, _ xStride: Int, _ sums: UnsafeMutablePointer<Float>
  ) {
    bk_column_sums_f32(rows, columns, x, xStride, sums)
  }

  public static func kernelSoftmaxCrossEntropy(
    _ rows: Int, _ classes: Int, _ logits: UnsafePointer<Float>, _ stride: Int, _ labels: UnsafePointer<Int32>,
    _ scale: Float, _ gradient: UnsafeMutablePointer<Float>?, _ gradientStride: Int, _ correct: inout Int
  ) -> Double {
    bk_softmax_cross_entropy_f32(rows, classes, logits, stride, labels, scale, gradient, gradientStride, &correct)
  }

  public static func kernelBinaryCrossEntropy(
    _ rows: Int, _ columns: Int, _ logits: UnsafePointer<Float>, _ stride: Int, _ targets: UnsafePointer<Float>,
    _ targetStride: Int, _ scale: Float, _ gradient: UnsafeMutablePointer<Float>?, _ gradientStride: Int
  ) -> Double {
    bk_binary_cross_entropy_f32(
      rows, columns, logits, stride, targets, targetStride, scale, gradient, gradientStride)
  }

  public static func kernelSquaredError(
    _ rows: Int, _ columns: Int, _ outputs: UnsafePointer<Float>, _ stride: Int, _ targets: UnsafePointer<Float>,
    _ targetStride: Int, _ scale: Float, _ gradient: UnsafeMutablePointer<Float>?, _ gradientStride: Int
  ) -> Double {
    bk_squared_error_f32(rows, columns, outputs, stride, targets, targetStride, scale, gradient, gradientStride)
  }

  public static func kernelSoftmax(
    _ rows: Int, _ classes: Int, _ logits: UnsafePointer<Float>, _ stride: Int,
    _ probabilities: UnsafeMutablePointer<Float>, _ probabilityStride: Int
  ) {
    bk_softmax_f32(rows, classes, logits, stride, probabilities, probabilityStride)
  }

  public static func kernelSumOfSquares(_ count: Int, _ x: UnsafePointer<Float>) -> Double {
    bk_sum_of_squares_f32(count, x)
  }

  public static func kernelSquaredDistance(
    _ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>
  ) -> Double {
    bk_squared_distance_f32(count, x, y)
  }

  public static func kernelSGD(
    _ count: Int, _ weights: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>,
    _ velocity: UnsafeMutablePointer<Float>?, _ rate: Float, _ momentum: Float, _ weightDecay: Float, _ nesterov: Bool
  ) {
    bk_sgd_f32(count, weights, gradient, velocity, rate, momentum, weightDecay, nesterov ? 1 : 0)
  }
}

extension Double: KernelScalar {
  public static func kernelBiasActivation(
    _ activation: bk_activation, _ rows: Int, _ columns: Int, _ y: UnsafeMutablePointer<Double>, _ yStride: Int,
    _ bias: UnsafePointer<Double>, _ preactivation: UnsafeMutablePointer<Double>?, _ preactivationStride: Int
  ) {
    bk_bias_activation_f64(activation, rows, columns, y, yStride, bias, preactivation, preactivationStride)
  }

  public static func kernelActivationBackward(
    _ activation: bk_activation, _ rows: Int, _ columns: Int, _ dy: UnsafeMutablePointer<Double>, _ dyStride: Int,
    _ saved: UnsafePointer<Double>, _ savedStride: Int
  ) {
    bk_activation_backward_f64(activation, rows, columns, dy, dyStride, saved, savedStride)
  }

  public static func kernelColumnSums(
    _ rows: Int, _ columns: Int, _ x: UnsafePointer<Double>, _ xStride: Int, _ sums: UnsafeMutablePointer<Double>
  ) {
    bk_column_sums_f64(rows, columns, x, xStride, sums)
  }

  public static func kernelSoftmaxCrossEntropy(
    _ rows: Int, _ classes: Int, _ logits: UnsafePointer<Double>, _ stride: Int, _ labels: UnsafePointer<Int32>,
    _ scale: Double, _ gradient: UnsafeMutablePointer<Double>?, _ gradientStride: Int, _ correct: inout Int
  ) -> Double {
    bk_softmax_cross_entropy_f64(rows, classes, logits, stride, labels, scale, gradient, gradientStride, &correct)
  }

  public static func kernelBinaryCrossEntropy(
    _ rows: Int, _ columns: Int, _ logits: UnsafePointer<Double>, _ stride: Int, _ targets: UnsafePointer<Double>,
    _ targetStride: Int, _ scale: Double, _ gradient: UnsafeMutablePointer<Double>?, _ gradientStride: Int
  ) -> Double {
    bk_binary_cross_entropy_f64(
      rows, columns, logits, stride, targets, targetStride, scale, gradient, gradientStride)
  }

  public static func kernelSquaredError(
    _ rows: Int, _ columns: Int, _ outputs: UnsafePointer<Double>, _ stride: Int, _ targets: UnsafePointer<Double>,
    _ targetStride: Int, _ scale: Double, _ gradient: UnsafeMutablePointer<Double>?, _ gradientStride: Int
  ) -> Double {
    bk_squared_error_f64(rows, columns, outputs, stride, targets, targetStride, scale, gradient, gradientStride)
  }

  public static func kernelSoftmax(
    _ rows: Int, _ classes: Int, _ logits: UnsafePointer<Double>, _ stride: Int,
    _ probabilities: UnsafeMutablePointer<Double>, _ probabilityStride: Int
  ) {
    bk_softmax_f64(rows, classes, logits, stride, probabilities, probabilityStride)
  }

  public static func kernelSumOfSquares(_ count: Int, _ x: UnsafePointer<Double>) -> Double {
    bk_sum_of_squares_f64(count, x)
  }

  public static func kernelSquaredDistance(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>
  ) -> Double {
    bk_squared_distance_f64(count, x, y)
  }

  public static func kernelSGD(
    _ count: Int, _ weights: UnsafeMutablePointer<Double>, _ gradient: UnsafePointer<Double>,
    _ velocity: UnsafeMutablePointer<Double>?, _ rate: Double, _ momentum: Double, _ weightDecay: Double,
    _ nesterov: Bool
  ) {
    bk_sgd_f64(count, weights, gradient, velocity, rate, momentum, weightDecay, nesterov ? 1 : 0)
  }
}
