extension String {
  /// A number with zeros before it where it has fewer digits, so that names in alphabetical order are in its order.
  package init(zeroPadding number: some BinaryInteger, to digitCount: Int, radix: Int = 10) {
    let digits = String(number, radix: radix)
    self = String(repeating: "0", count: Swift.max(0, digitCount - digits.count)) + digits
  }
}
