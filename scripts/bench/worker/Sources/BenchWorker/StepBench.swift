import BatchAlgebra
import BatchScience
import BatchTraining

/// The requests for whole training steps.
final class StepBench {
  private let team: ThreadTeam
  private var prepared: (any PreparedStep)?

  init(team: ThreadTeam) { self.team = team }

  /// `prepare <widths, as 784-512-10> <optimizer> <largest batch> [float|double] [quantities]`.
  func prepare(_ arguments: [String]) throws -> Answer {
    guard (3...5).contains(arguments.count), let capacity = Int(arguments[2]), capacity > 0 else {
      throw RequestError.malformed(
        "prepare takes widths, an optimizer, the largest batch, a precision and quantities")
    }
    let widths = arguments[0].split(separator: "-").compactMap { Int($0) }
    guard widths.count >= 2, widths.allSatisfy({ $0 > 0 }) else {
      throw RequestError.malformed("\(arguments[0]) is not a list of widths such as 784-512-10")
    }
    let optimizer = try Self.optimizer(arguments[1])
    let names = arguments.count > 4 ? try NamedQuantity.list(arguments[4]) : []
    let quantities = names.map { $0.make() }
    switch arguments.count > 3 ? arguments[3] : "float" {
    case "float":
      prepared = try MLPStep<Float>(
        widths: widths, optimizer: optimizer, quantities: quantities, capacity: capacity, team: team)
    case "double":
      prepared = try MLPStep<Double>(
        widths: widths, optimizer: optimizer, quantities: quantities, capacity: capacity, team: team)
    default: throw RequestError.malformed("\(arguments[3]) is neither float nor double")
    }
    return Answer(["optimizer": .text("\(optimizer)")])
  }

  /// `step <batch> <warm-up steps> <steps>`: seconds a step, and how often a thread was switched out against its will.
  func step(_ arguments: [String]) throws -> Answer {
    let numbers = arguments.compactMap { Int($0) }
    guard numbers.count == 3, arguments.count == 3, numbers[0] > 0, numbers[1] >= 0, numbers[2] > 0 else {
      throw RequestError.malformed("step takes a batch, a number of steps to warm up and a number of steps")
    }
    guard let prepared else { throw RequestError.malformed("step comes after prepare") }
    guard numbers[0] <= prepared.capacity else {
      throw RequestError.malformed("a batch of \(numbers[0]) is larger than the \(prepared.capacity) prepared for")
    }
    let sample = prepared.sample(batch: numbers[0], warmUp: numbers[1], steps: numbers[2])
    return Answer([
      "seconds": .number(sample.seconds), "switches": .number(Double(sample.switches)), "value": .number(sample.loss),
    ])
  }

  private static func optimizer(_ name: String) throws -> any Optimizer {
    switch name {
    case "sgd": try SGD(learningRate: 0.01, momentum: 0.9)
    case "sgd-plain": try SGD(learningRate: 0.01)
    case "adam": try Adam(learningRate: 0.001)
    case "adamw": try AdamW(learningRate: 0.001)
    case "rmsprop": try RMSProp(learningRate: 0.001)
    case "rmsprop-centred": try RMSProp(learningRate: 0.001, epsilon: 0.01, momentum: 0.9, centred: true)
    case "adagrad": try Adagrad(learningRate: 0.01)
    case "lars": try LARS(learningRate: 1)
    case "lamb": try LAMB(learningRate: 0.001)
    default: throw RequestError.unsupported("this engine has no optimizer \(name)")
    }
  }
}
