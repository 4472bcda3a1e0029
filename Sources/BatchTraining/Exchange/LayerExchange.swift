extension Dense: ONNXExportable, PyTorchExportable {
  /// y = f(x·W + b): `Gemm`, behind it the operators of f, before it `Flatten` where the input is no vector.
  public func addNodes(
    to graph: inout ONNXGraph, input: String, inputShape: [Int], parameters: [String], buffers: [String]
  ) -> String {
    let rows = inputShape.count == 1 ? input : graph.addNode("Flatten", [input], attributes: ["axis": .int(1)])
    let product = graph.addNode("Gemm", [rows, parameters[0], parameters[1]], attributes: ["transB": .int(0)])
    return activation.addNodes(to: &graph, input: product)
  }

  /// `Linear`, whose weight is [out, in], and the activation's module behind it.
  public func pyTorchModules(for inputShape: [Int]) -> [PyTorchModule] {
    let linear = PyTorchModule(
      "Linear(\(inputShape.reduce(1, *)), \(units))",
      parameters: [.init(name: "weight", index: 0, isTransposed: true), .init(name: "bias", index: 1)])
    return [linear] + activation.pyTorchModules(for: [units])
  }
}

extension Dropout: ONNXExportable, PyTorchExportable {
  /// Nothing: a trained network drops nothing.
  public func addNodes(
    to graph: inout ONNXGraph, input: String, inputShape: [Int], parameters: [String], buffers: [String]
  ) -> String { input }

  /// `Dropout` with the same rate.
  public func pyTorchModules(for inputShape: [Int]) -> [PyTorchModule] { [PyTorchModule("Dropout(\(rate))")] }
}

extension Activation: ONNXExportable, PyTorchExportable {
  /// The operators of f.
  public func addNodes(
    to graph: inout ONNXGraph, input: String, inputShape: [Int], parameters: [String], buffers: [String]
  ) -> String { addNodes(to: &graph, input: input) }

  /// Adds the operators that compute f of a value, and returns the name of what comes out.
  func addNodes(to graph: inout ONNXGraph, input: String) -> String {
    switch self {
    case .identity: input
    case .relu: graph.addNode("Relu", [input])
    case .tanh: graph.addNode("Tanh", [input])
    case .sigmoid: graph.addNode("Sigmoid", [input])
    case .gelu: Self.addGELU(to: &graph, input: input)
    }
  }

  /// x/2 · (1 + erf(x / √2)), spelled out: the operator `Gelu` is younger than most programs that read ONNX.
  private static func addGELU(to graph: inout ONNXGraph, input: String) -> String {
    let scaled = graph.addNode("Mul", [input, graph.addConstant(0.5.squareRoot())])
    let error = addErf(to: &graph, input: scaled)
    let share = graph.addNode("Add", [error, graph.addConstant(1)])
    let half = graph.addNode("Mul", [input, graph.addConstant(0.5)])
    return graph.addNode("Mul", [half, share])
  }

  /// The error function, in single precision also for `Double`: onnxruntime's processor kernels have no other.
  private static func addErf(to graph: inout ONNXGraph, input: String) -> String {
    guard graph.isDouble else { return graph.addNode("Erf", [input]) }
    let narrow = graph.addNode("Cast", [input], attributes: ["to": .int(ONNXElementType.float.rawValue)])
    let error = graph.addNode("Erf", [narrow])
    return graph.addNode("Cast", [error], attributes: ["to": .int(ONNXElementType.double.rawValue)])
  }

  /// The module that computes f; none for f(x) = x.
  public func pyTorchModules(for inputShape: [Int]) -> [PyTorchModule] {
    switch self {
    case .identity: []
    case .relu: [PyTorchModule("ReLU()")]
    case .tanh: [PyTorchModule("Tanh()")]
    case .sigmoid: [PyTorchModule("Sigmoid()")]
    // With the exact distribution function, as here, unless told otherwise.
    case .gelu: [PyTorchModule("GELU()")]
    }
  }
}
