import Testing

@testable import BatchFoundation

@Suite struct CircularBlocksTests {
  @Test(arguments: [(1, 1), (5, 1), (5, 5), (7, 3), (12, 4)])
  func blocksAreOfNeighboursAndTheLastIsCut(count: Int, length: Int) {
    var generator = RandomStream(seed: 3, name: "test")
    var times = [Int](repeating: 0, count: count)
    for _ in 0..<2000 {
      var places: [Int] = []
      CircularBlocks(count: count, length: length).draw(&generator) { places.append($0) }
      #expect(places.count == count)
      for index in places.indices where !index.isMultiple(of: length) {
        #expect(places[index] == (places[index - 1] + 1) % count)
      }
      for place in places { times[place] += 1 }
    }
    // Every place equally often: 2000 on average, with a standard deviation below 45 · √length.
    for time in times { #expect(abs(Double(time) - 2000) < 250 * Double(length).squareRoot()) }
  }
}
