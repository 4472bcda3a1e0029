import BatchAlgebra
import BatchData
import BatchTestSupport
import BatchTraining
import CAllocationCounter
import Testing

@Suite struct StepMemoryTests {
  private static let model = Sequential(inputShape: [4, 5]) {
    Dense(200, .relu)
    Dense(33, .gelu)
    Dense(3)
  }

  private static func data() throws -> Dataset {
    try Dataset(
      name: "zeros", features: Matrix(rows: 64, columns: 20), exampleShape: [20],
      targets: .classes(labels: (0..<64).map { Int32($0 % 3) }, names: ["a", "b", "c"]))
  }

  /// What the system is asked for, counted by another than the one who asks; in a process without other tests.
  private static func requireTrue<S: Scalar>(
    _ loss: any Loss, _ optimizer: any Optimizer, capacity: Int, microBatch: Int? = nil, engine: GEMMEngine, _: S.Type
  ) throws {
    let data = try data()
    let team = try ThreadTeam(threads: 2)
    let context = ComputeContext.test(S.self, engine: engine)
    let before = aligned_byte_count()
    let network = try Network<S>(model, seed: 1, context: context)
    let parameters = aligned_byte_count() - before
    let step = try TrainingStep(
      network, on: data, loss: loss, optimizer: optimizer, capacity: capacity, microBatch: microBatch, team: team)
    let all = aligned_byte_count() - before
    let memory = try StepMemory(
      model, loss: loss, optimizer: optimizer, capacity: capacity, microBatch: microBatch,
      context: context)
    precondition(memory.parameterBytes == parameters, "\(parameters) bytes of parameters, not \(memory)")
    precondition(memory.byteCount == all, "\(all) bytes, not \(memory)")
    precondition(step.memory == memory, "\(step.memory), not \(memory)")
  }

  /// What is collected of examples' gradients is counted as well.
  @Test(.enabled(if: !Sanitizer.isOn), arguments: [1, 7, 64])
  func countsWhatObservingTakes(_ capacity: Int) async {
    await #expect(processExitsWith: .success) { [capacity] in
      for (needs, microBatch) in [
        ([.innerProducts, .elementSquares], nil), (.elementSquares, 3), ([.exampleNorms, .microBatchNorms], 3),
      ] as [(StepNeeds, Int?)] {
        let (data, team) = (try Self.data(), try ThreadTeam(threads: 2))
        let network = try Network<Float>(Self.model, seed: 1, context: .test(Float.self))
        let optimizer = try SGD(learningRate: 0.1)
        let before = aligned_byte_count()
        let step = try TrainingStep(
          network, on: data, loss: .softmaxCrossEntropy, optimizer: optimizer, capacity: capacity,
          microBatch: microBatch, needs: needs, team: team)
        let all = aligned_byte_count() - before
        let counted = step.memory.byteCount - step.memory.parameterBytes
        precondition(counted == all, "\(all) bytes, not \(counted)")
      }
    }
  }

  /// 20 000 rows of padded outputs are several huge pages.
  @Test(.enabled(if: !Sanitizer.isOn), arguments: NamedLoss.known.map(NamedLoss.init), [1, 7, 64, 20_000])
  func countsWhatIsAllocated(_ loss: NamedLoss, _ capacity: Int) async {
    await #expect(processExitsWith: .success) { [loss, capacity] in
      let loss = loss.wrappedValue
      for engine in GEMMEngine.allCases {
        let sgd = try SGD(learningRate: 0.1)
        try Self.requireTrue(loss, sgd, capacity: capacity, engine: engine, Float.self)
        try Self.requireTrue(
          loss, SGD(learningRate: 0.1, momentum: 0.9), capacity: capacity, engine: engine, Float.self)
        try Self.requireTrue(loss, Adam(), capacity: capacity, engine: engine, Double.self)
        try Self.requireTrue(
          loss, sgd, capacity: capacity, microBatch: (capacity + 2) / 3, engine: engine, Float.self)
        try Self.requireTrue(loss, sgd, capacity: capacity, microBatch: 7, engine: engine, Float.self)
        try Self.requireTrue(
          loss, RMSProp(momentum: 0.9, centred: true), capacity: capacity, engine: engine, Float.self)
        // Its norms are memory, too.
        try Self.requireTrue(loss, LAMB(), capacity: capacity, engine: engine, Float.self)
      }
    }
  }

  private func memory(
    _ capacity: Int, model: Sequential = Self.model, loss: any Loss = .softmaxCrossEntropy, threads: Int = 2
  ) throws -> StepMemory {
    try StepMemory(
      model, loss: loss, optimizer: Adam(), capacity: capacity,
      context: .test(Float.self, threads: threads))
  }

  /// Rows are padded to a multiple of 64 and 16 more: 80, 272, 80 and 80 for 20, 200, 33 and 3.
  @Test func anExampleAddsItsRows() throws {
    // Input, outputs, what GELU keeps, gradients of the outputs; and the label.
    let scalars = 80 + (272 + 80 + 80) + 33 + (272 + 80 + 80)
    #expect(try memory(8).bytesPerExample == 4 * scalars + 4)
    #expect(try memory(8, loss: .meanSquaredError).bytesPerExample == 4 * (scalars + 3) + 4)
    let double = try StepMemory(
      Self.model, loss: .softmaxCrossEntropy, optimizer: Adam(), capacity: 8, context: .test(Double.self))
    #expect(double.bytesPerExample == 8 * scalars + 4)
  }

  @Test func partsAddUp() throws {
    let memory = try memory(100)
    #expect(memory.capacity == 100)
    #expect(memory.gradientBytes == memory.parameterBytes)
    // Two moments in one buffer, which ends with one line.
    #expect(memory.optimizerStateBytes == 2 * memory.parameterBytes - 64)
    #expect(memory.fixedBytes == 4 * memory.parameterBytes - 64 + memory.scratchBytes)
    #expect(memory.byteCount == memory.fixedBytes + memory.batchBytes + memory.activationBytes)
    #expect(try self.memory(200).fixedBytes == memory.fixedBytes)
    #expect(try self.memory(100, threads: 4).scratchBytes > memory.scratchBytes)
  }

  @Test func microBatchesTakeTheirShareAndASecondGradient() throws {
    func memory(_ capacity: Int, microBatch: Int) throws -> StepMemory {
      try StepMemory(
        Self.model, loss: .softmaxCrossEntropy, optimizer: Adam(), capacity: capacity, microBatch: microBatch,
        context: .test(Float.self))
    }
    let whole = try self.memory(34)
    let cut = try memory(100, microBatch: 34)
    #expect(cut.activationBytes == whole.activationBytes && cut.batchBytes == whole.batchBytes)
    #expect(cut.gradientBytes == 2 * whole.gradientBytes && cut.optimizerStateBytes == whole.optimizerStateBytes)
    #expect(cut.bytesPerExample == whole.bytesPerExample && cut.capacity == 100)
    // Where there is nothing to cut, there is nothing to add up.
    #expect(try memory(1, microBatch: 34) == self.memory(1))
    #expect(try memory(100, microBatch: 100) == self.memory(100))
    // A larger batch has more parts, and they are no larger.
    #expect(try memory(100_000, microBatch: 34).byteCount == cut.byteCount)
  }

  /// But for what eleven buffers are rounded up by, at most a huge page each.
  @Test(arguments: [1, 1000, 1_000_000])
  func growsByTheExample(_ capacity: Int) throws {
    let (small, large) = (try memory(capacity), try memory(3 * capacity))
    let growth = large.byteCount - small.byteCount - 2 * capacity * small.bytesPerExample
    #expect(abs(growth) <= 11 * (2 << 20))
  }

  private func largestBatch(within byteCount: Int, model: Sequential = Self.model) throws -> Int? {
    try StepMemory.largestBatch(
      within: byteCount, for: model, loss: .softmaxCrossEntropy, optimizer: Adam(), context: .test(Float.self))
  }

  @Test(arguments: [1, 2, 7, 64, 1000, 4095, 123_457])
  func theLargestBatchFitsAndTheNextDoesNot(_ capacity: Int) throws {
    let exact = try memory(capacity).byteCount
    for budget in [exact, exact + 1, exact + 1_000_000] {
      let largest = try #require(try largestBatch(within: budget))
      #expect(largest >= capacity)
      #expect(try memory(largest).byteCount <= budget)
      #expect(try memory(largest + 1).byteCount > budget)
    }
    let below = try largestBatch(within: exact - 1)
    #expect((below ?? 0) < capacity)
  }

  @Test func notEvenOneExampleMayFit() throws {
    let least = try memory(1).byteCount
    #expect(try largestBatch(within: least) != nil)
    for budget in [least - 1, 1, 0, -1, Int.min] { #expect(try largestBatch(within: budget) == nil) }
  }

  @Test func sizesThatNoMemoryHoldsAreErrors() throws {
    let tooLarge = ModelError.allocation(AllocationError(byteCount: Int.max))
    #expect(throws: tooLarge) { try memory(Int.max) }
    #expect(throws: tooLarge) { try memory(Int.max / 1000) }
    #expect(throws: tooLarge) {
      try TrainingStep<Float>(
        Network(Self.model, seed: 1, context: .test(Float.self)), on: Self.data(), loss: .softmaxCrossEntropy,
        optimizer: Adam(), capacity: Int.max,
        team: ThreadTeam(threads: 1))
    }
    let models = [
      Sequential(inputShape: [Int.max]) { Dense(3) },
      Sequential(inputShape: [Int.max, Int.max]) { Dense(3) },
      Sequential(inputShape: [20]) { Dense(Int.max) },
      Sequential(inputShape: [1 << 40]) { Dense(1 << 40) },
      Sequential(inputShape: [1 << 24], layers: (0..<9).map { _ in Dense(1 << 22) }),
    ]
    for model in models {
      #expect(throws: tooLarge) { try memory(1, model: model) }
      #expect(throws: tooLarge) { try Network<Float>(model, seed: 1, context: .test(Float.self)) }
      #expect(try largestBatch(within: Int.max, model: model) == nil)
    }
    // Wide, but a number of bytes that an Int holds.
    let wide = Sequential(inputShape: [1 << 46]) { Dense(1) }
    #expect(try memory(1, model: wide, threads: 2).byteCount > 1 << 50)
    #expect(try largestBatch(within: 1 << 50, model: wide) == nil)
    let all = try #require(try largestBatch(within: Int.max))
    #expect(try memory(all).byteCount <= Int.max)
    #expect(throws: tooLarge) { try memory(all + 1) }
  }

  @Test func refusesWhatCannotBe() {
    #expect(throws: ModelError.mismatch("a batch capacity must be at least 1, not 0")) { try memory(0) }
    #expect(throws: ModelError.mismatch("a batch capacity must be at least 1, not -1")) { try memory(-1) }
    #expect(throws: ModelError.mismatch("a micro-batch has at least 1 example, not 0")) {
      try StepMemory(
        Self.model, loss: .softmaxCrossEntropy, optimizer: Adam(), capacity: 8, microBatch: 0,
        context: .test(Float.self))
    }
    #expect(throws: ModelError.mismatch("a thread count must lie between 1 and 1024, not be 1025")) {
      try memory(1, threads: 1025)
    }
    #expect(throws: ModelError.invalidLayer("a shape cannot be [-1, 3]: -1 is below 0")) {
      try memory(1, model: Sequential(inputShape: [-1, 3]) { Dense(1) })
    }
    #expect(throws: ModelError.invalidLayer("a dense layer needs at least 1 unit, not 0")) {
      try largestBatch(within: 1, model: Sequential(inputShape: [3]) { Dense(0) })
    }
  }
}
