import BatchAlgebra
import Testing

@testable import BatchProfiling

/// Every engine against the definition of the product.
@Suite struct EngineTests {
  static let shapes = [(1, 1), (7, 5), (64, 64), (65, 130), (100, 10), (96, 200)]

  @Test(arguments: ProfiledEngine.Kind.allCases.filter { $0 != .library }, shapes)
  func computesWhatTheDefinitionSays(kind: ProfiledEngine.Kind, shape: (inputs: Int, outputs: Int)) throws {
    try check(kind, shape, Float.self)
    try check(kind, shape, Double.self)
  }

  private func check<S: Scalar>(
    _ kind: ProfiledEngine.Kind, _ shape: (inputs: Int, outputs: Int), _ scalar: S.Type
  ) throws {
    try BLASLibrary.prepare()
    let engine = ProfiledEngine(kind)
    let plan = GEMMProfilePlan(
      layers: [LayerShape(inputs: shape.inputs, outputs: shape.outputs)], batchSizes: [1, 3, 8, 17], engines: [engine],
      threads: [1, 2], precision: S.self == Float.self ? .float : .double)
    let cases = try GEMMCases<S>(plan, .test(S.self))
    #expect(cases.rejectWrong(plan.products).isEmpty)
    for key in plan.products {
      #expect(cases.error(key) <= ProductCheck<S>.tolerance, "\(key)")
      let method = try #require(cases.products(key)).method(key.pass, batch: key.batch)
      #expect(!method.description.isEmpty && (method.threads ?? 1) <= key.threads)
      #expect((method.tileWork ?? 1) >= 1 && (method.imbalance ?? 1) >= 1 - 1e-12)
    }
  }

  @Test(arguments: GEMMPlan.Pass.allCases, [false, true])
  func anErrorInOneElementIsFound(pass: GEMMPlan.Pass, isMissing: Bool) throws {
    let operands = try LayerOperands<Float>(inputs: 20, outputs: 12, layout: .plain, capacity: 9)
    let products = try PlannedProducts(
      operands, team: try ThreadTeam(threads: 1), context: .test(Float.self, threads: 1))
    products.run(pass, batch: 9, copy: 0)
    #expect(ProductCheck(operands, pass, batch: 9).relativeError() < 1e-6)
    let wrong: Float = isMissing ? .nan : 0.5
    switch pass {
    case .forward: operands.output(9)[8, 11] += wrong
    case .backwardData: operands.inputGradient(9)[8, 19] += wrong
    case .backwardWeights: operands.gradient()[19, 11] += wrong
    }
    #expect(ProductCheck(operands, pass, batch: 9).relativeError() > 1e-3)
    ProductCheck.spoil(operands, pass, batch: 9)
    #expect(ProductCheck(operands, pass, batch: 9).relativeError() == .infinity)
  }

  @Test func librariesOfTheSameNameAreToldApart() {
    func names(_ paths: String...) -> [String] { ProfiledEngine.libraries(paths).map(\.description) }
    #expect(
      names("/a/libblas.so") == ["libblas.so"]
        && names("libblas.so", "/x/libother.so") == ["libblas.so", "libother.so"])
    #expect(names("/a/lib/libblas.so", "/b/lib/libblas.so") == ["a/lib/libblas.so", "b/lib/libblas.so"])
  }

  @Test func operandsOfDifferentLayoutsHoldTheSameNumbers() throws {
    let plain = try LayerOperands<Double>(inputs: 9, outputs: 70, layout: .plain, capacity: 3)
    let panels = try LayerOperands<Double>(inputs: 9, outputs: 70, layout: .panels(width: 64), capacity: 3, copies: 3)
    for copy in 0..<3 {
      for i in 0..<9 { for j in 0..<70 { #expect(plain.weight()[i, j] == panels.weight(copy)[i, j]) } }
    }
    for i in 0..<3 { for j in 0..<9 { #expect(plain.input(3)[i, j] == panels.input(3)[i, j]) } }
    let bytes = LayerOperands<Double>.byteCount(inputs: 9, outputs: 70, layout: .plain, capacity: 3)
    #expect(bytes >= 8 * (2 * 3 * 79 + 2 * 9 * 70))
  }

  /// The conditions in the source of OpenBLAS 0.3.21.
  @Test func openBLASChangesItsPathWhereItsSourceSays() {
    let path = OpenBLASPath(coreName: "Cooperlake", threads: 2)
    func method(_ pass: GEMMPlan.Pass, _ batch: Int, _ inputs: Int, _ outputs: Int) -> (Bool?, Int?) {
      let method = path.method(BLASCall(pass, batch: batch, inputs: inputs, outputs: outputs))
      return (method.packs, method.threads)
    }
    #expect(method(.forward, 2, 784, 512) == (false, 1) && method(.forward, 3, 784, 512) == (true, 2))
    #expect(method(.forward, 195, 512, 10) == (false, 1) && method(.forward, 196, 512, 10) == (true, 2))
    #expect(method(.backwardWeights, 195, 512, 10) == (false, 1) && method(.backwardWeights, 196, 512, 10) == (true, 2))
    // The contraction of 10 is too short for the small path.
    #expect(method(.backwardData, 51, 512, 10) == (true, 1) && method(.backwardData, 52, 512, 10) == (true, 2))
    // C of more than 1200 elements is too large for it.
    #expect(method(.backwardData, 1, 784, 512) == (false, 1) && method(.backwardData, 2, 784, 512) == (true, 2))
    let haswell = OpenBLASPath(coreName: "Haswell", threads: 2)
    #expect(haswell.method(BLASCall(.forward, batch: 1, inputs: 64, outputs: 64)).packs == true)
  }

  /// An engine beside itself shows what the noise of a machine comes to.
  @Test func anEngineThatIsNamedTwiceIsTimedTwice() {
    let engines = ProfiledEngine.numbered([.kernels, .auto, .kernels, .kernels].map { ProfiledEngine($0) })
    #expect(engines.map(\.name) == ["kernels", "auto", "kernels-2", "kernels-3"])
    let plan = GEMMProfilePlan(
      layers: [LayerShape(inputs: 8, outputs: 8)], passes: [.forward], batchSizes: [1], engines: engines, threads: [1])
    #expect(Set(plan.products).count == 4)
  }
}
