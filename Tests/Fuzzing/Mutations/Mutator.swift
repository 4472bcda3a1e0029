import BatchFoundation

/// Changes valid inputs as damage, carelessness or malice would; the same stream gives the same changes.
struct Mutator {
  var random: RandomStream

  /// An input with some of its bytes changed.
  mutating func mutate(_ input: FuzzInput, among others: [FuzzInput]) -> FuzzInput {
    var result = input
    let names = input.names
    for _ in 0..<(one(in: 3) ? 2 + random.integer(below: 3) : 1) {
      let name = names[random.integer(below: names.count)]
      let donor = others[random.integer(below: others.count)].files[name] ?? []
      change(&result.files[name, default: []], of: name, donor: donor)
      if one(in: 60) { result.files[name] = nil }
      if names.count > 1, one(in: 60) {
        // Files that have changed places.
        let other = names[random.integer(below: names.count)]
        (result.files[name], result.files[other]) = (result.files[other], result.files[name])
      }
    }
    return result
  }

  private mutating func change(_ bytes: inout [UInt8], of name: String, donor: [UInt8]) {
    if one(in: 40) { return truncate(&bytes) }
    if one(in: 40) { return splice(&bytes, donor) }
    switch true {
    case name.hasSuffix(".json") && !one(in: 5): changeJSON(&bytes, donor: donor)
    case name.hasSuffix(".jsonl") && !one(in: 5): changeLine(&bytes, donor: donor)
    case name.hasSuffix(".safetensors") && !one(in: 3): changeHeader(&bytes)
    case name.hasSuffix(".npy") && one(in: 3): changeText(&bytes, within: 128)
    case name == "text" || name.hasSuffix(".csv"): one(in: 6) ? changeBytes(&bytes) : changeText(&bytes, within: .max)
    default: one(in: 6) ? changeText(&bytes, within: .max) : changeBytes(&bytes)
    }
  }

  /// A line of a file of records as JSON, or all of its lines in another order.
  private mutating func changeLine(_ bytes: inout [UInt8], donor: [UInt8]) {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    let index = random.integer(below: lines.count)
    switch random.integer(below: 8) {
    case 0: lines.swapAt(index, random.integer(below: lines.count))
    case 1: lines.insert(lines[index], at: index)
    case 2: lines.remove(at: index)
    default: changeJSON(&lines[index], donor: donor)
    }
    bytes = Array(lines.joined(separator: [10]))
  }

  /// The JSON header of a safetensors file, whose length stands before it; the length is made right half of the time.
  private mutating func changeHeader(_ bytes: inout [UInt8]) {
    guard let count = SealedTensors.headerLength(bytes) else { return changeBytes(&bytes) }
    var header = Array(bytes[8..<8 + count])
    changeJSON(&header, donor: header)
    let rest = bytes[(8 + count)...]
    let length = one(in: 10) ? count : header.count
    bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header + rest
  }

  // MARK: Chance

  mutating func one(in count: Int) -> Bool { random.integer(below: count) == 0 }

  mutating func element<C: Collection>(of values: C) -> C.Element {
    values[values.index(values.startIndex, offsetBy: random.integer(below: values.count))]
  }

  /// A part of something of so many elements, more often a short one.
  mutating func part(of count: Int) -> Range<Int> {
    let start = random.integer(below: count + 1)
    let longest = one(in: 4) ? count - start : min(count - start, 16)
    return start..<start + random.integer(below: longest + 1)
  }
}
