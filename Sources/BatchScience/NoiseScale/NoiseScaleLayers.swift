import BatchAlgebra
import BatchTraining

/// The windows of the network and of each of its layers, with their names and with what flaws the estimates.
struct NoiseScaleLayers: Sendable {
  /// The names of the layers with parameters; empty before the first update.
  private(set) var names: [String] = []
  /// What flaws every estimate, in words.
  private(set) var flaws: [String] = []
  /// Where the parameters of each layer lie, up to a multiple of 4; empty before the first update.
  private var ranges: [Range<Int>] = []
  private var windows: [NoiseScaleWindow]

  /// Windows whose numbers need intervals of a largest factor.
  init(largestFactor: Double) { windows = [NoiseScaleWindow(largestFactor: largestFactor)] }

  /// Takes what must be known of a network before its first update: its layers with parameters, and what couples its
  /// examples.
  mutating func prepare<S: Scalar>(_ network: Network<S>, flaws: @autoclosure () -> [String]) {
    guard ranges.isEmpty else { return }
    let nodes = network.trainedNodes
    ranges = nodes.map { node in
      let slots = network.slots(ofNode: node)
      guard let first = slots.first, let last = slots.last else { return 0..<0 }
      return first.offset..<last.offset + (last.storedCount + 3) / 4 * 4
    }
    names = nodes.map { network.graph.nodes[$0].name }
    self.flaws = flaws()
    if !network.graph.coupledLayers.isEmpty {
      self.flaws.append("an example's gradient depends on the others of its batch, so that the scatter is not its own")
    }
    if windows.count != names.count + 1 {
      windows = Array(repeating: NoiseScaleWindow(largestFactor: windows[0].largestFactor), count: names.count + 1)
    }
  }

  /// Takes an update: the moments of each layer, which has its parameters in a range.
  mutating func add(of population: Int?, _ moments: (_ layer: Int, _ range: Range<Int>) -> GradientMoments) {
    var total = GradientMoments(examples: 0, exampleSquares: 0, meanSquare: 0)
    for (layer, range) in ranges.enumerated() {
      let moments = moments(layer, range)
      total = total + moments
      windows[layer + 1].add(moments, of: population)
    }
    windows[0].add(total, of: population)
  }

  /// Takes an update of which only the whole network's probe is known.
  mutating func add(_ probe: NoiseProbe) { windows[0].add(probe) }

  /// The window of the whole network.
  var total: NoiseScaleWindow { windows[0] }

  /// The noise scale of the network and of each layer, and the means that the network's is made of; begins new windows.
  mutating func takeMeasurements(named name: String) -> [Measurement] {
    defer { for index in windows.indices { windows[index].removeAll() } }
    guard windows[0].count > 0 || windows[0].note != nil else { return [] }
    var measurements: [Measurement] = []
    for (index, window) in windows.enumerated() where index == 0 || window.count > 0 || window.note != nil {
      measurements.append(measurement(of: window, named: name, layer: index == 0 ? nil : names[index - 1]))
    }
    let estimate = windows[0].estimate
    for (part, value) in [("scatter", estimate.scatter), ("true_square", estimate.trueSquare)] {
      measurements.append(Measurement(name: "\(name)_\(part)", value: value, probes: estimate.probes))
    }
    return measurements
  }

  private func measurement(of window: NoiseScaleWindow, named name: String, layer: String?) -> Measurement {
    let estimate = window.estimate
    var notes = [estimate.shortage?.description, window.note]
    if estimate.negative > 0 {
      notes.append(
        "\(estimate.negative) of \(estimate.probes) estimates of |G|² \(estimate.negative == 1 ? "is" : "are") negative"
      )
    }
    return Measurement(
      name: name, layer: layer, value: estimate.value, interval: estimate.interval, probes: estimate.probes,
      note: (notes.compactMap { $0 } + flaws).joinedOrNil)
  }
}

extension NoiseScaleLayers {
  /// The names, the flaws and the windows as numbers.
  var state: [Double] {
    get {
      var state = StateWriter()
      state.write(names)
      state.write(flaws)
      for window in windows { window.write(to: &state) }
      return state.numbers
    }
    set {
      var state = StateReader(newValue)
      let largestFactor = windows[0].largestFactor
      (names, flaws, windows) = ([], [], [NoiseScaleWindow(largestFactor: largestFactor)])
      guard let names = state.texts(), let flaws = state.texts() else { return }
      var windows = Array(repeating: NoiseScaleWindow(largestFactor: largestFactor), count: names.count + 1)
      for index in windows.indices {
        guard windows[index].read(from: &state) else { return }
      }
      (self.names, self.flaws, self.windows) = (names, flaws, windows)
    }
  }
}
