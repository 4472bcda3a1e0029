import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining

/// A small network with data and a loss, whose derivatives tests compare.
struct DerivativeTask {
  let model: Sequential
  let data: Dataset
  let loss: any Loss
  var smoothing = 0.0
  var context: ComputeContext?

  /// 23 examples of 9 features, of three classes, of two, or of three values as the loss reads them.
  init(_ loss: any Loss, smoothing: Double = 0, classes: Int? = nil, model: (_ outputs: Int) -> Sequential) throws {
    var stream = RandomStream(seed: 11, name: "task")
    let count = 23
    let features = (0..<count * 9).map { _ in Float(stream.normal()) }
    let targets: Targets
    if loss.readsClasses || classes != nil {
      let classes = classes ?? 3
      targets = .classes(
        labels: (0..<count).map { _ in Int32(stream.integer(below: classes)) },
        names: (0..<classes).map { "class \($0)" })
    } else {
      targets = .values(try Matrix(rows: count, columns: 3, (0..<count * 3).map { _ in Float(stream.uniform()) }))
    }
    data = try Dataset(
      name: "task", features: Matrix(rows: count, columns: 9, features), exampleShape: [9], targets: targets)
    self.model = model(loss.readsClasses || classes == nil ? 3 : 1)
    self.loss = loss
    self.smoothing = smoothing
  }

  /// The same with two hidden layers of an activation, wide enough for panels of every width, and narrow.
  init(_ activation: Activation, _ loss: any Loss, smoothing: Double = 0) throws {
    try self.init(loss, smoothing: smoothing) { outputs in
      Sequential(inputShape: [9]) {
        Dense(17, activation)
        Dense(5, activation)
        Dense(outputs)
      }
    }
  }

  func network<S: Scalar>(_ type: S.Type) throws -> Network<S> {
    let network = try Network<S>(model, seed: 3, context: context ?? .test(S.self))
    // Biases begin at zero; none of the derivatives is to be had by chance.
    var stream = RandomStream(seed: 5, name: "biases")
    for slot in network.slots where slot.shape.count == 1 {
      network.setValues(of: slot, (0..<slot.count).map { _ in S(0.3 * stream.normal()) })
    }
    return network
  }

  func function<S: Scalar>(_ type: S.Type, microBatch: Int = 256, examples: [Int32]? = nil) throws -> DatasetLoss<S> {
    let network = try network(S.self)
    return try DatasetLoss(
      network, on: data, examples: examples, loss: loss, labelSmoothing: smoothing, microBatch: microBatch,
      team: ThreadTeam(threads: network.context.threads))
  }
}

extension DatasetLoss {
  /// A random direction of length 1, the same for every number type.
  func direction(_ index: Int = 0) throws -> AlignedBuffer<S> {
    let vector = try AlignedBuffer<S>(count: parameters.count)
    var stream = RandomStream(seed: 1, name: "direction", index: UInt64(index))
    network.fill(vector.elements, with: .normal, from: &stream)
    let length = norm(UnsafeBufferPointer(vector.elements))
    scale(vector.elements, by: 1 / length)
    return vector
  }

  /// The parameters as a point, for as long as the function lives.
  var point: UnsafeBufferPointer<S> { UnsafeBufferPointer(parameters.elements) }

  /// H·v at the parameters.
  func hessian(_ v: AlignedBuffer<S>) throws -> [Double] {
    let product = try AlignedBuffer<S>(count: v.count)
    try hessianProduct(at: point, along: UnsafeBufferPointer(v.elements), into: product.elements)
    return product.elements.map { Double($0) }
  }

  /// G·v at the parameters.
  func gaussNewton(_ v: AlignedBuffer<S>) throws -> [Double] {
    let product = try AlignedBuffer<S>(count: v.count)
    try gaussNewtonProduct(at: point, along: UnsafeBufferPointer(v.elements), into: product.elements)
    return product.elements.map { Double($0) }
  }

  /// The gradient at the parameters moved by `step` along v.
  func gradient(moved step: S, along v: AlignedBuffer<S>) throws -> (value: Double, gradient: [Double]) {
    let moved = try AlignedBuffer<S>(count: v.count)
    _ = moved.elements.update(fromContentsOf: parameters.elements)
    try axpy(step, UnsafeBufferPointer(v.elements), into: moved.elements)
    let result = try AlignedBuffer<S>(count: v.count)
    let value = try gradient(at: UnsafeBufferPointer(moved.elements), into: result.elements)
    return (value, result.elements.map { Double($0) })
  }
}

/// |a − b| / |b|.
func relativeDistance(_ a: [Double], _ b: [Double]) throws -> Double {
  try squaredDistance(a, b).squareRoot() / norm(b)
}
