import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Glibc
import Testing

@Suite struct ONNXTests {
  private struct Stored: Decodable {
    struct Layer: Decodable {
      var weight: [[Double]]
      var bias: [Double]
    }
    var weights: [Layer]
    var file: String
    var inputs: [[Double]]
    var probabilities: [[Double]]
  }

  /// Field by field the bytes that the library `onnx` writes for the same network.
  @Test func writesWhatONNXWrites() throws {
    let stored = try Fixture.load("exchange_onnx", as: Stored.self)
    let network = try Network<Float>(
      Sequential(inputShape: [2, 2]) {
        Dense(3, .gelu)
        Dense(2)
      }, seed: 1, context: .test(Float.self))
    for (index, layer) in stored.weights.enumerated() {
      network.setValues(of: network.slots[2 * index], layer.weight.flat.map { Float($0) })
      network.setValues(of: network.slots[2 * index + 1], layer.bias.map { Float($0) })
    }
    let export = ONNXExport(loss: .softmaxCrossEntropy, classNames: ["cat", "dog"])
    let found = try ProtobufFields(export.encode(network))
    let expected = try ProtobufFields(FileFormats.bytes(hexadecimal: stored.file))
    #expect(found.numbers == expected.numbers)
    for number in Set(expected.numbers).subtracting([3, 7]) { #expect(found[number] == expected[number], "\(number)") }
    #expect(found.strings(3) == [packageVersion])
    let (graph, expectedGraph) = (try found.messages(7)[0], try expected.messages(7)[0])
    for (index, node) in try expectedGraph.messages(1).enumerated() {
      #expect(try graph.messages(1)[index] == node, "node \(index)")
    }
    #expect(graph == expectedGraph)

    // What the network itself gives is what onnxruntime makes of that file.
    let probabilities = try predictions(of: network, for: stored.inputs.flat, loss: .softmaxCrossEntropy)
    #expect(firstMismatch(probabilities, stored.probabilities.flat, absolute: 1e-6) == nil)
  }

  @Test(arguments: Activation.allCases, NamedLoss.known)
  func theModelComputesWhatTheNetworkDoes(_ activation: Activation, _ loss: any Loss) throws {
    try check(activation, loss, Float.self, tolerance: 1e-6)
    // GELU's error function is in single precision.
    try check(activation, loss, Double.self, tolerance: activation == .gelu ? 1e-6 : 1e-13)
  }

  private func check<S: Scalar>(_ activation: Activation, _ loss: any Loss, _: S.Type, tolerance: Double) throws {
    let network = try Network<S>(
      Sequential(inputShape: [3, 2]) {
        Dense(70, activation)
        Dense(5, activation)
        Dense(2)
      }, seed: 3, context: .test(S.self))
    draw(into: network)
    let inputs = Self.inputs(rows: 4, columns: 6)
    let model = try ONNXInterpreter(ONNXExport(loss: loss).encode(network))
    let values = try model.run(ONNXInterpreter.Tensor(shape: [4, 3, 2], values: inputs))
    let expected = try predictions(of: network, for: inputs, loss: loss)
    let name = loss is MeanSquaredError ? "outputs" : "probabilities"
    let scale = expected.map { Double($0.magnitude) }.reduce(1, max)
    #expect(
      firstMismatch(try #require(values[name]).values, expected.map { Double($0) }, absolute: tolerance * scale) == nil)
    #expect(try model.interface(11) == ["input": [nil, 3, 2]])
    var outputs: [String: [Int?]] = ["outputs": [nil, 2]]
    if !(loss is MeanSquaredError) { outputs["probabilities"] = [nil, 2] }
    #expect(try model.interface(12) == outputs)
  }

  /// Dropout is for training: the model has no trace of it but in the words that tell what the network is.
  @Test func aModelDropsNothing() throws {
    func network(_ layers: [any Layer]) throws -> Network<Double> {
      let network = try Network<Double>(
        Sequential(inputShape: [6], layers: layers), seed: 3, context: .test(Double.self))
      draw(into: network)
      return network
    }
    let dropping = try network([Dropout(0.1), Dense(7, .tanh), Dropout(0.5), Dense(2), Dropout(0.3)])
    let inputs = Self.inputs(rows: 4, columns: 6)
    let model = try ONNXInterpreter(ONNXExport(loss: .softmaxCrossEntropy).encode(dropping))
    let values = try model.run(ONNXInterpreter.Tensor(shape: [4, 6], values: inputs))
    let expected = try predictions(of: dropping, for: inputs, loss: .softmaxCrossEntropy)
    #expect(firstMismatch(try #require(values["probabilities"]).values, expected, absolute: 1e-13) == nil)
    #expect(try model.metadata()["model"] == "dropout 0.1; dense 7 tanh; dropout 0.5; dense 2; dropout 0.3")

    let plain = try ONNXInterpreter(
      ONNXExport(loss: .softmaxCrossEntropy).encode(network([Dense(7, .tanh), Dense(2)])))
    let operators = try plain.graph.messages(1).map { $0.strings(4) }
    #expect(try model.graph.messages(1).map { $0.strings(4) } == operators)
  }

  @Test func withoutALossThereAreOutputsAlone() throws {
    let network = try Network<Float>(
      Sequential(inputShape: [2]) { Dense(2, .relu) }, seed: 1, context: .test(Float.self))
    let model = try ONNXInterpreter(ONNXExport().encode(network))
    #expect(try model.interface(12) == ["outputs": [nil, 2]])
    #expect(try model.metadata() == ["model": "dense 2 relu", "input_shape": "2"])
    #expect(model.model.integers(1) == [ONNXExport.irVersion])
    #expect(try model.model.messages(8).map { $0.integers(2) } == [[ONNXExport.operatorSet]])
  }

  @Test(arguments: [Standardisation.Mode.none, .global, .perFeature])
  func standardisesItsInputWhereItIsAsked(_ mode: Standardisation.Mode) throws {
    let network = try Network<Double>(
      Sequential(inputShape: [3, 2]) { Dense(2) }, seed: 2, context: .test(Double.self))
    draw(into: network)
    let raw = Self.inputs(rows: 4, columns: 6).enumerated().map { 5 * $1 + Double($0 % 6) }
    var features = try Matrix<Float>(rows: 4, columns: 6, raw.map { Float($0) })
    let standardisation = Standardisation(fitting: features, mode)
    standardisation.apply(to: &features)
    let expected = try predictions(of: network, for: features.elements.map(Double.init), loss: .meanSquaredError)

    var export = ONNXExport(standardisation: standardisation)
    #expect(
      try ONNXInterpreter(export.encode(network)).run(.init(shape: [4, 3, 2], values: raw))["outputs"]?.values.count
        == 8)
    export.standardisesInput = true
    let model = try ONNXInterpreter(export.encode(network))
    let outputs = try #require(try model.run(.init(shape: [4, 3, 2], values: raw))["outputs"]).values
    #expect(firstMismatch(outputs, expected, absolute: 1e-5) == nil)
    let text = try #require(try model.metadata()["standardisation"])
    #expect(try RecordJSON.decode(Standardisation.self, from: text.utf8, path: "metadata") == standardisation)
    #expect(try model.metadata()["standardises_input"] == "true")
  }

  /// Bytes go into the model as they lie in the file, and come out as the network sees them: divided and standardised.
  @Test(arguments: [Standardisation.Mode.none, .global, .perFeature])
  func dividesBytesWhereTheTrainingDid(_ mode: Standardisation.Mode) throws {
    let folder = TemporaryFolder()
    let labels = (0..<40).map { UInt8($0 % 2) }
    let bytes = (0..<40 * 6).map { UInt8(($0 * 37) % 251) }
    for part in ["train", "t10k"] {
      folder.write(FileFormats.idx(shape: [40, 3, 2], bytes), to: "\(part)-images-idx3-ubyte")
      folder.write(FileFormats.idx(shape: [40], labels), to: "\(part)-labels-idx1-ubyte")
    }
    let data = try DataSource.fashionMNIST(directory: folder.path).load(validation: 5, seed: 1, standardisation: mode)
    let run = RunDescription(
      model: "mlp:2", splits: data, loss: .meanSquaredError, data: folder.path, dataSeed: 1)
    #expect(data.train.divisor == 255 && run.inputDivisor == 255)
    let network = try Network<Double>(
      Sequential(inputShape: [3, 2]) { Dense(2) }, seed: 2, context: .test(Double.self))
    draw(into: network)
    let expected = try predictions(
      of: network, for: data.test.features.elements.map(Double.init), loss: .meanSquaredError)
    let model = try ONNXInterpreter(
      ONNXExport(inputDivisor: run.inputDivisor, standardisation: run.standardisation, standardisesInput: true)
        .encode(network))
    let found = try model.run(.init(shape: [40, 3, 2], values: bytes.map { Double($0) }))["outputs"]
    #expect(firstMismatch(try #require(found).values, expected, absolute: 1e-5) == nil)
    #expect(try model.metadata()["input_divisor"] == "255")
  }

  @Test func holdsWhatIsKnown() throws {
    let network = try Network<Float>(Sequential(inputShape: [2]) { Dense(1) }, seed: 1, context: .test(Float.self))
    let export = ONNXExport(
      loss: .binaryCrossEntropy, classNames: ["no", "a \"yes\""], metadata: ["seed": "1", "model": "overwritten"])
    #expect(
      try ONNXInterpreter(export.encode(network)).metadata() == [
        "seed": "1", "model": "dense 1", "input_shape": "2", "loss": "binary-cross-entropy",
        "class_names": #"["no","a \"yes\""]"#,
      ])
  }

  @Test func refusesALayerByName() throws {
    let network = try Network<Float>(
      Sequential(inputShape: [2]) {
        Dense(2)
        Opaque()
      }, seed: 1, context: .test(Float.self))
    let error = thrownError { () throws(ONNXError) in try ONNXExport().encode(network) }
    #expect(error == .unsupportedLayer(name: "layers.1", layer: "opaque"))
    #expect(
      error?.description
        == "layers.1, 'opaque', cannot be written as ONNX; leave it out, or make its type conform to ONNXExportable")
  }

  /// A layer of a user's own can say how it is written, with attributes of every kind.
  @Test func takesLayersOfOthers() throws {
    let network = try Network<Float>(Sequential(inputShape: [2]) { Named() }, seed: 1, context: .test(Float.self))
    let graph = try ONNXInterpreter(ONNXExport().encode(network)).graph
    let node = try graph.messages(1)[0]
    #expect(node.strings(1) == ["input", "layers.0.constant"])
    #expect(node.strings(2) == ["layers.0.custom"])
    let attributes = try node.messages(5)
    #expect(attributes.map { $0.strings(1)[0] } == ["whole", "wholes", "number", "text"])
    #expect(attributes.map { $0.integers(20) } == [[2], [7], [1], [3]])
    #expect(attributes[0].integers(3) == [-3])
    #expect(attributes[1].integers(8) == [1, 0])
    #expect(attributes[2].floats(2) == [0.5])
    #expect(attributes[3].strings(4) == ["ü"])
    #expect(try graph.messages(1)[1].strings(2) == ["layers.0.custom_2"])
  }

  @Test func refusesWhatDoesNotFit() throws {
    let network = try Network<Float>(Sequential(inputShape: [3]) { Dense(2) }, seed: 1, context: .test(Float.self))
    func message(_ export: ONNXExport) -> String? {
      thrownError { () throws(ONNXError) in try export.encode(network) }?.description
    }
    #expect(
      message(ONNXExport(classNames: ["a", "b", "c"]))
        == "the network has 2 outputs, and 3 class names are given; give one for each")
    #expect(
      message(ONNXExport(standardisesInput: true))
        == "the model is to standardise its input, and no standardisation is given; give the training's")
    #expect(
      message(ONNXExport(inputDivisor: 0))
        == "the input cannot be divided by 0.0; give a number above 0, 255 for bytes")
    let foreign = Standardisation(fitting: try Matrix(rows: 2, columns: 2, [1, 2, 3, 4]), .perFeature)
    #expect(
      message(ONNXExport(standardisation: foreign))
        == "the network takes 3 inputs, and the standardisation was fitted to 2 features; "
        + "give the one that the network was trained with")
    let single = Standardisation(fitting: try Matrix(rows: 2, columns: 1, [1, 2]), .perFeature)
    #expect(
      message(ONNXExport(standardisation: single, standardisesInput: true))?.contains("was fitted to 1 features")
        == true)
    #expect(
      ONNXError.tooLarge(byteCount: 1 << 32).description
        == "the model has 4294967296 bytes and an ONNX file at most 2147483647; "
        + "write the weights as safetensors instead")
  }

  @Test func writesAFile() throws {
    let folder = TemporaryFolder()
    let network = try Network<Float>(Sequential(inputShape: [3]) { Dense(2) }, seed: 1, context: .test(Float.self))
    try ONNXExport().write(network, to: "\(folder.path)/model.onnx")
    #expect(try folder.read("model.onnx") == ONNXExport().encode(network))
    #expect(
      thrownError { () throws(ONNXError) in try ONNXExport().write(network, to: "\(folder.path)/no/model.onnx") }
        == .file(
          .system(
            path: "\(folder.path)/no/model.onnx.\(getpid()).partial", action: "write",
            reason: "No such file or directory")))
  }

  // MARK: Networks and their predictions

  private static func inputs(rows: Int, columns: Int) -> [Double] {
    var stream = RandomStream(seed: 8, name: "inputs")
    // Numbers of single precision, in which data sets hold their features.
    return (0..<rows * columns).map { _ in Double(Float(stream.normal())) }
  }

  /// Biases that are not zero.
  private func draw<S: Scalar>(into network: Network<S>) {
    var stream = RandomStream(seed: 9, name: "parameters")
    for slot in network.slots {
      network.setValues(of: slot, (0..<slot.count).map { _ in S(0.5 * stream.normal()) })
    }
  }

  private func predictions<S: Scalar>(of network: Network<S>, for inputs: [Double], loss: any Loss) throws -> [S] {
    let rows = inputs.count / network.inputCount
    let features = try Matrix<Float>(rows: rows, columns: network.inputCount, inputs.map { Float($0) })
    let targets: Targets =
      loss is MeanSquaredError
      ? .values(try Matrix(rows: rows, columns: network.outputCount))
      : .classes(
        labels: [Int32](repeating: 0, count: rows), names: (0..<network.outputCount).map { "\($0)" })
    return try Evaluator(
      network, on: Dataset(name: "inputs", features: features, targets: targets), loss: loss,
      team: ThreadTeam(threads: 1)
    ).predictions().elements
  }
}

/// A layer that is written as nodes with an attribute of each kind.
private struct Named: ONNXExportable {
  var description: String { "named" }
  func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
    LayerPlan(output: input)
  }
  func forward<S: Scalar>(_ pass: LayerPass<S>) {}
  func backward<S: Scalar>(_ pass: LayerPass<S>) {}
  func addNodes(
    to graph: inout ONNXGraph, input: String, inputShape: [Int], parameters: [String], buffers: [String]
  ) -> String {
    let first = graph.addNode(
      "Custom", [input, graph.addConstant(2)],
      attributes: ["whole": .int(-3), "wholes": .ints([1, 0]), "number": .float(0.5), "text": .string("ü")])
    return graph.addNode("Custom", [first])
  }
}
