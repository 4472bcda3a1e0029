import Glibc

/// A named stream of random numbers that depends on nothing but its seed, name and index.
///
/// Every use of chance has a stream of its own ("order", "initialisation", …), so that drawing more numbers for one
/// never shifts another. Streams of one seed and name but different indices (the epoch, say) cannot overlap: the index
/// is half of the generator's counter. The generator is Philox4x32-10 (Salmon et al. 2011). A checkpoint
/// holds no streams: each is made anew from its seed, name and index.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let key: UInt64
  private let index: UInt64
  /// The number of 64-bit values drawn so far.
  public private(set) var position: UInt64 = 0
  // The second half of the current block: a block of Philox gives two values. Valid at odd positions.
  private var pending: UInt64 = 0

  /// The stream of the given seed, name and index, at its beginning.
  public init(seed: UInt64, name: String, index: UInt64 = 0) {
    // The key mixes seed and name through Philox itself; the key of that block is fixed.
    let seedWords = seed.halves
    let nameWords = Self.hash(name).halves
    let mixed = Philox.block(
      counter: SIMD4(seedWords.x, seedWords.y, nameWords.x, nameWords.y), key: SIMD2(0x6261_7463, 0x6877_6973))
    self.init(key: UInt64(low: mixed.x, high: mixed.y), index: index)
  }

  private init(key: UInt64, index: UInt64) {
    self.key = key
    self.index = index
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    defer { position &+= 1 }
    if position & 1 == 1 { return pending }
    let block = currentBlock()
    pending = UInt64(low: block.z, high: block.w)
    return UInt64(low: block.x, high: block.y)
  }

  /// A number distributed evenly over [0, 1), a multiple of 2⁻⁵³.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number from the standard normal distribution, by Box and Muller's transform of two values.
  ///
  /// The transform's second result is not kept, so that position alone tells the state.
  public mutating func normal() -> Double {
    // 1 − u lies in (0, 1], where the logarithm is finite.
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// An integer distributed evenly over 0 ..< `bound`, without bias.
  ///
  /// By multiplication and rejection: D. Lemire, *Fast random integer generation in an interval*, TOMACS 2019.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "there is no integer in 0 ..< \(bound)")
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// Puts the values into a random order, each order equally likely (Fisher and Yates); allocates nothing.
  public mutating func shuffle(_ values: UnsafeMutableBufferPointer<Int32>) {
    guard let base = values.baseAddress else { return }
    var last = values.count - 1
    while last > 0 {
      let other = integer(below: last + 1)
      let value = base[last]
      base[last] = base[other]
      base[other] = value
      last -= 1
    }
  }

  /// Puts the values into a random order, each order equally likely (Fisher and Yates).
  public mutating func shuffle(_ values: inout [Int32]) {
    values.withUnsafeMutableBufferPointer { shuffle($0) }
  }

  /// The integers of a range in a random order.
  public mutating func permutation(of range: Range<Int32>) -> [Int32] {
    var values = Array(range)
    shuffle(&values)
    return values
  }

  private func currentBlock() -> SIMD4<UInt32> {
    let blockWords = (position >> 1).halves
    let indexWords = index.halves
    return Philox.block(counter: SIMD4(blockWords.x, blockWords.y, indexWords.x, indexWords.y), key: key.halves)
  }

  /// FNV-1a over the name's UTF-8: Swift's own hash differs from process to process.
  private static func hash(_ name: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return hash
  }
}

extension RandomStream: Equatable {
  public static func == (a: RandomStream, b: RandomStream) -> Bool {
    a.key == b.key && a.index == b.index && a.position == b.position
  }
}

extension RandomStream: Codable {
  private enum CodingKeys: String, CodingKey {
    case key
    case index
    case position
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(key: values.decode(UInt64.self, forKey: .key), index: values.decode(UInt64.self, forKey: .index))
    position = try values.decode(UInt64.self, forKey: .position)
    if position & 1 == 1 {
      let block = currentBlock()
      pending = UInt64(low: block.z, high: block.w)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(key, forKey: .key)
    try values.encode(index, forKey: .index)
    try values.encode(position, forKey: .position)
  }
}
