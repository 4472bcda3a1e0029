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
