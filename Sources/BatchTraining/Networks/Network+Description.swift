extension Network {
  /// The layers in words, as files tell of them: `dense 512 relu; dense 10`.
  var modelText: String { layers.map(\.description).joined(separator: "; ") }

  /// The shape of an input example, as files tell of it: `28x28`.
  var inputShapeText: String { shapes[0].map(String.init).joined(separator: "x") }

  /// The parameters of one layer, in its order.
  func slots(ofLayer index: Int) -> ArraySlice<ParameterSlot> { slots[slotStarts[index]..<slotStarts[index + 1]] }
}
