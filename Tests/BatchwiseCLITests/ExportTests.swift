import BatchData
import BatchFormats
import BatchTestSupport
import Foundation
import Testing

/// A trained network for other programs, from the command line.
@Suite struct ExportTests {
  private let folder = TemporaryFolder()

  private func train(_ more: String...) throws {
    let run = try Tool.run(
      ["train", "--data", "dots", "--model", "mlp:8", "--epochs", "1", "--output", "\(folder.path)/r", "--quiet"] + more
    )
    try #require(run.status == 0, "\(run.notes)")
  }

  private func export(_ more: String...) throws -> Tool.Outcome { try Tool.run(["export", "\(folder.path)/r"] + more) }

  @Test func weightsKeepTheirBits() throws {
    try train()
    let run = try export("--output", "\(folder.path)/w.safetensors")
    #expect(run.status == 0 && run.output.isEmpty)
    #expect(run.notes.contains("w.safetensors holds dense 8 relu; dense 2 of \(folder.path)/r/checkpoints/best"))
    #expect(try export("-o", "\(folder.path)/w.npz", "--quiet").notes.isEmpty)
    #expect(try export("-o", "\(folder.path)/t.safetensors", "--layout", "pytorch").status == 0)
    let checkpoint = try SafeTensorsFile(path: "\(folder.path)/r/checkpoints/best.safetensors")
    let plain = try SafeTensorsFile(path: "\(folder.path)/w.safetensors")
    let archive = try NPZ(path: "\(folder.path)/w.npz")
    let names = ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"]
    #expect(plain.tensors.map(\.name) == names && archive.names == names)
    for name in names {
      #expect(try plain.array(name) == checkpoint.array(name))
      #expect(try archive.array(name) == checkpoint.array(name))
    }
    let torch = try SafeTensorsFile(path: "\(folder.path)/t.safetensors")
    let (there, here) = (try torch.array("0.weight"), try plain.array("layers.0.weight"))
    #expect(there.shape == [8, 2] && here.shape == [2, 8])
    for i in 0..<2 { for o in 0..<8 { #expect(there.floats()[o * 2 + i] == here.floats()[i * 8 + o]) } }
    #expect(torch.metadata["batchwise.pytorch"]?.hasPrefix("torch.nn.Sequential(torch.nn.Linear(2, 8") == true)
  }

  @Test func aModelKnowsItsClassesAndStandardisation() throws {
    let rows = (0..<100).map { "\($0 + 1000),\($0 < 50 ? "\"a, b\"" : "c")\n" }
    let data = folder.write("x,y\n" + rows.joined(), to: "d.csv")
    let trained = try Tool.run("train", "--data", data, "--model", "mlp:4", "--epochs", "1", "-o", "\(folder.path)/r")
    #expect(trained.status == 0)
    #expect(try export("--output", "\(folder.path)/m.onnx").status == 0)
    #expect(try export("--output", "\(folder.path)/s.onnx", "--standardise").status == 0)
    let (model, standardising) = (try #require(folder.read("m.onnx")), try #require(folder.read("s.onnx")))
    for bytes in [model, standardising] {
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.contains("[\"a, b\",\"c\"]") && text.contains("softmax-cross-entropy"))
      #expect(text.contains("perFeature") && text.contains("probabilities"))
    }
    #expect(!String(decoding: model, as: UTF8.self).contains("standardises_input"))
    #expect(String(decoding: standardising, as: UTF8.self).contains("standardises_input"))
  }

  /// The help says of what kind the model's input is, and which schedule gets to the full rate behind a warm-up.
  @Test func theHelpSaysWhatIsTaken() throws {
    func help(_ command: String) throws -> String {
      try Tool.run(command, "--help").output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    #expect(try help("export").contains("divide bytes by 255, where the training's were, and standardise"))
    #expect(try help("train").contains("cosine is below the full rate when the warm-up ends, one-cycle is at it"))
  }

  @Test func whatCannotBeWrittenIsRefused() throws {
    try train()
    let cases: [([String], Int32, String)] = [
      (["-o", "m.pt"], 64, "--output takes an .onnx, .safetensors or .npz file, not 'm.pt'"),
      (["-o", "onnx"], 64, "--output takes an .onnx, .safetensors or .npz file, not 'onnx'"),
      (["-o", "m.onnx", "--layout", "pytorch"], 64, "--layout pytorch goes with a .safetensors file"),
      (["-o", "m.npz", "--standardise"], 64, "--standardise goes with an .onnx file"), ([], 64, "--output"),
      (["-o", "/nowhere/m.onnx"], 1, "cannot write /nowhere/m.onnx"),
      (["-o", "/nowhere/m.safetensors"], 1, "cannot write /nowhere/m.safetensors"),
    ]
    for (options, status, message) in cases {
      let run = try Tool.run(["export", "\(folder.path)/r"] + options)
      #expect(run.status == status && run.output.isEmpty && run.notes.contains(message), "\(run.notes)")
    }
    #expect(try Tool.run("export", folder.path, "-o", "m.onnx").status == 65)
    #expect(try export("-o", "\(folder.path)/M.ONNX").status == 0 && folder.read("M.ONNX") != nil)
  }
}
