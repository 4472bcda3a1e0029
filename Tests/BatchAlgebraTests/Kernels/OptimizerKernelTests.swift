import BatchAlgebra
import BatchTestSupport
import CBatchKernels
import Testing

@Suite struct OptimizerKernelTests {
  /// Calls the kernel with as many state vectors as there are.
  private func apply<S: Scalar>(_ update: bk_update, _ weights: inout [S], _ gradient: [S], _ state: inout [[S]]) {
    var vectors = state + [[S]](repeating: [], count: 3 - state.count)
    var (state1, state2) = (vectors[1], vectors[2])
    S.kernelUpdate(.underTest, update, weights.count, &weights, gradient, &vectors[0], &state1, &state2)
    state = Array([vectors[0], state1, state2].prefix(state.count))
  }

  @Test(arguments: UpdateExample.elementwise, [0, 1, 7, 16, 67]) func rulesFollowTheirTwin(
    _ example: UpdateExample, _ count: Int
  ) {
    check(example, count, as: Float.self, tolerance: 3e-6)
    check(example, count, as: Double.self, tolerance: 1e-14)
  }

  private func check<S: Scalar>(_ example: UpdateExample, _ count: Int, as: S.Type, tolerance: Double) {
    var numbers = TestNumbers(seed: UInt64(count))
    var weights: [S] = numbers.uniform(count: count, as: S.self)
    var state = example.state(count: count, from: &numbers, as: S.self)
    var twin = NaiveUpdate(weights: weights.map(Double.init), state: state.map { $0.map(Double.init) })
    for _ in 0..<7 {
      let gradient: [S] = numbers.uniform(count: count, as: S.self)
      apply(example.update, &weights, gradient, &state)
      twin.step(example.update, gradient.map(Double.init))
    }
    #expect(firstMismatch(weights, twin.weights, absolute: tolerance) == nil)
    for (found, expected) in zip(state, twin.state) {
      #expect(firstMismatch(found, expected, absolute: tolerance * 10) == nil)
    }
  }

  /// More elements than a block of directions, and fewer than a vector.
  @Test(arguments: [0, 1, 7, 64, 511, 512, 1541], [0, 0.1]) func lambFollowsItsTwin(_ count: Int, _ decay: Double) {
    checkLAMB(count, decay, as: Float.self, tolerance: 3e-6)
    checkLAMB(count, decay, as: Double.self, tolerance: 1e-13)
  }

  private func checkLAMB<S: Scalar>(_ count: Int, _ decay: Double, as: S.Type, tolerance: Double) {
    let example = UpdateExample(BK_LAMB, decay: decay, "LAMB")
    var numbers = TestNumbers(seed: UInt64(count))
    var weights: [S] = numbers.uniform(count: count, as: S.self)
    var state = example.state(count: count, from: &numbers, as: S.self)
    var twin = NaiveUpdate(weights: weights.map(Double.init), state: state.map { $0.map(Double.init) })
    for _ in 0..<7 {
      let gradient: [S] = numbers.uniform(count: count, as: S.self)
      var update = example.update
      update.rate = 1
      var (mean, square) = (state[0], state[1])
      let sums = S.kernelLAMBMoments(.underTest, update, count, weights, gradient, &mean, &square)
      state = [mean, square]
      update.rate = example.update.rate * (count > 0 ? (sums.weights / sums.steps).squareRoot() : 1)
      apply(update, &weights, gradient, &state)
      let expected = twin.lambStep(example.update, gradient.map(Double.init))
      #expect(abs(sums.weights - expected.weights) <= tolerance * expected.weights)
      #expect(abs(sums.steps - expected.steps) <= tolerance * expected.steps)
    }
    #expect(firstMismatch(weights, twin.weights, absolute: tolerance) == nil)
    for (found, expected) in zip(state, twin.state) {
      #expect(firstMismatch(found, expected, absolute: tolerance) == nil)
    }
  }

  /// A diverged run must show itself, and only where it diverged.
  @Test(arguments: UpdateExample.elementwise, [Double.nan, .infinity]) func whatIsNotFiniteStays(
    _ example: UpdateExample, _ value: Double
  ) {
    var numbers = TestNumbers(seed: 1)
    var weights: [Float] = numbers.uniform(count: 67, as: Float.self)
    var state = example.state(count: 67, from: &numbers, as: Float.self)
    var gradient: [Float] = numbers.uniform(count: 67, as: Float.self)
    let places = [3, 66]
    for place in places { gradient[place] = Float(value) }
    apply(example.update, &weights, gradient, &state)
    // Inf / Inf, or a step that never ends; a root of it that the kernel bounds makes a NaN all the same.
    for (index, weight) in weights.enumerated() {
      #expect(weight.isFinite == !places.contains(index), "\(index): \(weight)")
    }
  }

  /// In single precision the mean square can come out below the square of the mean.
  @Test func aVarianceIsNeverNegative() {
    var example = UpdateExample(BK_RMSPROP_CENTRED, decay: 0, "centred")
    example.update.epsilon = 1
    var weights: [Float] = [0]
    var state: [[Float]] = [[0.25], [1]]
    apply(example.update, &weights, [0.5], &state)
    #expect(abs(weights[0] + 0.005) < 1e-8)
  }

  static let lamb = [0, 0.1].map { UpdateExample(BK_LAMB, decay: $0, "LAMB\($0 > 0 ? " with decay" : "")") }
  static let scaling = UpdateExample.elementwise.filter { $0.squares != nil } + lamb

  /// A whole update, both passes of it where there are two, with the kernels of an instruction set.
  private func step(
    _ set: InstructionSet, _ update: bk_update, _ weights: inout [Float], _ gradient: [Float], _ state: inout [[Float]]
  ) {
    var update = update
    var vectors = state + [[Float]](repeating: [], count: 3 - state.count)
    var (state1, state2) = (vectors[1], vectors[2])
    if update.rule == BK_LAMB {
      let rate = update.rate
      var sums = [0.0, 0.0]
      update.rate = 1
      set.singleKernels.lamb_moments(&update, weights.count, weights, gradient, &vectors[0], &state1, &sums)
      update.rate = rate * (sums[0] > 0 && sums[1] > 0 ? (sums[0] / sums[1]).squareRoot() : 1)
    }
    set.singleKernels.update(&update, weights.count, &weights, gradient, &vectors[0], &state1, &state2)
    state = Array([vectors[0], state1, state2].prefix(state.count))
  }

  /// As PyTorch has it, whose order of the factors matters.
  ///
  /// Of 3e20 not even a hundredth of the square is finite: it stays infinite, and steps are 0. Of 1e20 it is finite.
  @Test(arguments: scaling, InstructionSet.supported) func squaresThatOverflowStayInfinite(
    _ example: UpdateExample, _ set: InstructionSet
  ) throws {
    let squares = try #require(example.squares)
    for (value, overflows) in [(Float(3e20), true), (1e20, example.update.rule == BK_ADAGRAD)] {
      var numbers = TestNumbers(seed: 1)
      var weights: [Float] = numbers.uniform(count: 67, as: Float.self)
      var state = example.state(count: 67, from: &numbers, as: Float.self)
      var twin = NaiveUpdate(weights: weights.map(Double.init), state: state.map { $0.map(Double.init) })
      let places = [3, 66]
      if overflows { for place in places { twin.state[squares][place] = .infinity } }
      for update in 0..<5 {
        var gradient: [Float] = numbers.uniform(count: 67, as: Float.self)
        if update == 0 { for place in places { gradient[place] = value } }
        step(set, example.update, &weights, gradient, &state)
        if example.update.rule == BK_LAMB {
          _ = twin.lambStep(example.update, gradient.map(Double.init))
        } else {
          twin.step(example.update, gradient.map(Double.init))
        }
      }
      #expect(firstMismatch(weights, twin.weights, absolute: 3e-6) == nil, "\(value)")
      #expect(firstMismatch(state[squares], twin.state[squares], relative: 1e-5) == nil, "\(value)")
    }
  }

  /// Even beside a gradient that is a number.
  @Test(arguments: UpdateExample.elementwise.filter { $0.squares != nil }, InstructionSet.supported)
  func stateThatIsNoNumberShows(_ example: UpdateExample, _ set: InstructionSet) throws {
    var numbers = TestNumbers(seed: 1)
    var weights: [Float] = numbers.uniform(count: 67, as: Float.self)
    var state = example.state(count: 67, from: &numbers, as: Float.self)
    let places = [3, 66]
    for place in places { state[try #require(example.squares)][place] = .nan }
    step(set, example.update, &weights, numbers.uniform(count: 67, as: Float.self), &state)
    for (index, weight) in weights.enumerated() { #expect(weight.isNaN == places.contains(index), "\(index)") }
  }

  /// What pads weights, and parameters without a gradient: a correction makes the least epsilon smaller still.
  @Test(arguments: scaling, InstructionSet.supported) func zerosStayWhatTheyAre(
    _ example: UpdateExample, _ set: InstructionSet
  ) {
    let settings = bk_flush_subnormals()
    defer { bk_restore_subnormals(settings) }
    var update = example.update
    update.epsilon = Double(Float.leastNormalMagnitude)
    update.correction2 = 1000
    let zeros = [Float](repeating: 0, count: 67)
    var weights = zeros
    var state = [[Float]](repeating: zeros, count: NaiveUpdate.stateCount(update.rule))
    for _ in 0..<2 { step(set, update, &weights, zeros, &state) }
    #expect(weights == zeros)
    #expect(state.allSatisfy { $0 == zeros })
  }
}
