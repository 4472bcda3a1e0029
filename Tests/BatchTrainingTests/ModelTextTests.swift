import BatchTraining
import Testing

@Suite struct ModelTextTests {
  static let readable: [(String, [Int], Activation, Double)] = [
    ("mlp", [], .relu, 0), ("mlp:512,512", [512, 512], .relu, 0), ("mlp:16:tanh", [16], .tanh, 0),
    ("mlp:16:dropout=0.2", [16], .relu, 0.2), ("mlp:16,8:gelu:dropout=0.5", [16, 8], .gelu, 0.5),
  ]

  @Test(arguments: readable)
  func readsAndWrites(_ text: String, _ widths: [Int], _ activation: Activation, _ rate: Double) throws {
    let model = try ModelText(text)
    #expect(model.dropoutRate == rate)
    #expect(model.hiddenWidths == widths)
    #expect(model.activation == activation)
    #expect(model.description == text)
  }

  @Test(arguments: [
    ("resnet:18", "'resnet' is not a family of models (there is: mlp)"),
    ("mlp:", "'' is not a width of at least 1"),
    ("mlp:512,0", "'0' is not a width of at least 1"),
    ("mlp:5,x", "'x' is not a width of at least 1"),
    ("mlp:5:swish", "'swish' is not an activation (there are: identity, relu, tanh, sigmoid, gelu)"),
    ("mlp:5:relu:1", "'1' is not a setting of hidden layers (there is: dropout=RATE)"),
    ("mlp:5:dropout=1", "a dropout rate must be at least 0 and below 1, not '1'"),
    ("mlp:5:dropout=x", "a dropout rate must be at least 0 and below 1, not 'x'"),
    ("mlp:5:rate=0.5", "'rate=0.5' is not a setting of hidden layers (there is: dropout=RATE)"),
    ("mlp:5:dropout=0.5:relu", "nothing is expected where 'relu' stands"),
  ])
  func saysWhatItDoesNotUnderstand(_ text: String, _ reason: String) {
    let error = #expect(throws: ModelError.self) { try ModelText(text) }
    #expect(error == .unknownModel(text: text, reason: reason))
    #expect(
      error?.description == "unknown model '\(text)': \(reason); write for example mlp:512,512 or mlp:256,256:tanh")
  }

  @Test func makesAModelThatFits() throws {
    let model = try ModelText("mlp:512,512").model(inputShape: [28, 28], outputs: 10)
    #expect(model.layers.map(\.description) == ["dense 512 relu", "dense 512 relu", "dense 10"])
  }

  @Test func dropoutStandsBehindEachHiddenLayer() throws {
    let model = try ModelText("mlp:16,8:relu:dropout=0.5").model(inputShape: [3], outputs: 2)
    #expect(
      model.layers.map(\.description) == ["dense 16 relu", "dropout 0.5", "dense 8 relu", "dropout 0.5", "dense 2"])
    #expect(try ModelText("mlp:16:relu:dropout=0").description == "mlp:16")
  }
}
