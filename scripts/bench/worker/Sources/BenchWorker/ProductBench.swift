import BatchAlgebra
import BatchProfiling

/// The requests for single products.
final class ProductBench {
  /// A layer in the layout of an engine.
  private struct Key: Hashable {
    var engine: ProfiledEngine.Kind
    var inputs: Int
    var outputs: Int
  }

  private let team: ThreadTeam
  private var prepared: [Key: PlannedProducts<Float>] = [:]

  init(team: ThreadTeam) { self.team = team }

  /// `product <auto|kernels|openblas|openblas-panels> <forward|backward-data|backward-weights> <inputs> <outputs> <batch> <warm-up calls>
  /// <calls>`: seconds a call, and how often a thread was switched out against its will.
  func product(_ arguments: [String]) throws -> Answer {
    let numbers = arguments.dropFirst(2).compactMap { Int($0) }
    guard arguments.count == 7, numbers.count == 5, numbers.prefix(3).allSatisfy({ $0 > 0 }), numbers[3] >= 0,
      numbers[4] > 0, let engine = ProfiledEngine.Kind(rawValue: arguments[0]), engine != .library,
      engine != .openBLASThreads, let pass = GEMMPlan.Pass(rawValue: arguments[1])
    else {
      throw RequestError.malformed("product takes an engine, a pass, inputs, outputs, a batch and two counts of calls")
    }
    let key = Key(engine: engine, inputs: numbers[0], outputs: numbers[1])
    let batch = numbers[2]
    var layer = prepared[key]
    if (layer?.operands.capacity ?? 0) < batch {
      let forced = ProfiledEngine(engine)
      let context = forced.context(Machine.context(Float.self, threads: team.threads))
      let layout = forced.layout(inputs: key.inputs, outputs: key.outputs, of: Float.self, in: context)
      layer = try PlannedProducts(
        try LayerOperands(
          inputs: key.inputs, outputs: key.outputs, layout: layout, capacity: batch,
          instructionSet: context.instructionSet),
        team: team, context: context)
      prepared[key] = layer
    }
    guard let layer else { throw RequestError.malformed("a batch must be at least 1") }
    for _ in 0..<numbers[3] { layer.run(pass, batch: batch, copy: 0) }
    let switches = involuntarySwitches()
    let start = ContinuousClock.now
    for _ in 0..<numbers[4] { layer.run(pass, batch: batch, copy: 0) }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return Answer([
      "method": .text(layer.method(pass, batch: batch).description), "seconds": .number(seconds / Double(numbers[4])),
      "switches": .number(Double(involuntarySwitches() - switches)),
      "value": .number(Double(Self.element(of: pass, in: layer.operands))),
    ])
  }

  /// One element of the last result of a pass.
  private static func element(of pass: GEMMPlan.Pass, in operands: LayerOperands<Float>) -> Float {
    switch pass {
    case .forward: operands.output(1)[0, 0]
    case .backwardData: operands.inputGradient(1)[0, 0]
    case .backwardWeights: operands.gradient()[0, 0]
    }
  }
}
