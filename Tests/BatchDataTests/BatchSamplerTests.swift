import BatchData
import BatchFormats
import BatchTestSupport
import Testing

@Suite("The sampler")
struct BatchSamplerTests {
  private func batches(_ sampler: BatchSampler) -> [[Int32]] {
    (0..<sampler.batchesPerEpoch).map { sampler.withBatch($0) { Array($0) } }
  }

  @Test("Kept epochs are permutations cut into batches", arguments: [1, 7, 8, 9, 32, 99, 100], [true, false])
  func keep(batchSize: Int, shuffles: Bool) throws {
    var sampler = try BatchSampler(exampleCount: 100, batchSize: batchSize, seed: 5, shuffles: shuffles)
    for epoch in 0..<3 {
      sampler.start(epoch: epoch)
      let batches = batches(sampler)
      #expect(batches.count == (100 + batchSize - 1) / batchSize)
      #expect(batches.dropLast().allSatisfy { $0.count == batchSize })
      #expect(batches.indices.allSatisfy { batches[$0].count == sampler.count(ofBatch: $0) })
      let order = batches.flatMap { $0 }
      #expect(order.sorted() == Array(0..<100))
      #expect((order == Array(0..<100)) == !shuffles)
      #expect(sampler.examplesPerEpoch == order.count)
    }
  }

  @Test("Dropping leaves out the rest, other examples each epoch", arguments: [7, 32, 50, 100])
  func drop(batchSize: Int) throws {
    var sampler = try BatchSampler(exampleCount: 100, batchSize: batchSize, lastBatch: .drop, seed: 5)
    var seen: Set<Int32> = []
    for epoch in 0..<20 {
      sampler.start(epoch: epoch)
      let batches = batches(sampler)
      #expect(batches.count == 100 / batchSize)
      #expect(batches.allSatisfy { $0.count == batchSize })
      #expect(Set(batches.flatMap { $0 }).count == sampler.examplesPerEpoch)
      seen.formUnion(batches.flatMap { $0 })
    }
    #expect(seen.count == 100)
  }

  @Test("Wrapping fills the last batch with the epoch's first examples", arguments: [7, 32, 50, 99, 100])
  func wrap(batchSize: Int) throws {
    var sampler = try BatchSampler(exampleCount: 100, batchSize: batchSize, lastBatch: .wrap, seed: 5)
    for epoch in 0..<3 {
      sampler.start(epoch: epoch)
      let order = batches(sampler).flatMap { $0 }
      #expect(order.count == (100 + batchSize - 1) / batchSize * batchSize)
      #expect(order.count == sampler.examplesPerEpoch)
      #expect(Set(order.prefix(100)).count == 100)
      #expect(Array(order.dropFirst(100)) == Array(order.prefix(order.count - 100)))
    }
  }

  @Test("Batches whose size changes on the way go through the same order", arguments: BatchSampler.LastBatch.allCases)
  func changingSizes(lastBatch: BatchSampler.LastBatch) throws {
    let sampler = try BatchSampler(exampleCount: 100, batchSize: 32, lastBatch: lastBatch, seed: 5)
    let whole = try BatchSampler(exampleCount: 100, batchSize: 100, seed: 5).withBatch(0) { Array($0) }
    let sizes = [7, 32, 1, 32, 9, 32]
    var seen: [Int32] = []
    var counts: [Int] = []
    for size in sizes {
      guard let count = sampler.count(at: seen.count, size: size) else { break }
      sampler.withExamples(at: seen.count, count: count) { seen += $0 }
      counts.append(count)
    }
    switch lastBatch {
    case .keep: #expect(counts == [7, 32, 1, 32, 9, 19] && seen == whole)
    case .drop: #expect(counts == [7, 32, 1, 32, 9] && seen == Array(whole[..<81]))
    case .wrap: #expect(counts == sizes && seen == whole + whole[..<13])
    }
    #expect(sampler.count(at: 100, size: 1) == nil)
  }

  @Test("A walk from place to place meets the batches of an epoch", arguments: [1, 7, 32, 50, 99, 100], [0, 3])
  func places(size: Int, epoch: Int) throws {
    for lastBatch in BatchSampler.LastBatch.allCases {
      var sampler = try BatchSampler(exampleCount: 100, batchSize: size, lastBatch: lastBatch, seed: 5)
      sampler.start(epoch: epoch)
      var walked: [[Int32]] = []
      var place = 0
      while let count = sampler.count(at: place, size: size) {
        walked.append(sampler.withExamples(at: place, count: count) { Array($0) })
        place += count
      }
      #expect(walked == batches(sampler), "\(lastBatch)")
      #expect(place == sampler.examplesPerEpoch)
    }
  }

  @Test("An epoch's order depends on seed and epoch, on nothing that came before and not on the batch size")
  func determinism() throws {
    func order(_ seed: UInt64, _ epoch: Int, after earlier: [Int] = [], batchSize: Int = 16) throws -> [Int32] {
      var sampler = try BatchSampler(exampleCount: 200, batchSize: batchSize, seed: seed)
      for epoch in earlier { sampler.start(epoch: epoch) }
      sampler.start(epoch: epoch)
      return batches(sampler).flatMap { $0 }
    }
    let reference = try order(1, 4)
    #expect(try order(1, 4, after: [0, 9, 4, 2]) == reference)
    #expect(try order(1, 4, batchSize: 200) == reference)
    #expect(try order(1, 5) != reference)
    #expect(try order(2, 4) != reference)
    let fresh = try BatchSampler(exampleCount: 200, batchSize: 16, seed: 1)
    #expect(try batches(fresh).flatMap { $0 } == order(1, 0))
  }

  @Test(
    "Batch sizes that cannot work are refused",
    arguments: [
      (0, "the batch size 0 is not positive (there are 100 examples); choose a batch size between 1 and 100"),
      (-8, "the batch size -8 is not positive (there are 100 examples); choose a batch size between 1 and 100"),
      (101, "the batch size 101 is larger than the data, 100 examples; choose a batch size between 1 and 100"),
    ])
  func refused(batchSize: Int, expected: String) throws {
    let error = try #require(
      thrownError { () throws(DataError) in try BatchSampler(exampleCount: 100, batchSize: batchSize, seed: 0) })
    #expect(error.description == expected)
    #expect(error.kind == .invalidArgument)
  }
}
