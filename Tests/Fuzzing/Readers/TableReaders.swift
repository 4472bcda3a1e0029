import BatchData
import BatchTestSupport
import CZlib

extension FuzzedReader {
  static let tables: [FuzzedReader] = [csv, gzip]

  private static let csv = FuzzedReader(
    name: "csv", corpus: { _ in texts.map { FuzzInput($0, name: "table.csv") } },
    read: { _, folder in
      let path = "\(folder)/table.csv"
      try oneOf([
        ReadingSettings(), ReadingSettings(label: "0", header: .present, task: .classes),
        ReadingSettings(header: .absent, separator: .semicolon, task: .values),
      ]) { _ = try DataSource(parsing: path, reading: $0).load(seed: 1) }
    })

  /// Blocks that are stored, whose text is changed before, and those that zlib has compressed.
  private static let gzip = FuzzedReader(
    name: "gzip",
    corpus: { _ in
      texts.map { FuzzInput($0, name: "table.csv") }
        + texts.map { FuzzInput(["deflated": GzipMember.deflated(Array($0.utf8))]) }
    },
    seal: { changed, _ in
      let content = changed.files["deflated"] ?? FileFormats.gzip(changed.files["table.csv"] ?? [])
      changed = FuzzInput(["table.csv.gz": content])
    },
    read: { _, folder in _ = try DataSource(parsing: "\(folder)/table.csv.gz").load(seed: 1) })

  private static let texts: [String] = {
    func table(_ header: String, rows: Int = 12, _ row: (Int) -> String) -> String {
      header + (0..<rows).map { row($0) + "\n" }.joined()
    }
    return [
      table("width,height,kind\n") { "\($0).5,\($0 * 3),\($0 % 2 == 0 ? "cat" : "dog")" },
      table("a;b;c\n") { "\($0),5;\(1_600_000_000 + $0);\($0 % 3)" },
      table("") { "\($0)\t-\($0)e-3\t\(Double($0) / 7)" },
      table("\u{FEFF}x,\"name, of \"\"it\"\"\",y\r\n") { "\($0),\"\($0 % 2)\",\"a\nb \($0 % 2)\"" },
      table("1,2,3\n") { "\($0 % 4),\($0),\($0 % 2)" },
    ]
  }()
}

private enum GzipMember {
  /// What `gzip` makes of bytes.
  static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, zlibVersion(),
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var (input, output) = (bytes, [UInt8](repeating: 0, count: bytes.count + 1024))
    input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
        (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
        deflate(&stream, Z_FINISH)
      }
    }
    return Array(output.prefix(Int(stream.total_out)))
  }
}
