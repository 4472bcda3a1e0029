import BatchFoundation
import BatchTestSupport

/// What a reader is given: one file, or those of a folder, by their names in it.
struct FuzzInput: Equatable {
  var files: [String: [UInt8]]

  init(_ files: [String: [UInt8]]) { self.files = files }

  init(_ text: String, name: String = "text") { files = [name: Array(text.utf8)] }

  /// The names, in an order that is the same in every process.
  var names: [String] { files.keys.sorted() }

  /// The number of bytes of all files.
  var byteCount: Int { files.values.map(\.count).reduce(0, +) }

  /// The bytes of the one file.
  var bytes: [UInt8] { files.values.first ?? [] }

  /// The one file as text.
  var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension FuzzInput {
  /// Reads a file, or all files of a folder and of those below it.
  init(at path: String) throws {
    files = [:]
    guard DurableFile.isFolder(path) else {
      files[path.split(separator: "/").last.map(String.init) ?? path] = try DurableFile.read(path)
      return
    }
    try read(path, prefix: "")
  }

  private mutating func read(_ folder: String, prefix: String) throws {
    for name in try DurableFile.names(in: folder) where name != ".lock" {
      let path = "\(folder)/\(name)"
      if DurableFile.isFolder(path) {
        try read(path, prefix: "\(prefix)\(name)/")
      } else {
        files[prefix + name] = try DurableFile.read(path)
      }
    }
  }

  /// Writes the files into a folder, which is made where it is missing.
  func write(to folder: String) throws {
    try DurableFile.makeFolder(folder)
    for name in names {
      if let end = name.lastIndex(of: "/") { try DurableFile.makeFolder("\(folder)/\(name[..<end])") }
      try PlainFile.write(files[name] ?? [], to: "\(folder)/\(name)")
    }
  }
}

/// A folder that holds one input after another; only files that differ from one to the next are written.
struct InputFolder {
  let path: String
  private var held: [String: [UInt8]] = [:]

  init(_ path: String) throws {
    self.path = path
    try DurableFile.makeFolder(path)
  }

  /// Makes the folder hold an input.
  mutating func hold(_ input: FuzzInput) throws {
    for name in held.keys where input.files[name] == nil { PlainFile.remove("\(path)/\(name)") }
    for name in input.names where held[name] != input.files[name] {
      if let end = name.lastIndex(of: "/") { try DurableFile.makeFolder("\(path)/\(name[..<end])") }
      try PlainFile.write(input.files[name] ?? [], to: "\(path)/\(name)")
    }
    held = input.files
  }

  /// Forgets what the folder holds, where a reader has written into it.
  mutating func forget() {
    for name in held.keys { PlainFile.remove("\(path)/\(name)") }
    held = [:]
  }
}
