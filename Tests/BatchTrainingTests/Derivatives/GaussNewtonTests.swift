import BatchAlgebra
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Glibc
import Testing

/// Products with the Gauss–Newton matrix against its definition Jᵀ·H_L·J.
@Suite struct GaussNewtonTests {
  /// How the network's outputs change along a direction, by central differences; [examples × outputs].
  private func jacobian(
    _ task: DerivativeTask, _ function: DatasetLoss<Double>, _ v: AlignedBuffer<Double>
  ) throws -> [Double] {
    let inputs = try Matrix<Double>(rows: task.data.count, columns: 9, task.data.features.elements.map { Double($0) })
    func outputs(_ step: Double) throws -> [Double] {
      let network = try Network(copying: function.network)
      _ = network.parameters.elements.update(fromContentsOf: function.parameters.elements)
      try axpy(step, UnsafeBufferPointer(v.elements), into: network.parameters.elements)
      return try network.predict(inputs).elements
    }
    let step = 1e-5
    return zip(try outputs(step), try outputs(-step)).map { ($0 - $1) / (2 * step) }
  }

  /// The second derivative of an example's loss by the outputs z, times t, from its closed form.
  private func lossHessian(_ loss: any Loss, _ z: [Double], _ t: [Double]) -> [Double] {
    switch loss {
    case is SoftmaxCrossEntropy:
      let p = NaiveLoss.softmax(z)
      let mean = zip(p, t).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(p, t).map { $0 * ($1 - mean) }
    case is BinaryCrossEntropy: return zip(z, t).map { 1 / (1 + exp(-$0)) / (1 + exp($0)) * $1 }
    default: return t.map { 2 * $0 / Double(z.count) }
    }
  }

  @Test(arguments: Activation.allCases, NamedLoss.known)
  func isWhatItsDefinitionSays(_ activation: Activation, _ loss: any Loss) throws {
    let task = try DerivativeTask(activation, loss)
    let function = try task.function(Double.self, microBatch: 9)
    let inputs = try Matrix<Double>(rows: task.data.count, columns: 9, task.data.features.elements.map { Double($0) })
    let z = try task.network(Double.self).predict(inputs)
    let v = try function.direction(0)
    let product = try function.gaussNewton(v)
    let jv = try jacobian(task, function, v)
    for index in 0..<4 {
      // uᵀ·G·v = (Ju)ᵀ·H_L·(Jv), the mean over the examples.
      let u = try function.direction(index)
      let ju = try jacobian(task, function, u)
      var expected = 0.0
      for i in 0..<z.rows {
        let row = i * z.columns..<(i + 1) * z.columns
        let bent = lossHessian(loss, z.row(i), Array(jv[row]))
        expected += zip(ju[row], bent).reduce(0) { $0 + $1.0 * $1.1 } / Double(z.rows)
      }
      let size = norm(product)
      #expect(abs(try dot(Array(u.elements), product) - expected) < 1e-7 * size)
    }
    #expect(try dot(Array(v.elements), product) >= 0)
  }

  /// Without curvature of the network itself nothing is left out.
  @Test(arguments: NamedLoss.known)
  func isTheHessianOfALinearModel(_ loss: any Loss) throws {
    let function = try DerivativeTask(loss) { outputs in
      Sequential(inputShape: [9]) { Dense(outputs) }
    }.function(Double.self)
    let v = try function.direction()
    #expect(try relativeDistance(function.gaussNewton(v), function.hessian(v)) < 1e-14)
  }
}
