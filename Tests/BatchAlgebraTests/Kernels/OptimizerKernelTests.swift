import BatchAlgebra
import BatchTestSupport
import CBatchKernels
import Testing

@Suite struct OptimizerKernelTests {
  struct Settings: Sendable {
    var momentum: Double
    var weightDecay: Double
    var nesterov: Bool
  }

  static let settings = [
    Settings(momentum: 0, weightDecay: 0, nesterov: false), Settings(momentum: 0, weightDecay: 0.01, nesterov: false),
    Settings(momentum: 0.9, weightDecay: 0, nesterov: false), Settings(momentum: 0.9, weightDecay: 0, nesterov: true),
    Settings(momentum: 0.5, weightDecay: 0.1, nesterov: false),
    Settings(momentum: 0.5, weightDecay: 0.1, nesterov: true),
  ]

  @Test(arguments: settings, [0, 1, 7, 16, 67]) func sgdFollowsItsTwin(settings: Settings, count: Int) {
    check(settings, count, as: Float.self, tolerance: 2e-6)
    check(settings, count, as: Double.self, tolerance: 1e-14)
  }

  private func check<S: Scalar>(_ settings: Settings, _ count: Int, as type: S.Type, tolerance: Double) {
    var numbers = TestNumbers(seed: UInt64(count))
    var weights: [S] = numbers.uniform(count: count, as: S.self)
    var velocity = [S](repeating: 0, count: count)
    var twin = NaiveSGD(weights: weights.map(Double.init))
    var withoutVelocity = weights
    for _ in 0..<7 {
      let gradient: [S] = numbers.uniform(count: count, as: S.self)
      var update = bk_update()
      update.rate = 0.1
      update.weight_decay = settings.weightDecay
      S.kernelUpdate(update, count, &withoutVelocity, gradient, nil, nil)
      update.rule = settings.nesterov ? BK_NESTEROV : BK_MOMENTUM
      update.momentum = settings.momentum
      S.kernelUpdate(update, count, &weights, gradient, &velocity, nil)
      twin.step(
        gradient.map(Double.init), rate: 0.1, momentum: settings.momentum, weightDecay: settings.weightDecay,
        nesterov: settings.nesterov)
    }
    #expect(firstMismatch(weights, twin.weights, absolute: tolerance) == nil)
    #expect(firstMismatch(velocity, twin.velocity, absolute: tolerance * 10) == nil)
    if settings.momentum == 0 {
      #expect(firstMismatch(withoutVelocity, twin.weights, absolute: tolerance) == nil)
    }
  }
}
