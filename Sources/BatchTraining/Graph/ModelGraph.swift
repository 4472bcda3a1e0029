public import BatchAlgebra

/// A model as values and the nodes that compute them, in the order in which they are computed.
///
/// Value 0 is the input. A value may be read by several nodes, as behind a ``Residual``; its gradient is then the sum
/// of what they give.
public struct ModelGraph: Sendable {
  /// The number of a value.
  public typealias ValueIndex = Int

  /// What a node does.
  public enum Operation: Sendable {
    /// A layer, on one value.
    case layer(any Layer)
    /// The sum of two values of one shape.
    case sum
  }

  /// One step of the computation.
  public struct Node: Sendable, CustomStringConvertible {
    /// The name, which parameters' names begin with: `layers.3`, `layers.4.body.0`.
    public let name: String
    /// What is done.
    public let operation: Operation
    /// The values that are read.
    public let inputs: [ValueIndex]
    /// The value that is written.
    public let output: ValueIndex
    /// What the node needs.
    public let plan: LayerPlan

    /// The layer; nil for a sum.
    public var layer: (any Layer)? {
      if case .layer(let layer) = operation { layer } else { nil }
    }

    /// The layer in words, or `sum`.
    public var description: String { layer?.description ?? "sum" }
  }

  /// The shapes of the values of one example.
  public private(set) var values: [ActivationShape]
  /// The nodes, in the order of computation.
  public private(set) var nodes: [Node] = []
  /// What the nodes were planned for.
  public let context: ComputeContext

  /// The graph of a model.
  ///
  /// - Throws: ``ModelError`` when a layer cannot take its input, or for sizes that no memory holds.
  public init(_ model: Sequential, context: ComputeContext) throws(ModelError) {
    guard !model.layers.isEmpty else { throw .invalidLayer("a network needs at least one layer") }
    guard !model.inputShape.isEmpty else {
      throw .mismatch("an example of the shape [] has no features to give a layer")
    }
    try requireAddressable(model.inputShape)
    self.context = context
    values = [ActivationShape(model.inputShape)]
    let output = try add(model.layers, input: 0, name: "layers")
    guard output == values.count - 1, output > 0 else {
      throw .invalidLayer("a network's last layer must compute something")
    }
    guard values[output].isContiguous else {
      throw .invalidLayer("the channels of a network's output must follow one another without gaps")
    }
  }

  /// The value that the model gives.
  public var output: ValueIndex { values.count - 1 }

  /// Adds components one after another, named `NAME.0`, `NAME.1`, and returns what the last one gives.
  public mutating func add(
    _ components: [any ModelComponent], input: ValueIndex, name: String
  ) throws(ModelError) -> ValueIndex {
    var value = input
    for (index, component) in components.enumerated() {
      value = try component.add(to: &self, input: value, name: "\(name).\(index)")
    }
    return value
  }

  /// Adds a layer and returns what it gives.
  public mutating func add(
    _ layer: any Layer, input: ValueIndex, name: String
  ) throws(ModelError) -> ValueIndex {
    let plan = try layer.plan(for: values[input], context)
    try requireAddressable(plan.output.dimensions)
    for parameter in plan.parameters { try requireAddressable(parameter.shape) }
    return append(.layer(layer), inputs: [input], name: name, plan: plan)
  }

  /// Adds the sum of two values and returns it.
  ///
  /// - Throws: ``ModelError/invalidLayer(_:)`` for values of different shapes.
  public mutating func addSum(
    _ first: ValueIndex, _ second: ValueIndex, name: String
  ) throws(ModelError) -> ValueIndex {
    guard values[first] == values[second] else {
      throw .invalidLayer("\(name): values of the shapes \(values[first]) and \(values[second]) have no sum")
    }
    var plan = LayerPlan(
      output: values[first], operations: LayerPlan.PassCounts(forward: values[first].count))
    plan.backwardReads = []
    return append(.sum, inputs: [first, second], name: name, plan: plan)
  }

  private mutating func append(
    _ operation: Operation, inputs: [ValueIndex], name: String, plan: LayerPlan
  ) -> ValueIndex {
    values.append(plan.output)
    nodes.append(
      Node(name: name, operation: operation, inputs: inputs, output: values.count - 1, plan: plan))
    return values.count - 1
  }

  /// The nodes that read a value, in the order of computation.
  func readers(of value: ValueIndex) -> [Int] { nodes.indices.filter { nodes[$0].inputs.contains(value) } }

  /// Whether each node reads what the one before gives, and nothing else.
  var isChain: Bool { nodes.allSatisfy { $0.inputs == [$0.output - 1] } }

  /// The layers in words, as files tell of them: `dense 512 relu; dense 10`.
  public var modelText: String {
    nodes.map { node in
      node.inputs == [node.output - 1]
        ? node.description : "\(node) of values \(node.inputs.map(String.init).joined(separator: " and "))"
    }.joined(separator: "; ")
  }

  /// The floating-point operations of one training example, less the gradient of the input, which nobody needs.
  public var trainingOperationsPerExample: Int {
    nodes.reduce(0) { total, node in
      let operations = node.plan.operations
      return total + operations.forward + operations.backwardWeights
        + (node.inputs.contains(0) ? 0 : operations.backwardData)
    }
  }
}

/// A part of a model that adds nodes to its graph: a ``Layer``, or several of them as in ``Residual``.
public protocol ModelComponent: Sendable, CustomStringConvertible {
  /// Adds the component's nodes behind a value and returns what they give; `name` is what names of nodes begin with.
  ///
  /// - Throws: ``ModelError`` when the component cannot take such an input.
  func add(
    to graph: inout ModelGraph, input: ModelGraph.ValueIndex, name: String
  ) throws(ModelError) -> ModelGraph.ValueIndex
}

/// Throws for a shape below 0, or of more elements than a process can address; with fewer, no product of a few small
/// numbers and a size overflows.
func requireAddressable(_ shape: [Int]) throws(ModelError) {
  var count = 1
  for extent in shape {
    guard extent >= 0 else { throw .invalidLayer("a shape cannot be \(shape): \(extent) is below 0") }
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    guard !overflow, product < 1 << 47 else { throw .allocation(AllocationError(byteCount: Int.max)) }
    count = product
  }
}
