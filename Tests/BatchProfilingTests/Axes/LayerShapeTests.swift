import BatchProfiling
import Testing

@Suite struct LayerShapeTests {
  @Test func readsInputsAndOutputs() throws {
    let shape = try LayerShape("784x512")
    #expect(shape.inputs == 784 && shape.outputs == 512 && shape.description == "784x512")
  }

  @Test(arguments: ["", "784", "784x", "x512", "784x512x10", "0x5", "-3x5", "784×512", "784x1000001"])
  func saysWhatIsNoLayer(_ text: String) {
    let error = #expect(throws: LayerShapeError.self) { try LayerShape(text) }
    #expect(error?.description.contains("'\(text)' is no layer") == true)
  }
}
