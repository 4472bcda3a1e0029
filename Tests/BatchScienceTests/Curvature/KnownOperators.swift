import BatchAlgebra
import BatchData
import BatchFoundation
import BatchScience
import BatchTestSupport
import BatchTraining

/// A symmetric matrix that is there.
struct KnownMatrix: SymmetricOperator {
  typealias Element = Double

  let matrix: Matrix<Double>

  init(_ matrix: Matrix<Double>) { self.matrix = matrix }

  /// Q·diag(λ)·Qᵀ with random orthonormal Q.
  init(eigenvalues: [Double], seed: UInt64 = 1) throws {
    let n = eigenvalues.count
    var stream = RandomStream(seed: seed, name: "rotation")
    let q = try QRDecomposition(of: Matrix<Double>(rows: n, columns: n, (0..<n * n).map { _ in stream.normal() })).q
    let scaled = try Matrix<Double>(rows: n, columns: n) { q[$0, $1] * eigenvalues[$1] }
    matrix = try product(scaled, times: q, .transposed)
  }

  var dimension: Int { matrix.rows }

  func apply(
    _ vector: UnsafeBufferPointer<Double>, into product: UnsafeMutableBufferPointer<Double>
  ) throws(CurvatureError) {
    do throws(ShapeError) {
      try matrix.withView { view throws(ShapeError) in try gemv(view, times: vector, into: product) }
    } catch {
      throw .algebra(.shape(error))
    }
  }
}

/// ½·Σ λᵢzᵢ² + c of a vector z.
struct Quadratic: DifferentiableFunction {
  typealias Element = Double

  let eigenvalues: [Double]
  var constant = 0.0

  var dimension: Int { eigenvalues.count }

  func value(at point: UnsafeBufferPointer<Double>) throws(CurvatureError) -> Double {
    zip(eigenvalues, point).reduce(constant) { $0 + $1.0 * $1.1 * $1.1 / 2 }
  }

  func gradient(
    at point: UnsafeBufferPointer<Double>, into gradient: UnsafeMutableBufferPointer<Double>
  ) throws(CurvatureError) -> Double {
    for i in point.indices { gradient[i] = eigenvalues[i] * point[i] }
    return try value(at: point)
  }
}

/// Least squares as a network: one dense layer without a hidden one, whose Hessian by the parameters is known.
struct LeastSquaresTask {
  let data: Dataset
  let inputs: Int
  let outputs: Int
  let examples: Int

  init(examples: Int = 60, inputs: Int = 13, outputs: Int = 3) throws {
    var stream = RandomStream(seed: 4, name: "least squares")
    // Features of many sizes, so that eigenvalues spread.
    let features = (0..<examples * inputs).map { Float(stream.normal() / Double(1 + $0 % inputs)) }
    let targets = (0..<examples * outputs).map { _ in Float(stream.normal()) }
    data = try Dataset(
      name: "least squares", features: Matrix(rows: examples, columns: inputs, features),
      targets: .values(Matrix(rows: examples, columns: outputs, targets)))
    (self.inputs, self.outputs, self.examples) = (inputs, outputs, examples)
  }

  func network<S: Scalar>(_ type: S.Type) throws -> Network<S> {
    try Network(Sequential(inputShape: [inputs]) { Dense(outputs) }, seed: 2, context: .test(S.self))
  }

  func loss<S: Scalar>(_ type: S.Type) throws -> DatasetLoss<S> {
    try DatasetLoss(network(S.self), on: data, loss: .meanSquaredError, microBatch: 32, team: ThreadTeam(threads: 2))
  }

  /// The eigenvalues of the Hessian: those of 2/(N·K)·ÃᵀÃ, with a column of ones beside the features, once for each of
  /// the K outputs.
  func eigenvalues() throws -> [Double] {
    let extended = try Matrix<Double>(rows: examples, columns: inputs + 1) { i, j in
      j < inputs ? Double(data.features[i, j]) : 1
    }
    let gram = try product(extended, .transposed, times: extended)
    let values = try SymmetricEigendecomposition.values(of: gram)
    return values.flatMap { value in
      [Double](repeating: 2 * value / Double(examples * outputs), count: outputs)
    }
  }
}

extension AlignedBuffer where Element: Scalar {
  /// The elements, to be read, for as long as the buffer lives.
  var point: UnsafeBufferPointer<Element> { UnsafeBufferPointer(elements) }
}
