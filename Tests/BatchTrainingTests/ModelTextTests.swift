import BatchTraining
import Testing

@Suite struct ModelTextTests {
  static let readable: [(String, [Int], Activation)] = [
    ("mlp", [], .relu), ("mlp:512,512", [512, 512], .relu), ("mlp:16:tanh", [16], .tanh),
  ]

  @Test(arguments: readable)
  func readsAndWrites(_ text: String, _ widths: [Int], _ activation: Activation) throws {
    let model = try ModelText(text)
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
    ("mlp:5:relu:1", "there are 3 colons where at most 2 have a meaning"),
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
}
