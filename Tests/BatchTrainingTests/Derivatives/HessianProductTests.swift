import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

/// Products with the Hessian against differences of gradients, in `Double`.
@Suite struct HessianProductTests {
  private func requireDerivative(_ task: DerivativeTask, _ context: String = "") throws {
    let function = try task.function(Double.self, microBatch: 8)
    let v = try function.direction()
    let step = 1e-5
    let above = try function.gradient(moved: step, along: v).gradient
    let below = try function.gradient(moved: -step, along: v).gradient
    let expected = zip(above, below).map { ($0 - $1) / (2 * step) }
    #expect(try relativeDistance(function.hessian(v), expected) < 1e-6, "\(context)")
  }

  @Test(arguments: Activation.allCases, NamedLoss.known)
  func isTheDerivativeOfTheGradient(_ activation: Activation, _ loss: any Loss) throws {
    try requireDerivative(DerivativeTask(activation, loss))
  }

  @Test func countsLabelSmoothing() throws {
    try requireDerivative(DerivativeTask(.tanh, .softmaxCrossEntropy, smoothing: 0.2), "softmax")
    try requireDerivative(DerivativeTask(.tanh, .binaryCrossEntropy, smoothing: 0.2), "binary")
  }

  @Test func takesASingleOutputOfTwoClasses() throws {
    try requireDerivative(
      DerivativeTask(.binaryCrossEntropy, classes: 2) { outputs in
        Sequential(inputShape: [9]) {
          Dense(6, .gelu)
          Dense(outputs)
        }
      })
  }

  @Test(arguments: Activation.allCases)
  func goesThroughActivationsDropoutAndResidualSums(_ activation: Activation) throws {
    try requireDerivative(
      DerivativeTask(.softmaxCrossEntropy) { outputs in
        Sequential(inputShape: [9]) {
          Dropout(0.4)
          Residual {
            activation
            Dense(9, .tanh)
          }
          Dense(12)
          activation
          Residual {
            Dense(7, .sigmoid)
            Dropout(0.5)
            Dense(12)
          } shortcut: {
            Dense(12, .gelu)
          }
          activation
          Residual {
            Dense(12, .tanh)
          }
          Dense(outputs)
        }
      })
  }

  @Test(arguments: GEMMEngine.allCases, InstructionSet.supported)
  func isTheSameOfEveryEngine(_ engine: GEMMEngine, _ set: InstructionSet) throws {
    var task = try DerivativeTask(.softmaxCrossEntropy) { outputs in
      Sequential(inputShape: [9]) {
        Dense(150, .tanh)
        Dense(33, .gelu)
        Dense(outputs)
      }
    }
    task.context = .test(Double.self, threads: 2, engine: engine, instructionSet: set)
    let function = try task.function(Double.self, microBatch: 10)
    let v = try function.direction()
    task.context = .test(Double.self, threads: 1, engine: .openBLAS, instructionSet: .portable)
    let reference = try task.function(Double.self)
    let w = try reference.direction()
    func values(_ function: DatasetLoss<Double>, _ product: [Double]) throws -> [Double] {
      let vector = try AlignedBuffer<Double>(count: product.count)
      _ = vector.elements.update(fromContentsOf: product)
      return function.network.slots.flatMap { function.network.values(of: $0, in: vector) }
    }
    #expect(
      try relativeDistance(values(function, function.hessian(v)), values(reference, reference.hessian(w))) < 1e-12)
    #expect(
      try relativeDistance(values(function, function.gaussNewton(v)), values(reference, reference.gaussNewton(w)))
        < 1e-12)
  }

  @Test(arguments: Activation.allCases, NamedLoss.known)
  func floatIsCloseToDouble(_ activation: Activation, _ loss: any Loss) throws {
    let task = try DerivativeTask(activation, loss)
    let double = try task.function(Double.self)
    let float = try task.function(Float.self)
    func values<S: Scalar>(_ function: DatasetLoss<S>, _ product: [Double]) throws -> [Double] {
      let vector = try AlignedBuffer<S>(count: product.count)
      _ = vector.elements.update(fromContentsOf: product.map { S($0) })
      return function.network.slots.flatMap { function.network.values(of: $0, in: vector).map { Double($0) } }
    }
    #expect(
      try relativeDistance(
        values(float, float.hessian(float.direction())), values(double, double.hessian(double.direction()))) < 1e-5)
    #expect(
      try relativeDistance(
        values(float, float.gaussNewton(float.direction())), values(double, double.gaussNewton(double.direction())))
        < 1e-5)
  }

  @Test func isSymmetricAndZeroInThePadding() throws {
    let function = try DerivativeTask(.gelu, .softmaxCrossEntropy).function(Double.self)
    let (u, v) = (try function.direction(1), try function.direction(2))
    let (hu, hv) = (try function.hessian(u), try function.hessian(v))
    let (uhv, vhu) = (try dot(Array(u.elements), hv), try dot(Array(v.elements), hu))
    #expect(abs(uhv - vhu) < 1e-14)

    let total = norm(hv)
    let elements = try AlignedBuffer<Double>(count: hv.count)
    _ = elements.elements.update(fromContentsOf: hv)
    let ofParameters = function.network.slots.flatMap { function.network.values(of: $0, in: elements) }
    #expect(abs(norm(ofParameters) - total) < 1e-15)
    #expect(function.parameters.count > function.network.parameterCount)
  }

  /// What stands in the padding of a direction must not reach the product.
  @Test func takesNoNoticeOfWhatPadsADirection() throws {
    let function = try DerivativeTask(.tanh, .softmaxCrossEntropy).function(Double.self)
    let v = try function.direction()
    let expected = try function.hessian(v)
    let network = function.network
    let dirty = try AlignedBuffer<Double>(count: v.count)
    dirty.elements.update(repeating: 7)
    for slot in network.slots { network.setValues(of: slot, network.values(of: slot, in: v), in: dirty.elements) }
    #expect(try function.hessian(dirty) == expected)
  }

  @Test(arguments: [1, 7, 8, 23, 100])
  func microBatchesAddUp(_ microBatch: Int) throws {
    let task = try DerivativeTask(.sigmoid, .binaryCrossEntropy)
    let whole = try task.function(Double.self)
    let parts = try task.function(Double.self, microBatch: microBatch)
    let v = try whole.direction()
    #expect(try relativeDistance(parts.hessian(v), whole.hessian(v)) < 1e-13)
    #expect(try relativeDistance(parts.gaussNewton(v), whole.gaussNewton(v)) < 1e-13)
  }

  @Test func ofZeroIsZero() throws {
    let function = try DerivativeTask(.tanh, .softmaxCrossEntropy).function(Double.self)
    let zero = try AlignedBuffer<Double>(count: function.parameters.count)
    #expect(try function.hessian(zero).allSatisfy { $0 == 0 })
    #expect(try function.gaussNewton(zero).allSatisfy { $0 == 0 })
  }
}
