import BatchAlgebra

/// Which memory the values of a graph and their gradients lie in: values that are not needed at the same time share a
/// buffer.
///
/// The forward pass of node n of N happens at time n, the loss at N, and the backward pass of node n at 2N − n. A value
/// lives from the node that writes it to the last one that reads it; its gradient from the last node that reads the
/// value, which writes it first, to the node that wrote the value. What pads rows is zero and must stay so: only values
/// with gaps at the same places share a buffer.
struct BufferPlan: Sendable {
  /// What is laid out alike in memory.
  struct Layout: Sendable, Hashable {
    /// The elements of a row, gaps between positions included.
    let columns: Int
    /// The shape, where there are gaps between positions.
    let gaps: ActivationShape?

    init(_ shape: ActivationShape) {
      columns = shape.storedCount
      gaps = shape.isContiguous ? nil : shape
    }

    /// The elements of an example, what pads its row included.
    var rowStride: Int { paddedRowStride(columns) }
  }

  /// The layouts of the buffers.
  private(set) var buffers: [Layout] = []
  /// The buffer of each value.
  private(set) var activations: [Int] = []
  /// The buffer of each value's gradient; nil where nobody needs one.
  private(set) var gradients: [Int?] = []
  /// For each node the buffer in which its part of a gradient waits to be added to what others gave; nil where it is
  /// stored at once.
  private(set) var contributions: [Int?] = []

  /// Plans the memory of forward passes, and where the graph is trained of backward passes as well.
  init(_ graph: ModelGraph, trains: Bool) {
    let lossTime = graph.nodes.count
    func backwardTime(_ node: Int) -> Int { 2 * lossTime - node }
    var lives: [Life] = []
    for value in graph.values.indices {
      let layout = Layout(graph.values[value])
      let writer = graph.nodes.firstIndex { $0.output == value }
      let readers = graph.readers(of: value)
      var end = value == graph.output ? lossTime : readers.last ?? -1
      if trains {
        for reader in readers where graph.nodes[reader].plan.backwardReads.contains(.input) {
          end = max(end, backwardTime(reader))
        }
        if let writer, graph.nodes[writer].plan.backwardReads.contains(.output) { end = max(end, backwardTime(writer)) }
      }
      lives.append(Life(subject: .activation(value), layout: layout, from: writer ?? -1, to: end))
      if trains, let writer {
        let start = value == graph.output ? lossTime : backwardTime(readers.last ?? writer)
        lives.append(Life(subject: .gradient(value), layout: layout, from: start, to: backwardTime(writer)))
      }
    }
    if trains {
      for node in graph.nodes.indices where Self.addsInputGradient(node, of: graph) {
        let time = backwardTime(node)
        lives.append(
          Life(
            subject: .contribution(node), layout: Layout(graph.values[graph.nodes[node].inputs[0]]), from: time,
            to: time
          ))
      }
    }
    activations = [Int](repeating: 0, count: graph.values.count)
    gradients = [Int?](repeating: nil, count: graph.values.count)
    contributions = [Int?](repeating: nil, count: graph.nodes.count)
    assign(lives)
  }

  /// Whether a layer's gradient of its input comes after that of another reader of the value, to which it is added.
  static func addsInputGradient(_ node: Int, of graph: ModelGraph) -> Bool {
    guard graph.nodes[node].layer != nil, let value = graph.nodes[node].inputs.first, value != 0 else { return false }
    return graph.readers(of: value).last != node
  }

  private struct Life {
    enum Subject {
      case activation(Int)
      case gradient(Int)
      case contribution(Int)
    }

    let subject: Subject
    let layout: Layout
    let from: Int
    let to: Int
  }

  private mutating func assign(_ lives: [Life]) {
    /// The time until which each buffer is taken.
    var ends: [Int] = []
    for life in lives.enumerated().sorted(by: { ($0.element.from, $0.offset) < ($1.element.from, $1.offset) }) {
      let life = life.element
      let free = buffers.indices.first { buffers[$0] == life.layout && ends[$0] < life.from }
      let buffer = free ?? buffers.count
      if free == nil {
        buffers.append(life.layout)
        ends.append(life.to)
      } else {
        ends[buffer] = life.to
      }
      switch life.subject {
      case .activation(let value): activations[value] = buffer
      case .gradient(let value): gradients[value] = buffer
      case .contribution(let node): contributions[node] = buffer
      }
    }
  }
}
