import BatchAlgebra
import BatchFormats
import BatchFoundation

extension Network {
  /// Writes all parameters and running buffers to a safetensors file, as a whole or not at all.
  ///
  /// Numbers keep their bits. The layout ``WeightsLayout/pyTorch`` is what
  /// `torch.nn.Sequential(…).load_state_dict(safetensors.torch.load_file(path))` takes. The header says what the
  /// network is: `batchwise.model`, `batchwise.input_shape`, `batchwise.layout`, `batchwise.format_version`, and for
  /// PyTorch in `batchwise.pytorch` the expression that makes it there; `metadata` is added to that.
  ///
  /// - Throws: ``WeightsError``, when PyTorch has no counterpart of a layer or the system refuses.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func writeWeights(
    to path: String, layout: WeightsLayout = .plain, metadata: [String: String] = [:]
  ) throws(WeightsError) {
    let parameters = try stored(as: layout)
    var header = metadata
    header[WeightsMetadata.versionKey] = WeightsMetadata.version
    header[WeightsMetadata.layoutKey] = layout.rawValue
    header[WeightsMetadata.modelKey] = graph.modelText
    header[WeightsMetadata.inputShapeKey] = graph.values[0].description
    if layout == .pyTorch, graph.isChain {
      let modules = try pyTorchModules().joined().map { "torch.nn.\($0.constructor)" }
      header[WeightsMetadata.pyTorchKey] = "torch.nn.Sequential(\(modules.joined(separator: ", ")))"
    }
    // By which libraries over PyTorch know a file as theirs.
    if layout == .pyTorch { header["format"] = "pt" }
    do throws(FileError) {
      var writer = try SafeTensorsWriter(
        path: path,
        tensors: parameters.map { TensorDescription(name: $0.name, elementType: S.elementType, shape: $0.shape) },
        metadata: header)
      for parameter in parameters {
        let values = parameter.values(in: self)
        try values.withUnsafeBufferPointer { (values) throws(FileError) in
          try writer.append(UnsafeRawBufferPointer(values), to: parameter.name)
        }
      }
      try writer.finish()
    } catch {
      throw .notWritten(error)
    }
  }

  /// Takes all parameters and running buffers from a safetensors file that was written from a network of the same layers, by this package
  /// or by PyTorch.
  ///
  /// Without a layout the file must say its own, as this package's files do. Numbers of 16, 32 and 64 bits become those
  /// of the network, the nearest ones where it has not as many digits. The network stays as it is unless every
  /// parameter is there, in its shape, and nothing else.
  ///
  /// - Throws: ``WeightsError``, which names the tensors that do not fit and says what to do.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func readWeights(from path: String, layout: WeightsLayout? = nil) throws(WeightsError) {
    let file = try Self.reading { () throws(DataError) in try SafeTensorsFile(path: path) }
    let parameters = try stored(as: requiredLayout(of: file, asked: layout))
    try requireModel(of: file)
    try require(parameters, in: file)
    let values = try Self.reading { () throws(DataError) -> [[S]] in
      if file.hasChecksum { try file.verifyChecksum() }
      var values: [[S]] = []
      for parameter in parameters { values.append(try file.array(parameter.name).numbers()) }
      return values
    }
    for (parameter, values) in zip(parameters, values) {
      parameter.setValues(values, in: self)
    }
  }

  private static func reading<R>(_ body: () throws(DataError) -> R) throws(WeightsError) -> R {
    do {
      return try body()
    } catch {
      throw .notRead(error)
    }
  }

  private func requiredLayout(
    of file: SafeTensorsFile, asked: WeightsLayout?
  ) throws(WeightsError) -> WeightsLayout {
    if let version = file.metadata[WeightsMetadata.versionKey], version != WeightsMetadata.version {
      throw .otherVersion(path: file.path, found: version)
    }
    guard let text = file.metadata[WeightsMetadata.layoutKey] else {
      guard let asked else { throw .unknownLayout(path: file.path) }
      return asked
    }
    guard let found = WeightsLayout(rawValue: text) else { throw .foreignLayout(path: file.path, found: text) }
    if let asked, asked != found {
      throw .otherLayout(path: file.path, found: found.rawValue, expected: asked)
    }
    return found
  }

  /// Two activations have the same parameters: only the header tells them apart.
  private func requireModel(of file: SafeTensorsFile) throws(WeightsError) {
    let (modelText, inputShapeText) = (graph.modelText, graph.values[0].description)
    let model = file.metadata[WeightsMetadata.modelKey] ?? modelText
    let inputShape = file.metadata[WeightsMetadata.inputShapeKey] ?? inputShapeText
    guard model == modelText, inputShape == inputShapeText else {
      throw .otherModel(
        path: file.path, found: "\(model) on \(inputShape)", expected: "\(modelText) on \(inputShapeText)")
    }
  }

  private func require(_ parameters: [StoredParameter<S>], in file: SafeTensorsFile) throws(WeightsError) {
    var problems: [TensorProblem] = []
    for parameter in parameters {
      guard let tensor = file.tensor(named: parameter.name) else {
        problems.append(.missing(name: parameter.name, shape: parameter.shape))
        continue
      }
      if tensor.shape != parameter.shape {
        problems.append(.shape(name: parameter.name, found: tensor.shape, expected: parameter.shape))
      } else if ![.float64, .float32, .float16, .bfloat16].contains(tensor.elementType) {
        problems.append(.elementType(name: parameter.name, tensor.elementType))
      }
    }
    let names = Set(parameters.map(\.name))
    for tensor in file.tensors where !names.contains(tensor.name) {
      problems.append(.unexpected(name: tensor.name, shape: tensor.shape))
    }
    guard problems.isEmpty else { throw .tensors(path: file.path, problems) }
  }
}
