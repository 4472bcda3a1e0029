import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

/// The loss on lines and planes.
@Suite struct LossLandscapeTests {
  private func loss(seed: UInt64) throws -> DatasetLoss<Float> {
    let data = try DataSource.dots(examples: 80).load(seed: 1).train
    let model = Sequential(inputShape: [2]) {
      Dense(9, .tanh)
      Dense(2)
    }
    return try DatasetLoss(
      Network<Float>(model, seed: seed, context: .test(Float.self)), on: data, loss: .softmaxCrossEntropy,
      team: ThreadTeam(threads: 2))
  }

  @Test func aLineMeetsItsEnds() throws {
    let (a, b) = (try loss(seed: 1), try loss(seed: 2))
    let line = try LossLine(of: a, from: a.parameters.point, to: b.parameters.point)
    #expect(line.points.count == 25 && line.points[0].position == -1 && line.points[24].position == 2)
    let ends = [8, 16].map { line.points[$0] }
    #expect(ends.map(\.position) == [0, 1])
    // The same sums of the same numbers.
    #expect(ends[0].loss == (try a.value(at: a.parameters.point)))
    #expect(ends[1].loss == (try b.value(at: b.parameters.point)))
    #expect(
      abs(line.distance - (try squaredDistance(a.parameters.point, b.parameters.point)).squareRoot()) < 1e-12)
  }

  @Test func aLineThroughAParabolaIsOne() throws {
    let function = Quadratic(eigenvalues: [2, 4])
    let (a, b): ([Double], [Double]) = ([1, 0], [0, 1])
    let line = try a.withUnsafeBufferPointer { a in
      try b.withUnsafeBufferPointer { b in try LossLine(of: function, from: a, to: b, at: [-1, 0, 0.25, 1, 2]) }
    }
    for point in line.points {
      let alpha = point.position
      #expect(abs(point.loss - ((1 - alpha) * (1 - alpha) + 2 * alpha * alpha)) < 1e-14)
    }
  }

  @Test func aSliceIsTheFunctionOnAPlane() throws {
    let function = Quadratic(eigenvalues: [2, 4, 6])
    let vectors: [[Double]] = [[0, 0, 1], [1, 0, 0], [1, 1, 0]]
    func slice(_ vectors: [[Double]]) throws(CurvatureError) -> LossSlice {
      try vectors[0].withUnsafeBufferPointer { x throws(CurvatureError) in
        try vectors[1].withUnsafeBufferPointer { u throws(CurvatureError) in
          try vectors[2].withUnsafeBufferPointer { v throws(CurvatureError) in
            try LossSlice(of: function, at: x, along: u, and: v, rows: [-1, 0, 2], columns: [0, 0.5])
          }
        }
      }
    }
    let found = try slice(vectors)
    for (i, s) in found.rows.enumerated() {
      for (j, t) in found.columns.enumerated() {
        #expect(abs(found.losses[i][j] - ((s + t) * (s + t) + 2 * t * t + 3)) < 1e-14)
      }
    }
    #expect(
      thrownError { () throws(CurvatureError) in try slice([vectors[0], [1, 1, 0], [-2, -2, 0]]) }
        == .setting("the directions are parallel, and span no plane"))
    #expect(
      thrownError { () throws(CurvatureError) in try slice([vectors[0], [0, 0, 0], [1, 0, 0]]) }
        == .zeroVector(what: "the first direction"))
    #expect(
      thrownError { () throws(CurvatureError) in try slice([vectors[0], [1, 0, 0], [1, 0]]) }
        == .length(what: "the second direction", found: 2, expected: 3))
  }

  /// Each column of a weight's direction has the length of that of the weight, and biases stay where they are.
  @Test func normalisesFilters() throws {
    let loss = try loss(seed: 3)
    let direction = try loss.randomDirection(seed: 1)
    let network = loss.network
    for slot in network.slots {
      let found = network.values(of: slot, in: direction)
      guard slot.shape.count == 2 else {
        #expect(found.allSatisfy { $0 == 0 })
        continue
      }
      let weights = network.values(of: slot, in: loss.parameters)
      for column in 0..<slot.shape[1] {
        let places = stride(from: column, to: found.count, by: slot.shape[1])
        let lengths = [found, weights].map { values in norm(places.map { values[$0] }) }
        #expect(abs(lengths[0] - lengths[1]) < 1e-5)
      }
    }
    let plain = try loss.randomDirection(normalisingFilters: false, seed: 1, index: 1)
    #expect(abs(norm(plain.point) - 1) < 1e-6)
    let slice = try LossSlice(
      of: loss, at: loss.parameters.point, along: direction.point, and: plain.point, rows: [0, 1], columns: [0, 1])
    #expect(slice.losses[0][0] == (try loss.value(at: loss.parameters.point)))
  }

  @Test func refusesALineWithoutADirection() throws {
    let loss = try loss(seed: 1)
    let point = loss.parameters.point
    #expect(
      thrownError { () throws(CurvatureError) in try LossLine(of: loss, from: point, to: point) }
        == .zeroVector(what: "the difference between the solutions"))
    let other = try loss.randomDirection(seed: 1)
    let short = UnsafeBufferPointer(rebasing: point[..<3])
    #expect(
      thrownError { () throws(CurvatureError) in try LossLine(of: loss, from: short, to: point) }
        == .length(what: "the first solution", found: 3, expected: point.count))
    #expect(
      thrownError { () throws(CurvatureError) in
        try LossLine(of: loss, from: point, to: other.point, at: [.infinity])
      } == .setting("a position on the line is a number, not inf"))
  }
}
