import BatchAlgebra

/// The types of numbers in ONNX tensors that the engine computes in, by their numbers in `TensorProto.DataType`.
enum ONNXElementType: Int, Sendable {
  case float = 1
  case double = 11

  init<S: Scalar>(of scalar: S.Type) { self = scalar == Double.self ? .double : .float }
}
