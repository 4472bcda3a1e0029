import Glibc

/// Three interleaved spiral arms in the plane, which no straight lines tell apart.
enum SpiralsTask {
  static func make(examples: Int, seed: UInt64) throws(DataError) -> Dataset {
    var stream = RandomStream(seed: seed, name: "spirals")
    let arms = 3
    return try SyntheticPoints.make(
      name: "spirals", examples: examples, classes: (1...arms).map { "arm \($0)" }, dimensions: 2
    ) { label in
      // From the centre outwards, an arm makes three quarters of a turn; the angle is a little uncertain.
      let radius = stream.uniform()
      let angle = 2 * Double.pi * (0.75 * radius + Double(label) / Double(arms)) + 0.15 * stream.normal()
      return [Float(radius * cos(angle)), Float(radius * sin(angle))]
    }
  }
}
