import BatchData
import Batchwise

/// Samples of what goes to other programs and comes from them: ONNX models, weights of PyTorch, event files.
///
/// Beside each sample lie the inputs of a network and what the package itself computes from them.
enum ExchangeSamples {
  private static let tolerance: Float = 1e-5

  static func write(to folder: String) throws {
    let folder = "\(folder)/exchange"
    try DurableFile.makeFolder(folder)
    for activation in Activation.allCases {
      for loss in NamedLoss.known {
        try write(activation, loss, as: Float.self, to: folder)
        try write(activation, loss, as: Double.self, to: folder)
      }
    }
    try write(.relu, .softmaxCrossEntropy, dropout: 0.3, as: Float.self, to: folder)
    try writeEvents(to: folder)
  }

  /// A network after a few steps of training, as a model and as weights.
  private static func write<S: Scalar>(
    _ activation: Activation, _ loss: any Loss, dropout: Double? = nil, as scalar: S.Type, to folder: String
  ) throws {
    let variant = dropout == nil ? "" : "-dropout"
    let path = "\(folder)/\(activation.rawValue)-\(loss.name)\(variant)-\(S.precisionName)"
    let data = try DataSource.dots(examples: 400).load(validation: 50, seed: 1, standardisation: .perFeature)
    // A value to fit for each input, where classes are of no use.
    let seen =
      loss is MeanSquaredError
      ? try Dataset(name: "fit", features: data.train.features, targets: .values(data.train.features)) : data.train
    var layers: [any Layer] = [Dense(70, activation), Dense(9, activation), Dense(2)]
    if let dropout { layers.insert(Dropout(dropout), at: 1) }
    let model = Sequential(inputShape: [2], layers: layers)
    let network = try Network<S>(model, seed: 1)
    let step = try TrainingStep(
      network, on: seen, loss: loss, optimizer: SGD(learningRate: 0.05), capacity: 64, team: ThreadTeam(threads: 1))
    let indices = (0..<64).map { Int32($0) }
    for _ in 0..<30 { indices.withUnsafeBufferPointer { _ = step($0) } }

    let some = try seen.subset(Array(0..<20))
    try write(some.features, to: "\(path).inputs.npy")
    let predictions = try Evaluator(network, on: some, loss: loss, team: ThreadTeam(threads: 1)).predictions()
    try write(predictions, to: "\(path).predictions.npy")
    try write(outputs(of: network, for: some.features), to: "\(path).outputs.npy")
    try ONNXExport(loss: loss, standardisation: data.standardisation).write(network, to: "\(path).onnx")
    try network.writeWeights(to: "\(path).safetensors", layout: .pyTorch)
  }

  private static func writeEvents(to folder: String) throws {
    let board = try TensorBoardWriter(folder: "\(folder)/events")
    var list: [String] = []
    for step in 0..<50 {
      let (time, loss) = (1_700_000_000 + Double(step) / 4, 1 / Double(step + 1))
      try board.write([("loss/training", loss), ("accuracy", 1 - loss)], step: 100 * step, wallTime: time)
      for (tag, value) in [("loss/training", loss), ("accuracy", 1 - loss)] {
        list.append(#"{"tag": "\#(tag)", "step": \#(100 * step), "time": \#(time), "value": \#(value)}"#)
      }
    }
    try DurableFile.write(Array("[\(list.joined(separator: ",\n"))]\n".utf8), to: "\(folder)/events.json")
  }

  /// Reads the weights that PyTorch has written, and compares what the network makes of them: the number of files, and
  /// the largest difference.
  static func readTorch(_ folder: String) throws -> (files: Int, difference: Float) {
    var largest: Float = 0
    let names = try DurableFile.names(in: folder).filter { $0.hasSuffix(".safetensors") }
    guard names.count == 4 else { throw Difference(description: "\(folder) holds \(names)") }
    for name in names {
      let path = "\(folder)/\(name.dropLast(".safetensors".count))"
      let network = try Network<Float>(
        Sequential(inputShape: [6]) {
          Dense(70, .gelu)
          Dense(3)
        }, seed: 1)
      try network.readWeights(from: "\(path).safetensors", layout: .pyTorch)
      let inputs = try NPY.decode(DurableFile.read("\(path).inputs.npy"), path: "\(path).inputs.npy")
      let expected = try NPY.decode(DurableFile.read("\(path).outputs.npy"), path: "\(path).outputs.npy")
      let found = try outputs(of: network, for: inputs)
      // The larger of a number and a NaN is the number: a NaN has to be kept by hand.
      let error = zip(found.elements, expected.elements).map { abs($0 - $1) }.reduce(0) { $1.isNaN ? $1 : max($0, $1) }
      guard found.count == expected.count, error <= tolerance else {
        throw Difference(description: "\(path).safetensors: the outputs differ by \(error) from PyTorch's")
      }
      largest = max(largest, error)
    }
    return (names.count, largest)
  }

  static func outputs<S: Scalar>(of network: Network<S>, for inputs: Matrix<Float>) throws -> Matrix<S> {
    let targets = try Matrix<Float>(rows: inputs.rows, columns: network.outputCount)
    let data = try Dataset(name: "samples", features: inputs, targets: .values(targets))
    return try Evaluator(network, on: data, loss: .meanSquaredError, team: ThreadTeam(threads: 1)).predictions()
  }

  static func write<S: Scalar>(_ matrix: Matrix<S>, to path: String) throws {
    let elements = matrix.elements.map { Float($0) }
    try DurableFile.write(NPY.encode(try Matrix(rows: matrix.rows, columns: matrix.columns, elements)), to: path)
  }
}
