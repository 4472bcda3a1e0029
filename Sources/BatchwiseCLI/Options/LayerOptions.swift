import ArgumentParser
import Batchwise

/// The layers whose products are profiled: by their shapes, or those of a model.
struct LayerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A layer's inputs and outputs, such as 784x512; may be repeated.", valueName: "shape"))
  var layer: [String] = []

  @Option(help: ArgumentHelp("Take the layers of this model, such as mlp:512,512.", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("The number of the model's inputs.", valueName: "count"))
  var inputs = 784

  @Option(help: ArgumentHelp("The number of the model's outputs.", valueName: "count"))
  var outputs = 10

  func validate() throws {
    guard layer.isEmpty || model == nil else { throw ValidationError("--layer and --model both name layers; give one") }
    guard (1...LayerShape.limit).contains(inputs), (1...LayerShape.limit).contains(outputs) else {
      throw ValidationError("--inputs and --outputs must lie between 1 and \(LayerShape.limit)")
    }
  }

  /// The layers, each once.
  func layers() throws -> [LayerShape] {
    guard let model else { return try (layer.isEmpty ? ["784x512"] : layer).map { try LayerShape($0) } }
    let widths = [inputs] + (try ModelText(model)).hiddenWidths + [outputs]
    guard let widest = widths.max(), widest <= LayerShape.limit else {
      throw ValidationError("a layer of the model is wider than \(LayerShape.limit)")
    }
    var seen: Set<LayerShape> = []
    return zip(widths, widths.dropFirst()).map { LayerShape(inputs: $0, outputs: $1) }.filter {
      seen.insert($0).inserted
    }
  }
}
