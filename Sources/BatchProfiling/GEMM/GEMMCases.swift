import BatchAlgebra
import BatchFoundation
import Glibc

/// All engines of a plan with the operands of every layer, ready to run.
final class GEMMCases<S: Scalar> {
  private let plan: GEMMProfilePlan
  private let context: ComputeContext
  private let memory: GEMMMemory<S>
  private let teams: [Int: ThreadTeam]
  private var cases: [Case: any LayerProducts<S>] = [:]
  private var errors: [GEMMPointKey: Double] = [:]
  private let hasOwnThreads: [String: Bool]

  /// A layer whose products take next to no time: what a call of one takes is what beginning a call takes.
  private static var tiny: LayerShape { LayerShape(inputs: 8, outputs: 8) }

  private struct Case: Hashable {
    var engine: String
    var layer: LayerShape
    var threads: Int
  }

  /// Everything that is needed beside the memory of the operands.
  private struct Requirements {
    let memory: GEMMMemory<S>
    let teams: [Int: ThreadTeam]
    let libraries: [ProfiledEngine: CBLASFile]
  }

  /// Throws where a plan cannot be carried out, without allocating its operands.
  static func check(_ plan: GEMMProfilePlan, _ context: ComputeContext) throws(GEMMProfileError) {
    _ = try requirements(of: plan, context)
  }

  private static func requirements(
    of plan: GEMMProfilePlan, _ context: ComputeContext
  ) throws(GEMMProfileError) -> Requirements {
    for (part, isEmpty) in [
      ("layers", plan.layers.isEmpty), ("batch sizes", plan.batchSizes.isEmpty), ("engines", plan.engines.isEmpty),
      ("numbers of threads", plan.threads.isEmpty), ("products that these engines compute", plan.products.isEmpty),
    ] where isEmpty { throw .empty(part) }
    let memory = GEMMMemory<S>(plan, context)
    try memory.requireAvailable()
    var teams: [Int: ThreadTeam] = [:]
    do {
      for count in plan.threads { teams[count] = try ThreadTeam(threads: count) }
    } catch {
      throw .threads(error)
    }
    var libraries: [ProfiledEngine: CBLASFile] = [:]
    do {
      for engine in plan.engines {
        switch engine.kind {
        case .library: libraries[engine] = try CBLASFile(path: engine.path ?? "", symbolPrefix: engine.symbolPrefix)
        case .openBLASThreads: libraries[engine] = try CBLASFile.copyOfLinkedOpenBLAS()
        default: break
        }
      }
    } catch {
      throw .library(error)
    }
    return Requirements(memory: memory, teams: teams, libraries: libraries)
  }

  init(_ plan: GEMMProfilePlan, _ context: ComputeContext) throws(GEMMProfileError) {
    let requirements = try Self.requirements(of: plan, context)
    self.context = context
    self.plan = plan
    memory = requirements.memory
    teams = requirements.teams
    hasOwnThreads = Dictionary(
      plan.engines.map { ($0.description, $0.hasOwnThreads) }, uniquingKeysWith: { first, _ in first })
    do {
      try prepare(requirements.libraries)
    } catch {
      throw .allocation(error)
    }
  }

  private func prepare(_ libraries: [ProfiledEngine: CBLASFile]) throws(AllocationError) {
    let largestBatch = plan.largestBatch
    for layer in Set(plan.allLayers + [Self.tiny]) {
      var operands: [WeightLayout: LayerOperands<S>] = [:]
      for engine in plan.engines {
        let layout = engine.layout(
          inputs: layer.inputs, outputs: layer.outputs, of: S.self, in: context)
        if operands[layout] == nil {
          operands[layout] = try LayerOperands(
            inputs: layer.inputs, outputs: layer.outputs, layout: layout, capacity: largestBatch,
            copies: memory.copies(layer, layout), instructionSet: context.instructionSet)
        }
        guard let shared = operands[layout] else { continue }
        for (count, team) in teams {
          cases[Case(engine: engine.description, layer: layer, threads: count)] =
            try products(engine, shared, team: team, library: libraries[engine])
        }
      }
    }
  }

  private func products(
    _ engine: ProfiledEngine, _ operands: LayerOperands<S>, team: ThreadTeam, library: CBLASFile?
  ) throws(AllocationError) -> any LayerProducts<S> {
    if let library { return LibraryProducts(operands, library: library, threads: team.threads) }
    return try PlannedProducts(operands, team: team, context: engine.context(context))
  }

  /// What computes a product; nil where its engine was rejected.
  func products(_ key: GEMMPointKey) -> (any LayerProducts<S>)? {
    cases[Case(engine: key.engine, layer: key.layer, threads: key.threads)]
  }

  /// A gate for each number of threads.
  func gates() throws(AllocationError) -> [Int: DisturbanceGate] {
    var gates: [Int: DisturbanceGate] = [:]
    for (count, team) in teams { gates[count] = try DisturbanceGate(team) }
    return gates
  }

  /// The control of each number of threads.
  func controls() throws(AllocationError) -> [ControlProduct] {
    var controls: [ControlProduct] = []
    for (_, team) in teams.sorted(by: { $0.key < $1.key }) { controls.append(try ControlProduct(team, context)) }
    return controls
  }

  /// Computes every product once and compares it with its definition; engines that compute wrongly are left out.
  func rejectWrong(_ keys: [GEMMPointKey]) -> [GEMMProfile.Rejection] {
    var rejections: [GEMMProfile.Rejection] = []
    for key in keys where products(key) != nil {
      let error = error(key)
      guard error > ProductCheck<S>.tolerance else { continue }
      cases = cases.filter { $0.key.engine != key.engine }
      rejections.append(
        GEMMProfile.Rejection(
          engine: key.engine,
          reason:
            "it computes the \(key.pass.rawValue) product of \(key.layer) at batch \(key.batch) wrongly (relative "
            + "error \(error), where rounding explains \(ProductCheck<S>.tolerance)), so it was not timed"))
    }
    return rejections
  }

  /// The largest error of a product, relative to Σ|a||b|.
  func error(_ key: GEMMPointKey) -> Double {
    if let error = errors[key] { return error }
    guard let products = products(key) else { return .infinity }
    ProductCheck.spoil(products.operands, key.pass, batch: key.batch)
    products.prepare()
    products.run(key.pass, batch: key.batch, copy: 0)
    let error = ProductCheck(products.operands, key.pass, batch: key.batch).relativeError()
    errors[key] = error
    return error
  }

  /// What is timed for the keys: engines at the same product are of one group, and in a study of alignment all
  /// products.
  func work(_ keys: [GEMMPointKey], ceilings: MachineCeilings) -> [TimedWork] {
    var groups: [GEMMPointKey: Int] = [:]
    return keys.map { key in
      let product = key.with(engine: "")
      let group = plan.alignment == nil ? groups[product] ?? groups.count : 0
      groups[product] = group
      let products = products(key)
      return TimedWork(
        name: "\(key.layer) \(key.pass.rawValue) \(key.batch) \(key.engine)", threads: key.threads, group: group,
        isMemoryBound: GEMMExplanation.isMemoryBound(
          key, plan.precision, copies: products?.operands.copies ?? 1, ceilings),
        hasOwnThreads: hasOwnThreads[key.engine] ?? false, prepare: { products?.prepare() },
        run: { products?.run(key.pass, batch: key.batch, calls: $0) })
    }
  }

  /// What beginning a call costs, by engine and number of threads: `auto 2`.
  func overheads() -> [String: GEMMExplanation.Overheads] {
    var overheads: [String: GEMMExplanation.Overheads] = [:]
    for (count, team) in teams {
      let handingOver = Self.seconds(calls: 200) { team.runTogether(NoTask()) }
      for engine in plan.engines {
        guard let pass = GEMMPlan.Pass.allCases.first(where: engine.computes),
          let products = cases[Case(engine: engine.description, layer: Self.tiny, threads: count)]
        else { continue }
        products.prepare()
        let call = Self.seconds(calls: 200) { products.run(pass, batch: 1, copy: 0) }
        overheads["\(engine) \(count)"] = GEMMExplanation.Overheads(call: call, handingOver: handingOver)
      }
    }
    return overheads
  }

  private static func seconds(calls: Int, _ body: () -> Void) -> Double {
    medianValue(
      (0..<9).map { _ in
        let start = ContinuousClock.now
        for _ in 0..<calls { body() }
        return (ContinuousClock.now - start) / .seconds(1) / Double(calls)
      })
  }
}

/// Nothing, by all threads.
private struct NoTask: TeamTask {
  func run(thread: Int, of threads: Int) {}
}
