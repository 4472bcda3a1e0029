import BatchData
import Testing

@Suite struct BatchSamplerTests {
  private func batches(_ sampler: BatchSampler) -> [[Int32]] {
    (0..<sampler.batchesPerEpoch).map { sampler.withBatch($0) { Array($0) } }
  }

  @Test(arguments: BatchSampler.LastBatch.allCases, [(10, 3), (12, 4), (7, 7), (5, 1), (100, 33)])
  func everyEpochIsAnOrderOfTheExamples(_ policy: BatchSampler.LastBatch, _ sizes: (examples: Int, batch: Int)) throws {
    var sampler = try BatchSampler(exampleCount: sizes.examples, batchSize: sizes.batch, lastBatch: policy, seed: 1)
    for epoch in 0..<3 {
      sampler.start(epoch: epoch)
      let batches = batches(sampler)
      let all = batches.flatMap { $0 }
      let rest = sizes.examples % sizes.batch
      switch policy {
      case .keep:
        #expect(all.sorted() == Array(0..<Int32(sizes.examples)))
        #expect(batches.dropLast().allSatisfy { $0.count == sizes.batch })
      case .drop:
        #expect(all.count == sizes.examples - rest && Set(all).count == all.count)
        #expect(batches.allSatisfy { $0.count == sizes.batch })
      case .wrap:
        #expect(Set(all).count == sizes.examples)
        #expect(batches.allSatisfy { $0.count == sizes.batch })
        // What fills the last batch up is the epoch's beginning.
        #expect(Array(all[sizes.examples...]) == Array(all[..<(all.count - sizes.examples)]))
      }
    }
  }

  @Test func theOrderDependsOnSeedAndEpochAlone() throws {
    func order(seed: UInt64, epochs: [Int]) throws -> [[Int32]] {
      var sampler = try BatchSampler(exampleCount: 50, batchSize: 50, seed: seed)
      for epoch in epochs { sampler.start(epoch: epoch) }
      return batches(sampler)
    }
    #expect(try order(seed: 1, epochs: [0, 1, 2]) == order(seed: 1, epochs: [2]))
    #expect(try order(seed: 1, epochs: [1]) != order(seed: 1, epochs: [2]))
    #expect(try order(seed: 1, epochs: [1]) != order(seed: 2, epochs: [1]))
  }

  @Test(arguments: [
    (0, "a batch size must be at least 1, not 0"),
    (-3, "a batch size must be at least 1, not -3"),
    (11, "a batch of 11 is more than the 10 training examples; use at most 10 ('full')"),
  ])
  func refusesSenselessBatchSizes(_ size: Int, _ message: String) {
    let error = #expect(throws: DataError.batchSize(size, exampleCount: 10)) {
      try BatchSampler(exampleCount: 10, batchSize: size, seed: 1)
    }
    #expect(error?.description == message)
  }
}
