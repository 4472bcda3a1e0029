import BatchAlgebra
import BatchFormats

/// A setting of an ONNX node.
public enum ONNXAttribute: Sendable, Hashable {
  /// One integer.
  case int(Int)
  /// Several integers.
  case ints([Int])
  /// One number.
  case float(Float)
  /// A text.
  case string(String)
}

/// The graph of an ONNX model while it is put together: nodes, each fed by values that are there before it.
///
/// Values are known by their names, which the graph chooses. Operators are those of operator set
/// ``ONNXExport/operatorSet`` (github.com/onnx/onnx/blob/main/docs/Operators.md).
public struct ONNXGraph: Sendable {
  /// What the names of the nodes that are added next begin with.
  var scope = ""
  /// The type of the network's numbers.
  let elementType: ONNXElementType

  private var nodes: [ProtobufMessage] = []
  private var tensors: [ProtobufMessage] = []
  private var inputs: [ProtobufMessage] = []
  private var outputs: [ProtobufMessage] = []
  private var names: Set<String> = []

  init(elementType: ONNXElementType) { self.elementType = elementType }

  /// Whether the network computes in `Double`.
  public var isDouble: Bool { elementType == .double }

  /// Adds a node and returns the name of its output, `<layer>.<operator>`.
  public mutating func addNode(
    _ operatorName: String, _ inputs: [String], attributes: KeyValuePairs<String, ONNXAttribute> = [:]
  ) -> String {
    addNode(operatorName, inputs, attributes: attributes, output: unusedName(operatorName.lowercased()))
  }

  /// Adds a number of the network's type and returns its name.
  public mutating func addConstant(_ value: Double) -> String {
    let name = unusedName("constant")
    if isDouble {
      addTensor(name, shape: [], [value])
    } else {
      addTensor(name, shape: [], [Float(value)])
    }
    return name
  }

  // MARK: What the export itself adds

  /// Adds a node whose output has a name of its own.
  @discardableResult
  mutating func addNode(
    _ operatorName: String, _ inputs: [String], attributes: KeyValuePairs<String, ONNXAttribute> = [:], output: String
  ) -> String {
    names.insert(output)
    var node = ProtobufMessage()
    for input in inputs { node.add(1, string: input) }
    node.add(2, string: output)
    node.add(3, string: output)
    node.add(4, string: operatorName)
    for (name, value) in attributes { node.add(5, message: Self.attribute(name, value)) }
    nodes.append(node)
    return output
  }

  /// Adds numbers that the model holds.
  mutating func addTensor<S: Scalar>(_ name: String, shape: [Int], _ values: [S]) {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values do not fill \(shape)")
    names.insert(name)
    var tensor = ProtobufMessage()
    for extent in shape { tensor.add(1, int64: extent) }
    tensor.add(2, int64: ONNXElementType(of: S.self).rawValue)
    tensor.add(8, string: name)
    // Little-endian, as are all processors that this package runs on.
    values.withUnsafeBytes { tensor.add(9, bytes: $0) }
    tensors.append(tensor)
  }

  /// Says that the value [batch, `shape`…] is given to the model, for batches of any size.
  mutating func addInput(_ name: String, shape: [Int]) {
    names.insert(name)
    inputs.append(valueInfo(name, shape: shape))
  }

  /// Says that the value [batch, `shape`…] is a result of the model.
  mutating func addOutput(_ name: String, shape: [Int]) { outputs.append(valueInfo(name, shape: shape)) }

  /// The message `GraphProto`.
  func message(name: String) -> ProtobufMessage {
    var graph = ProtobufMessage()
    for node in nodes { graph.add(1, message: node) }
    graph.add(2, string: name)
    for tensor in tensors { graph.add(5, message: tensor) }
    for input in inputs { graph.add(11, message: input) }
    for output in outputs { graph.add(12, message: output) }
    return graph
  }

  private func unusedName(_ ending: String) -> String {
    let stem = scope.isEmpty ? ending : "\(scope).\(ending)"
    if !names.contains(stem) { return stem }
    var number = 2
    while names.contains("\(stem)_\(number)") { number += 1 }
    return "\(stem)_\(number)"
  }

  /// `ValueInfoProto`, the first extent without a size but with a name.
  private func valueInfo(_ name: String, shape: [Int]) -> ProtobufMessage {
    var batch = ProtobufMessage()
    batch.add(2, string: "batch")
    var extents = ProtobufMessage()
    extents.add(1, message: batch)
    for extent in shape {
      var dimension = ProtobufMessage()
      dimension.add(1, int64: extent)
      extents.add(1, message: dimension)
    }
    var tensor = ProtobufMessage()
    tensor.add(1, int64: elementType.rawValue)
    tensor.add(2, message: extents)
    var type = ProtobufMessage()
    type.add(1, message: tensor)
    var value = ProtobufMessage()
    value.add(1, string: name)
    value.add(2, message: type)
    return value
  }

  /// `AttributeProto`; its field 20 says which of the others holds the value.
  private static func attribute(_ name: String, _ value: ONNXAttribute) -> ProtobufMessage {
    var attribute = ProtobufMessage()
    attribute.add(1, string: name)
    switch value {
    case .float(let number):
      attribute.add(2, float: number)
      attribute.add(20, int64: 1)
    case .int(let number):
      attribute.add(3, int64: number)
      attribute.add(20, int64: 2)
    case .string(let text):
      attribute.add(4, string: text)
      attribute.add(20, int64: 3)
    case .ints(let numbers):
      for number in numbers { attribute.add(8, int64: number) }
      attribute.add(20, int64: 7)
    }
    return attribute
  }
}
