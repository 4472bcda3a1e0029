public import BatchAlgebra
public import BatchData
import BatchFormats
import BatchFoundation

/// Writes a trained network as an ONNX model, for onnxruntime and other programs that make predictions.
///
/// ```swift
/// try ONNXExport(loss: .softmaxCrossEntropy, classNames: names).write(network, to: "model.onnx")
/// ```
///
/// The model takes `input` [batch, example shape…] for any batch and gives `outputs`, what the network's last layer
/// gives, and for a loss on classes `probabilities`. Weights are in the plain layout [in, out]. What the model alone
/// does not say lies in its metadata: `model` (the layers in words), `input_shape`, and where they are known `loss`,
/// `class_names`, `input_divisor` and `standardisation`, names and standardisation as JSON.
public struct ONNXExport: Sendable {
  /// The version of the file format: of 2020, which every runtime since then reads.
  public static var irVersion: Int { 7 }
  /// The version of the operators, the newest that ``irVersion`` may hold.
  public static var operatorSet: Int { 13 }

  /// The loss that the network was trained with; with one on classes the model gives `probabilities` as well.
  public var loss: (any Loss)?
  /// The names of the outputs.
  public var classNames: [String]?
  /// What the numbers of the files were divided by before they were standardised, as bytes of pictures are by 255.
  public var inputDivisor: Float?
  /// What the features were standardised with before they went into the network.
  public var standardisation: Standardisation?
  /// Whether the model divides and standardises by itself, and so takes numbers as the files hold them.
  public var standardisesInput: Bool
  /// Further metadata.
  public var metadata: [String: String]

  /// An export with what is known about the network.
  public init(
    loss: (any Loss)? = nil, classNames: [String]? = nil, inputDivisor: Float? = nil,
    standardisation: Standardisation? = nil, standardisesInput: Bool = false, metadata: [String: String] = [:]
  ) {
    self.loss = loss
    self.classNames = classNames
    self.inputDivisor = inputDivisor
    self.standardisation = standardisation
    self.standardisesInput = standardisesInput
    self.metadata = metadata
  }

  /// Writes the model to a file, as a whole or not at all.
  ///
  /// - Throws: ``ONNXError`` that names the layer that cannot be written, or says why the file cannot.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func write<S: Scalar>(_ network: Network<S>, to path: String) throws(ONNXError) {
    let bytes = try encode(network)
    do {
      try DurableFile.write(bytes, to: path)
    } catch {
      throw .file(error)
    }
  }

  /// The bytes of the model.
  ///
  /// - Throws: ``ONNXError``, which names the layer that cannot be written.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func encode<S: Scalar>(_ network: Network<S>) throws(ONNXError) -> [UInt8] {
    try requireFit(network)
    var operators = ProtobufMessage()
    // ONNX's own operators have the domain without a name.
    operators.add(1, string: "")
    operators.add(2, int64: Self.operatorSet)
    var model = ProtobufMessage()
    model.add(1, int64: Self.irVersion)
    model.add(2, string: "Batchwise")
    model.add(3, string: packageVersion)
    model.add(7, message: try graph(network).message(name: "network"))
    model.add(8, message: operators)
    for (key, value) in properties(network).sorted(by: { $0.key < $1.key }) {
      var property = ProtobufMessage()
      property.add(1, string: key)
      property.add(2, string: value)
      model.add(14, message: property)
    }
    guard model.bytes.count <= ONNXError.largestByteCount else { throw .tooLarge(byteCount: model.bytes.count) }
    return model.bytes
  }

  private func requireFit<S: Scalar>(_ network: Network<S>) throws(ONNXError) {
    let outputs = network.outputCount
    // A single output tells two classes apart.
    if let names = classNames, names.count != outputs, !(outputs == 1 && names.count == 2) {
      throw .mismatch("the network has \(outputs) outputs, and \(names.count) class names are given; give one for each")
    }
    if let standardisation, !standardisation.fits(featureCount: network.inputCount) {
      throw .mismatch(
        "the network takes \(network.inputCount) inputs, and the standardisation was fitted to "
          + "\(standardisation.means.count) features; give the one that the network was trained with")
    }
    if let inputDivisor, !(inputDivisor.isFinite && inputDivisor > 0) {
      throw .mismatch("the input cannot be divided by \(inputDivisor); give a number above 0, 255 for bytes")
    }
    if standardisesInput, standardisation == nil {
      throw .mismatch("the model is to standardise its input, and no standardisation is given; give the training's")
    }
  }

  private func graph<S: Scalar>(_ network: Network<S>) throws(ONNXError) -> ONNXGraph {
    var graph = ONNXGraph(elementType: ONNXElementType(of: S.self))
    /// The names of the values that are there.
    var names = [0: "input"]
    graph.addInput("input", shape: network.inputShape)
    for slot in network.slots { graph.addTensor(slot.name, shape: slot.shape, network.values(of: slot)) }
    for slot in network.bufferSlots { graph.addTensor(slot.name, shape: [slot.count], network.values(of: slot)) }
    if standardisesInput, let standardisation {
      var input = "input"
      graph.scope = "standardisation"
      if let inputDivisor, inputDivisor != 1 {
        input = graph.addNode("Div", [input, graph.addConstant(Double(inputDivisor))])
      }
      names[0] = standardisation.addNodes(to: &graph, input: input, inputShape: network.inputShape, as: S.self)
    }
    for (index, node) in network.graph.nodes.enumerated() {
      graph.scope = node.name
      let inputs = node.inputs.compactMap { names[$0] }
      switch node.operation {
      case .sum: names[node.output] = graph.addNode("Add", inputs)
      case .layer(let layer):
        guard let layer = layer as? any ONNXExportable else {
          throw .unsupportedLayer(name: node.name, layer: layer.description)
        }
        names[node.output] = try layer.addNodes(
          to: &graph, input: inputs[0], inputShape: network.graph.values[node.inputs[0]].dimensions,
          parameters: network.slots(ofNode: index).map(\.name), buffers: network.bufferSlots(ofNode: index).map(\.name))
      }
    }
    graph.addNode("Identity", [names[network.graph.output] ?? "input"], output: "outputs")
    graph.addOutput("outputs", shape: network.outputShape)
    if let (name, attributes) = (loss as? any ONNXExportableLoss)?.probabilities {
      graph.addNode(name, ["outputs"], attributes: attributes, output: "probabilities")
      graph.addOutput("probabilities", shape: network.outputShape)
    }
    return graph
  }

  private func properties<S: Scalar>(_ network: Network<S>) -> [String: String] {
    var properties = metadata
    properties["model"] = network.graph.modelText
    properties["input_shape"] = network.graph.values[0].description
    if let loss { properties["loss"] = loss.name }
    if let classNames { properties["class_names"] = RecordJSON.text(classNames) }
    if let inputDivisor { properties["input_divisor"] = SettingNumber.plain(Double(inputDivisor)) }
    if let standardisation { properties["standardisation"] = RecordJSON.text(standardisation) }
    if standardisesInput { properties["standardises_input"] = "true" }
    return properties
  }
}

/// The types of numbers in ONNX tensors that the engine computes in, by their numbers in `TensorProto.DataType`.
enum ONNXElementType: Int, Sendable {
  case float = 1
  case double = 11

  init<S: Scalar>(of scalar: S.Type) { self = scalar == Double.self ? .double : .float }
}

extension Standardisation {
  /// Adds (x − mean) · (1 / divisor), computed as ``/BatchData/Standardisation/apply(to:)`` does.
  func addNodes<S: Scalar>(to graph: inout ONNXGraph, input: String, inputShape: [Int], as scalar: S.Type) -> String {
    guard mode != .none else { return input }
    let centres = centres
    graph.addTensor(
      "standardisation.mean", shape: mode == .perFeature || offsets != nil ? inputShape : [], centres.map { S($0) })
    graph.addTensor(
      "standardisation.factor", shape: mode == .perFeature ? inputShape : [], divisors.map { S(1 / $0) })
    return graph.addNode("Mul", [graph.addNode("Sub", [input, "standardisation.mean"]), "standardisation.factor"])
  }
}
