import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import Testing

@Suite("Gathering a batch")
struct BatchGatherTests {
  // 300 × 200 floats are 240 kB: the copy of all rows is shared among the team, that of ten is not.
  private static let rows = 300
  private static let columns = 200

  private func features() throws -> Matrix<Float> {
    var stream = RandomStream(seed: 9, name: "features")
    return try Matrix(
      rows: Self.rows, columns: Self.columns,
      (0..<Self.rows * Self.columns).map { _ in Float(stream.uniform()) })
  }

  private func check<S: Scalar>(_ type: S.Type, indices: [Int32], threads: Int) throws {
    let labels = (0..<Int32(Self.rows)).map { $0 * 7 % 10 }
    let names = (0..<10).map { String($0) }
    let data = try Dataset(name: "d", features: features(), targets: .classes(labels: labels, names: names))
    let team = try ThreadTeam(threads: threads)
    let stride = Self.columns + 5
    var batch = try Matrix<S>(rows: indices.count + 1, columns: stride)
    var gathered = [Int32](repeating: -1, count: indices.count + 1)
    batch.withMutableView { view in
      indices.withUnsafeBufferPointer { indices in
        gathered.withUnsafeMutableBufferPointer { gathered in
          guard let labels = gathered.baseAddress else { return }
          let target = MutableMatrixView(
            view.baseAddress, rows: view.rows, columns: Self.columns, rowStride: stride)
          data.gather(indices, into: target, labels: labels, team: team)
        }
      }
    }
    for (row, index) in indices.enumerated() {
      let copied = (0..<stride).map { batch[row, $0] }
      let expected = (0..<Self.columns).map { S(data.features[Int(index), $0]) } + [S](repeating: 0, count: 5)
      #expect(copied == expected)
    }
    #expect((0..<stride).allSatisfy { batch[indices.count, $0] == 0 })
    #expect(gathered == indices.map { labels[Int($0)] } + [-1])
  }

  @Test("Rows and labels are those of a naive copy, and nothing else is written", arguments: [1, 2, 3], [1, 10, 300])
  func gathers(threads: Int, count: Int) throws {
    var stream = RandomStream(seed: 3, name: "indices")
    var indices = stream.permutation(of: 0..<Int32(Self.rows))
    indices = Array(indices.prefix(count))
    indices[0] = indices[count - 1]
    try check(Float.self, indices: indices, threads: threads)
    try check(Double.self, indices: indices, threads: threads)
  }

  @Test("Values to predict are gathered like features")
  func values() throws {
    let values = try Matrix<Float>(rows: Self.rows, columns: 2, (0..<Self.rows * 2).map { Float($0) })
    let data = try Dataset(name: "d", features: features(), targets: .values(values))
    let team = try ThreadTeam(threads: 2)
    let indices: [Int32] = [299, 0, 17]
    var inputs = try Matrix<Double>(rows: 3, columns: Self.columns)
    var outputs = try Matrix<Double>(rows: 3, columns: 2)
    inputs.withMutableView { inputs in
      outputs.withMutableView { outputs in
        indices.withUnsafeBufferPointer { data.gather($0, into: inputs, values: outputs, team: team) }
      }
    }
    #expect(outputs.elements == [598, 599, 0, 1, 34, 35])
    #expect(inputs[2, 5] == Double(data.features[17, 5]))
  }
}
