import BatchTestSupport
import Glibc

/// Computes an ONNX model by plain loops in double precision, from the operators' descriptions.
struct ONNXInterpreter {
  struct Tensor: Equatable {
    var shape: [Int]
    var values: [Double]
  }

  struct Unreadable: Error {
    var what: String
  }

  let model: ProtobufFields
  let graph: ProtobufFields
  let tensors: [String: Tensor]

  init(_ bytes: [UInt8]) throws {
    model = try ProtobufFields(bytes)
    graph = try model.messages(7)[0]
    var tensors: [String: Tensor] = [:]
    for tensor in try graph.messages(5) {
      let raw = tensor.bytes(9)[0]
      let isDouble = tensor.integers(2) == [11]
      let values = stride(from: 0, to: raw.count, by: isDouble ? 8 : 4).map { start in
        let bits = raw[start..<start + (isDouble ? 8 : 4)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return isDouble ? Double(bitPattern: bits) : Double(Float(bitPattern: UInt32(bits)))
      }
      tensors[tensor.strings(8)[0]] = Tensor(shape: tensor.integers(1), values: values)
    }
    self.tensors = tensors
  }

  /// The names and shapes of the model's inputs (11) or outputs (12); nil stands for an extent without a size.
  func interface(_ field: Int) throws -> [String: [Int?]] {
    var shapes: [String: [Int?]] = [:]
    for value in try graph.messages(field) {
      let dimensions = try value.messages(2)[0].messages(1)[0].messages(2)[0].messages(1)
      shapes[value.strings(1)[0]] = dimensions.map { $0.integers(1).first }
    }
    return shapes
  }

  /// The model's metadata.
  func metadata() throws -> [String: String] {
    try Dictionary(uniqueKeysWithValues: model.messages(14).map { ($0.strings(1)[0], $0.strings(2)[0]) })
  }

  /// Everything that the model computes of an input, by name.
  func run(_ input: Tensor) throws -> [String: Tensor] {
    var values = tensors
    values["input"] = input
    for node in try graph.messages(1) {
      let inputs = try node.strings(1).map { name in
        guard let value = values[name] else { throw Unreadable(what: "\(name) is used before it is there") }
        return value
      }
      let output = node.strings(2)[0]
      guard values[output] == nil else { throw Unreadable(what: "\(output) is made twice") }
      values[output] = try compute(node, inputs)
    }
    return values
  }

  private func compute(_ node: ProtobufFields, _ inputs: [Tensor]) throws -> Tensor {
    let integers = try Dictionary(
      uniqueKeysWithValues: node.messages(5).map { ($0.strings(1)[0], $0.integers(3).first) })
    let x = inputs[0]
    func each(_ f: (Double) -> Double) -> Tensor { Tensor(shape: x.shape, values: x.values.map(f)) }
    /// The second operand's shape is the end of the first's.
    func pairs(_ f: (Double, Double) -> Double) throws -> Tensor {
      let y = inputs[1]
      guard x.shape.suffix(y.shape.count) == y.shape[...] else { throw Unreadable(what: "\(x.shape), \(y.shape)") }
      return Tensor(shape: x.shape, values: x.values.indices.map { f(x.values[$0], y.values[$0 % y.values.count]) })
    }
    switch node.strings(4)[0] {
    case "Identity": return x
    case "Flatten" where integers["axis"] == 1:
      return Tensor(shape: [x.shape[0], x.shape.dropFirst().reduce(1, *)], values: x.values)
    case "Gemm" where integers["transB"] == 0: return gemm(x, inputs[1], plus: inputs[2])
    case "Relu": return each { max($0, 0) }
    case "Tanh": return each(tanh)
    case "Sigmoid": return each { 1 / (1 + exp(-$0)) }
    case "Erf": return each(erf)
    case "Cast": return integers["to"] == 1 ? each { Double(Float($0)) } : x
    case "Sub": return try pairs(-)
    case "Add": return try pairs(+)
    case "Mul": return try pairs(*)
    case "Div": return try pairs(/)
    case "Softmax" where integers["axis"] == -1: return softmax(x)
    case let name: throw Unreadable(what: "\(name) \(integers)")
    }
  }

  private func gemm(_ a: Tensor, _ b: Tensor, plus c: Tensor) -> Tensor {
    let (rows, inner, columns) = (a.shape[0], b.shape[0], b.shape[1])
    var y = Tensor(shape: [rows, columns], values: [])
    for i in 0..<rows {
      for j in 0..<columns {
        let sum = (0..<inner).reduce(0) { $0 + a.values[i * inner + $1] * b.values[$1 * columns + j] }
        y.values.append(sum + c.values[j])
      }
    }
    return y
  }

  private func softmax(_ x: Tensor) -> Tensor {
    let columns = x.shape[x.shape.count - 1]
    var y = x
    for start in stride(from: 0, to: x.values.count, by: columns) {
      let exponentials = x.values[start..<start + columns].map(exp)
      let sum = exponentials.reduce(0, +)
      for j in 0..<columns { y.values[start + j] = exponentials[j] / sum }
    }
    return y
  }
}
