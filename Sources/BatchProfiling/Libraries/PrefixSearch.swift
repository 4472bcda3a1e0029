import CBatchKernels
import Glibc

/// The names under which a library has a product, where it is not the name that was looked for.
struct PrefixSearch {
  /// The prefixes before `cblas_sgemm`, in the order in which the file has them.
  private(set) var prefixes: [String] = []
  /// The first name of a product on 64-bit integers, such as `cblas_sgemm64_`.
  private(set) var wideSymbol: String?

  /// Looks for names in the file's bytes, since the system looks up symbols only by their whole name.
  ///
  /// What the bytes have may be a part of something else: `isSymbol` says whether the library really has it.
  init(path: String, isSymbol: (String) -> Bool) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_size > 0,
      let mapped = mmap(nil, status.st_size, PROT_READ, MAP_PRIVATE, file, 0), mapped != MAP_FAILED
    else { return }
    defer { munmap(mapped, status.st_size) }
    search(UnsafeRawBufferPointer(start: mapped, count: status.st_size), isSymbol)
  }

  private mutating func search(_ bytes: UnsafeRawBufferPointer, _ isSymbol: (String) -> Bool) {
    guard let start = bytes.bindMemory(to: CChar.self).baseAddress else { return }
    let product = "cblas_sgemm"
    var position = 0
    while let match = bk_find_text(start + position, bytes.count - position, product) {
      let first = match - start
      position = first + product.utf8.count
      let prefix = String(
        decoding: bytes[..<first].suffix(64).reversed().prefix(while: isNameByte).reversed(), as: UTF8.self)
      let suffix = String(decoding: bytes[position...].prefix(64).prefix(while: isNameByte), as: UTF8.self)
      let symbol = prefix + product + suffix
      if suffix.isEmpty, !prefixes.contains(prefix), isSymbol(symbol) { prefixes.append(prefix) }
      if ["64", "64_", "_64", "_64_"].contains(suffix), wideSymbol == nil, isSymbol(symbol) { wideSymbol = symbol }
    }
  }
}

private func isNameByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
  default: false
  }
}
