import BatchAlgebra
import Glibc

/// Normal points labelled by a random network, so that the task is learnable and its noise is known.
///
/// The teacher has 20 inputs, 32 hidden tanh units and 5 outputs; the largest output is the class. One label in ten is
/// replaced by a random one: no rule can be right for more than 92 % of the examples.
enum TeacherTask {
  static var inputs: Int { 20 }
  static var hidden: Int { 32 }
  static var classes: Int { 5 }
  static var noise: Double { 0.1 }

  static func make(examples: Int, seed: UInt64) throws(DataError) -> Dataset {
    guard examples >= 1 else { throw .unusable("teacher: at least 1 example must be made, not \(examples)") }
    var weights = RandomStream(seed: seed, name: "teacher weights")
    let first = draw(inputs * hidden, deviation: 1.5 / Double(inputs).squareRoot(), &weights)
    let second = draw(hidden * classes, deviation: 1, &weights)
    var points = RandomStream(seed: seed, name: "teacher points")
    var flips = RandomStream(seed: seed, name: "teacher noise")
    var elements: [Float] = []
    var labels: [Int32] = []
    for _ in 0..<examples {
      let point = draw(inputs, deviation: 1, &points)
      let flipped = flips.uniform() < noise
      let other = Int32(flips.next(upperBound: UInt64(classes)))
      labels.append(flipped ? other : label(of: point, first, second))
      elements.append(contentsOf: point.map(Float.init))
    }
    do {
      return try Dataset(
        name: "teacher", features: Matrix(rows: examples, columns: inputs, elements), exampleShape: [inputs],
        targets: .classes(labels: labels, names: (0..<classes).map { "class \($0)" }))
    } catch let error as DataError {
      throw error
    } catch {
      throw .outOfMemory("\(error)")
    }
  }

  private static func draw(_ count: Int, deviation: Double, _ stream: inout RandomStream) -> [Double] {
    (0..<count).map { _ in deviation * stream.normal() }
  }

  private static func label(of point: [Double], _ first: [Double], _ second: [Double]) -> Int32 {
    let activations = (0..<hidden).map { unit in
      tanh(point.indices.reduce(0) { $0 + point[$1] * first[$1 * hidden + unit] })
    }
    let outputs = (0..<classes).map { output in
      activations.indices.reduce(0) { $0 + activations[$1] * second[$1 * classes + output] }
    }
    return Int32(outputs.indices.max { outputs[$0] < outputs[$1] } ?? 0)
  }
}
