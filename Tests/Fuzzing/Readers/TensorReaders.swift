import BatchAlgebra
import BatchFormats
import BatchFoundation
import BatchTestSupport
import BatchTraining

extension FuzzedReader {
  static let tensors: [FuzzedReader] = [safetensors, checkpoint]

  /// Weights in both layouts, and elements of every type.
  private static let safetensors = FuzzedReader(
    name: "safetensors",
    corpus: { scratch in
      let network = try network()
      var inputs: [FuzzInput] = []
      for layout in WeightsLayout.allCases {
        try network.writeWeights(to: "\(scratch)/\(layout).safetensors", layout: layout, metadata: ["note": "a"])
        inputs.append(FuzzInput(["w.safetensors": try DurableFile.read("\(scratch)/\(layout).safetensors")]))
      }
      let types = ElementType.allCases
      try writeTypes(to: "\(scratch)/types.safetensors")
      return inputs + [FuzzInput(["w.safetensors": try DurableFile.read("\(scratch)/types.safetensors")])]
    },
    seal: { changed, _ in
      changed.files["w.safetensors"].map { bytes in
        var bytes = bytes
        SealedTensors.seal(&bytes)
        changed.files["w.safetensors"] = bytes
      }
    },
    read: { _, folder in
      let path = "\(folder)/w.safetensors"
      let file = try SafeTensorsFile(path: path)
      for tensor in file.tensors {
        let array = try file.array(tensor.name)
        _ = array.floats()
        _ = array.doubles()
      }
      try file.verifyChecksum()
      for layout in WeightsLayout.allCases {
        do { try network().readWeights(from: path, layout: layout) } catch is WeightsError {}
      }
    })

  /// A run after a few updates, opened, evaluated from and resumed.
  private static let checkpoint = FuzzedReader(
    name: "checkpoint",
    corpus: { scratch in
      try SmallRun.variants.map { settings in
        let run = try SmallRun.run(settings, folder: nil)
        _ = try run.train()
        try run.trainer.save(to: "\(scratch)/c.safetensors", metadata: SmallRun.description.metadata)
        let bytes = SmallRun.settled(try DurableFile.read("\(scratch)/c.safetensors"))
        return FuzzInput(["c.safetensors": bytes])
      }
    },
    seal: { changed, _ in
      for name in changed.names { SealedTensors.seal(&changed.files[name, default: []]) }
    },
    read: { _, folder in
      let checkpoint = try Checkpoint(path: "\(folder)/c.safetensors")
      try SmallRun.use(checkpoint)
    })

  /// A tensor of elements of each type.
  private static func writeTypes(to path: String) throws {
    var writer = try SafeTensorsWriter(
      path: path,
      tensors: ElementType.allCases.map {
        TensorDescription(name: "t.\($0.rawValue)", elementType: $0, shape: [2, 3])
      })
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 6 * MemoryLayout<UInt64>.size, alignment: 8)
    defer { memory.deallocate() }
    memory.copyBytes(from: (0..<memory.count).map { UInt8($0) })
    for tensor in writer.tensors {
      try writer.append(UnsafeRawBufferPointer(rebasing: memory[..<tensor.byteCount]), to: tensor.name)
    }
    try writer.finish()
  }

  private static func network() throws -> Network<Float> {
    try Network<Float>(
      Sequential(inputShape: [3]) {
        Dense(5, .tanh)
        Dense(2)
      }, seed: 1, context: .oneThread)
  }
}
