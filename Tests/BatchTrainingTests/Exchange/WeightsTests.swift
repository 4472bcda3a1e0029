import BatchAlgebra
import BatchData
import BatchFormats
import BatchTestSupport
import BatchTraining
import Testing

@Suite struct WeightsTests {
  private struct Stored: Decodable {
    var files: [String: String]
    var inputs: [[Double]]
    var outputs: [String: [[Double]]]
  }

  private static let model = Sequential(inputShape: [2, 3]) {
    Dense(70, .gelu)
    Dense(5, .relu)
    Dense(3)
  }

  @Test(arguments: WeightsLayout.allCases)
  func weightsKeepTheirBits(_ layout: WeightsLayout) throws {
    try checkRoundTrip(layout, Float.self)
    try checkRoundTrip(layout, Double.self)
  }

  private func checkRoundTrip<S: Scalar>(_ layout: WeightsLayout, _: S.Type) throws {
    let folder = TemporaryFolder()
    let network = try Network<S>(Self.model, seed: 1, context: .test(S.self))
    // Numbers at the ends of the range as well.
    for slot in network.slots where slot.shape.count == 1 {
      let ends: [S] = [.leastNonzeroMagnitude, -0.0, .greatestFiniteMagnitude, .infinity, .nan, 1 / 3]
      network.setValues(of: slot, (0..<slot.count).map { ends[$0 % ends.count] })
    }
    try network.writeWeights(to: "\(folder.path)/weights", layout: layout)
    #expect(folder.names() == ["weights"])

    let other = try Network<S>(Self.model, seed: 2, context: .test(S.self))
    try other.readWeights(from: "\(folder.path)/weights")
    for slot in network.slots {
      let (found, expected) = (other.values(of: slot), network.values(of: slot))
      #expect(found.map(\.bits) == expected.map(\.bits), "\(slot.name)")
    }
    // What is read again is written as it was.
    try other.writeWeights(to: "\(folder.path)/again", layout: layout)
    #expect(folder.read("again") == folder.read("weights"))
  }

  @Test func theHeaderSaysWhatTheNetworkIs() throws {
    let folder = TemporaryFolder()
    let network = try Network<Float>(Self.model, seed: 1, context: .test(Float.self))
    try network.writeWeights(to: "\(folder.path)/plain", metadata: ["seed": "1", "batchwise.layout": "overwritten"])
    let plain = try SafeTensorsFile(path: "\(folder.path)/plain")
    #expect(
      plain.metadata.filter { $0.key != "batchwise.crc32" } == [
        "seed": "1", "batchwise.format_version": "1", "batchwise.layout": "plain",
        "batchwise.model": "dense 70 gelu; dense 5 relu; dense 3", "batchwise.input_shape": "2x3",
      ])
    #expect(plain.tensors.map(\.name) == network.slots.map(\.name))
    #expect(plain.tensors.map(\.shape) == [[6, 70], [70], [70, 5], [5], [5, 3], [3]])
    #expect(try plain.array("layers.0.weight").floats() == network.values(of: network.slots[0]))

    try network.writeWeights(to: "\(folder.path)/torch", layout: .pyTorch)
    let torch = try SafeTensorsFile(path: "\(folder.path)/torch")
    #expect(torch.metadata["format"] == "pt")
    #expect(
      torch.metadata["batchwise.pytorch"]
        == "torch.nn.Sequential(torch.nn.Linear(6, 70), torch.nn.GELU(), torch.nn.Linear(70, 5), torch.nn.ReLU(), "
        + "torch.nn.Linear(5, 3))")
    #expect(torch.tensors.map(\.name) == ["0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias"])
    #expect(torch.tensors.map(\.shape) == [[70, 6], [70], [5, 70], [5], [3, 5], [3]])
    let weight = network.values(of: network.slots[0])
    let transposed = try torch.array("0.weight").floats()
    for input in 0..<6 {
      for output in 0..<70 { #expect(transposed[output * 6 + input] == weight[input * 70 + output]) }
    }
  }

  @Test func everyActivationIsAModuleButTheIdentity() {
    let modules = Activation.allCases.map { Dense(2, $0).pyTorchModules(for: [3]).map(\.constructor) }
    #expect(modules.allSatisfy { $0[0] == "Linear(3, 2)" })
    #expect(modules.map { Array($0.dropFirst()) } == [[], ["ReLU()"], ["Tanh()"], ["Sigmoid()"], ["GELU()"]])
  }

  /// A module without parameters, which PyTorch counts: it moves the numbers of those behind it.
  @Test func dropoutIsAModuleOfItsOwn() throws {
    let folder = TemporaryFolder()
    let path = "\(folder.path)/torch"
    let model = Sequential(inputShape: [4]) {
      Dense(5, .relu)
      Dropout(0.25)
      Dense(3)
    }
    let network = try Network<Float>(model, seed: 1, context: .test(Float.self))
    try network.writeWeights(to: path, layout: .pyTorch)
    let file = try SafeTensorsFile(path: path)
    #expect(
      file.metadata["batchwise.pytorch"]
        == "torch.nn.Sequential(torch.nn.Linear(4, 5), torch.nn.ReLU(), torch.nn.Dropout(0.25), torch.nn.Linear(5, 3))")
    #expect(file.tensors.map(\.name) == ["0.weight", "0.bias", "3.weight", "3.bias"])
    let other = try Network<Float>(model, seed: 2, context: .test(Float.self))
    try other.readWeights(from: path)
    #expect(other.parameters.elements.elementsEqual(network.parameters.elements))
  }

  /// Files that safetensors wrote from PyTorch, in each of its types of floating-point numbers.
  @Test(arguments: ["F64", "F32", "F16", "BF16"])
  func takesWhatPyTorchWrote(_ type: String) throws {
    try checkTorch(type, Double.self, tolerance: 1e-13)
    try checkTorch(type, Float.self, tolerance: 1e-5)
  }

  private func checkTorch<S: Scalar>(_ type: String, _: S.Type, tolerance: Double) throws {
    let stored = try Fixture.load("exchange_torch", as: Stored.self)
    let folder = TemporaryFolder()
    let path = folder.write(FileFormats.bytes(hexadecimal: try #require(stored.files[type])), to: "torch")
    let network = try Network<S>(
      Sequential(inputShape: [4]) {
        Dense(5, .tanh)
        Dense(3)
      }, seed: 1, context: .test(S.self))
    try network.readWeights(from: path, layout: .pyTorch)
    let data = try Dataset(
      name: "inputs", features: Matrix(rows: 3, columns: 4, stored.inputs.flat.map { Float($0) }),
      targets: .values(Matrix(rows: 3, columns: 3)))
    let outputs = try Evaluator(network, on: data, loss: .meanSquaredError, team: ThreadTeam(threads: 1)).predictions()
    let expected = try #require(stored.outputs[type]).flat
    #expect(firstMismatch(outputs.elements, expected, absolute: tolerance) == nil)
  }

  @Test func precisionsChange() throws {
    let folder = TemporaryFolder()
    let path = "\(folder.path)/weights"
    let (single, double) = (
      try Network<Float>(Self.model, seed: 1, context: .test(Float.self)),
      try Network<Double>(Self.model, seed: 2, context: .test(Double.self))
    )
    double.setValues(of: double.slots[1], (0..<70).map { 1 + 1e-9 * Double($0) })
    try double.writeWeights(to: path)
    try single.readWeights(from: path)
    for slot in 0..<6 {
      #expect(single.values(of: single.slots[slot]) == double.values(of: double.slots[slot]).map { Float($0) })
    }
    try single.writeWeights(to: path)
    try double.readWeights(from: path)
    for slot in 0..<6 {
      #expect(double.values(of: double.slots[slot]) == single.values(of: single.slots[slot]).map { Double($0) })
    }
  }

  // MARK: What does not fit

  private static let small = Sequential(inputShape: [4]) {
    Dense(4, .tanh)
    Dense(3)
  }

  private struct Tensor {
    var name: String
    var shape: [Int]
    var elements = ElementType.float32
  }

  private static let good = [
    Tensor(name: "layers.0.weight", shape: [4, 4]), Tensor(name: "layers.0.bias", shape: [4]),
    Tensor(name: "layers.1.weight", shape: [4, 3]), Tensor(name: "layers.1.bias", shape: [3]),
  ]

  private func write(
    _ tensors: [Tensor], _ metadata: [String: String] = [:], in folder: TemporaryFolder
  ) throws -> String {
    let path = "\(folder.path)/weights"
    var writer = try SafeTensorsWriter(
      path: path, tensors: tensors.map { TensorDescription(name: $0.name, elementType: $0.elements, shape: $0.shape) },
      metadata: metadata)
    for tensor in writer.tensors {
      try writer.append([UInt8](repeating: 0, count: tensor.byteCount), to: tensor.name)
    }
    try writer.finish()
    return path
  }

  /// The error, and proof that the network has stayed as it was.
  private func error(
    reading path: String, layout: WeightsLayout? = .plain, into model: Sequential = small
  ) throws -> WeightsError? {
    let network = try Network<Float>(model, seed: 1, context: .test(Float.self))
    let before = network.parameters.elements.map(\.bitPattern)
    let error = thrownError { () throws(WeightsError) in try network.readWeights(from: path, layout: layout) }
    if error != nil { #expect(network.parameters.elements.map(\.bitPattern) == before) }
    return error
  }

  @Test func namesEveryTensorThatDoesNotFit() throws {
    let folder = TemporaryFolder()
    #expect(try error(reading: write(Self.good, in: folder)) == nil)
    var tensors = Self.good
    tensors[1].elements = .int32
    tensors[2].shape = [3, 4]
    tensors[3] = Tensor(name: "layers.2.bias", shape: [3])
    let path = try write(tensors, in: folder)
    let error = try error(reading: path)
    #expect(
      error
        == .tensors(
          path: path,
          [
            .elementType(name: "layers.0.bias", .int32),
            .shape(name: "layers.1.weight", found: [3, 4], expected: [4, 3]),
            .missing(name: "layers.1.bias", shape: [3]), .unexpected(name: "layers.2.bias", shape: [3]),
          ]))
    #expect(
      error?.description == """
        \(path) does not fit the network: 'layers.0.bias' has elements of int32 (store it as float32, float64, float16 or \
        bfloat16); 'layers.1.weight' is [3, 4] and should be [4, 3] (read it with the other layout, which has it \
        transposed); it has no 'layers.1.bias' [3] (build the network with fewer layers, or take the file of this one); \
        the network has no 'layers.2.bias' [3] (build the network with the layer, or take the tensor out of the file)
        """)
    #expect(
      TensorProblem.shape(name: "a", found: [3, 5], expected: [4, 3]).description
        == "'a' is [3, 5] and should be [4, 3] (build the network with the file's widths)")
  }

  /// A square weight fits either way round: the file or the caller has to say which it is.
  @Test func wantsToKnowTheLayout() throws {
    let folder = TemporaryFolder()
    var path = try write(Self.good, in: folder)
    #expect(try error(reading: path, layout: nil) == .unknownLayout(path: path))
    #expect(
      try error(reading: path, layout: nil)?.description
        == "\(path) does not say how its weights lie; read it with the layout pyTorch if PyTorch wrote it, and with the "
        + "layout plain if its weights are [in, out]")
    path = try write(Self.good, ["batchwise.layout": "plain"], in: folder)
    #expect(try error(reading: path, layout: nil) == nil)
    #expect(
      try error(reading: path, layout: .pyTorch)
        == .otherLayout(path: path, found: "plain", expected: .pyTorch))
    #expect(
      try error(reading: path, layout: .pyTorch)?.description
        == "\(path) has the layout 'plain', not 'pytorch'; leave the layout away to take the file's")
  }

  /// A way round that a later package may know is not taken for the one that is asked for.
  @Test func refusesALayoutThatItDoesNotKnow() throws {
    let folder = TemporaryFolder()
    let path = try write(Self.good, ["batchwise.layout": "blocked"], in: folder)
    for layout in [nil, WeightsLayout.plain, .pyTorch] {
      #expect(try error(reading: path, layout: layout) == .foreignLayout(path: path, found: "blocked"))
    }
    #expect(
      WeightsError.foreignLayout(path: path, found: "blocked").description
        == "\(path) has the layout 'blocked', which this package does not know; take a newer one, or write the file in "
        + "the layout plain or pytorch")
  }

  @Test func refusesAnotherModel() throws {
    let folder = TemporaryFolder()
    let path = "\(folder.path)/weights"
    try Network<Float>(Self.small, seed: 1, context: .test(Float.self)).writeWeights(to: path)
    let rectified = Sequential(inputShape: [2, 2]) {
      Dense(4, .relu)
      Dense(3)
    }
    #expect(
      try error(reading: path, into: rectified)?.description
        == "\(path) holds the weights of 'dense 4 tanh; dense 3 on 4', and the network is "
        + "'dense 4 relu; dense 3 on 2x2'; build the network that the file is of")
  }

  @Test func refusesALaterVersion() throws {
    let folder = TemporaryFolder()
    let path = try write(Self.good, ["batchwise.format_version": "2"], in: folder)
    #expect(
      try error(reading: path)?.description
        == "\(path) is of version 2 of the format, and this package reads version 1; take a newer package, or write the "
        + "file anew with this one")
  }

  @Test func noticesDamage() throws {
    let folder = TemporaryFolder()
    let path = "\(folder.path)/weights"
    try Network<Float>(Self.small, seed: 2, context: .test(Float.self)).writeWeights(to: path)
    var bytes = try #require(folder.read("weights"))
    bytes[bytes.count - 1] ^= 1
    folder.write(bytes, to: "weights")
    guard case .notRead(let reason) = try error(reading: path, layout: nil) else {
      Issue.record("a changed bit was not noticed")
      return
    }
    #expect(reason.kind == .malformed)
    guard case .notRead(let missing) = try error(reading: "\(folder.path)/none") else {
      Issue.record("a file that is not there was not noticed")
      return
    }
    #expect(missing.kind == .unreadable)
  }

  @Test func pyTorchLacksSomeLayers() throws {
    let folder = TemporaryFolder()
    let network = try Network<Float>(
      Sequential(inputShape: [2]) {
        Dense(2)
        Opaque()
      }, seed: 1, context: .test(Float.self))
    let error = thrownError { () throws(WeightsError) in
      try network.writeWeights(to: "\(folder.path)/weights", layout: .pyTorch)
    }
    #expect(error == .unsupportedLayer(name: "layers.1", layer: "opaque"))
    #expect(
      error?.description
        == "layers.1, 'opaque', has no counterpart in PyTorch; write the weights in the plain layout, or make its type "
        + "conform to PyTorchExportable")
    #expect(folder.names().isEmpty)
    // The plain layout needs to know nothing of a layer.
    try network.writeWeights(to: "\(folder.path)/weights")
    try network.readWeights(from: "\(folder.path)/weights")
  }

  @Test func saysWhyItCannotWrite() throws {
    let folder = TemporaryFolder()
    let network = try Network<Float>(Self.small, seed: 1, context: .test(Float.self))
    let error = thrownError { () throws(WeightsError) in try network.writeWeights(to: "\(folder.path)/no/weights") }
    #expect(error?.description == "cannot write \(folder.path)/no/weights.partial: No such file or directory")
  }
}

extension Scalar {
  /// The bits, which also tell zeros of either sign and NaNs apart.
  fileprivate var bits: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }
}
