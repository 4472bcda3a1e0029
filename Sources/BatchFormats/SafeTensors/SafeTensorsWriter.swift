public import BatchFoundation

/// Writes a safetensors file tensor by tensor, without a second copy of them, so that it is whole or not there.
///
/// ```swift
/// var writer = try SafeTensorsWriter(path: path, tensors: [weight, bias], metadata: ["epoch": "3"])
/// for tensor in writer.tensors { try writer.append(bytes(of: tensor), to: tensor.name) }
/// try writer.finish()
/// ```
///
/// The file is written under a temporary name, flushed to the disk and renamed by ``finish()``; a writer that is given
/// up before leaves nothing behind, and what was there before stays. Its metadata begin with a checksum of the whole
/// file, which ``SafeTensorsFile/verifyChecksum()`` compares.
public struct SafeTensorsWriter: ~Copyable {
  /// The tensors in the order of the file, in which their bytes are appended.
  ///
  /// Those with wide elements come first, otherwise as given: so every tensor begins at a multiple of its elements'
  /// size, as readers that map the file into memory want it.
  public let tensors: [TensorDescription]

  private let path: String
  private var file: AppendingFile
  private var checksum = SafeTensorsChecksum()
  private var current = 0
  private var appendedToCurrent = 0
  private var isFinished = false

  private var temporaryPath: String { path + ".partial" }

  /// Opens a temporary file beside `path` and writes the header.
  ///
  /// - Parameters:
  ///   - path: The file to make or to replace.
  ///   - tensors: What it is to hold, each name once; `__metadata__` is no name.
  ///   - metadata: Texts for the header; the key `batchwise.crc32` is the writer's own.
  /// - Throws: `FileError` when the file cannot be written.
  public init(
    path: String, tensors: [TensorDescription], metadata: [String: String] = [:]
  ) throws(FileError) {
    precondition(Set(tensors.map(\.name)).count == tensors.count, "two tensors have the same name")
    precondition(!tensors.contains { $0.name == SafeTensorsHeader.metadataKey }, "a tensor is named __metadata__")
    var metadata = metadata
    metadata[SafeTensorsChecksum.metadataKey] = nil
    // Stable: Swift's sort keeps the order of equal elements.
    let tensors = tensors.sorted { $0.elementType.byteCount > $1.elementType.byteCount }
    let header = SafeTensorsHeader.bytes(
      of: tensors, firstMetadata: (SafeTensorsChecksum.metadataKey, SafeTensorsChecksum.placeholder),
      metadata: metadata)
    var file = try AppendingFile(path: path + ".partial")
    do throws(FileError) {
      try file.append(header)
    } catch {
      try? DurableFile.remove(path + ".partial")
      throw error
    }
    checksum.add(header)
    self.tensors = tensors
    self.path = path
    self.file = file
  }

  deinit {
    // A file that cannot be removed harms nobody: the next writer begins it anew.
    if !isFinished { try? DurableFile.remove(temporaryPath) }
  }

  /// Appends bytes of the tensor whose turn it is; a tensor may come in several parts.
  ///
  /// - Throws: `FileError` when they cannot be written.
  public mutating func append(_ bytes: UnsafeRawBufferPointer, to name: String) throws(FileError) {
    skipFullTensors()
    precondition(current < tensors.count, "all tensors are written; none is left for '\(name)'")
    let tensor = tensors[current]
    // Nothing for a tensor of nothing: its turn has passed.
    if bytes.isEmpty { return }
    precondition(tensor.name == name, "it is the turn of '\(tensor.name)', not of '\(name)'")
    precondition(
      appendedToCurrent + bytes.count <= tensor.byteCount,
      "'\(name)' has \(tensor.byteCount) bytes, not \(appendedToCurrent + bytes.count)")
    try file.append(bytes)
    checksum.add(bytes)
    appendedToCurrent += bytes.count
  }

  /// Appends elements of the tensor whose turn it is; a tensor may come in several parts.
  ///
  /// - Throws: `FileError` when they cannot be written.
  public mutating func append<Element: ArrayElement>(
    _ elements: [Element], to name: String
  ) throws(FileError) {
    try elements.withUnsafeBufferPointer { (elements) throws(FileError) in
      try append(UnsafeRawBufferPointer(elements), to: name)
    }
  }

  /// Flushes the file to the disk and gives it its name; every tensor has been appended whole.
  ///
  /// - Throws: `FileError` when the file cannot be written.
  public mutating func finish() throws(FileError) {
    skipFullTensors()
    precondition(current == tensors.count, "'\(tensors[current].name)' is not whole")
    try file.overwrite(Array(checksum.digits.utf8), at: SafeTensorsChecksum.offset)
    try file.finish(renamingTo: path)
    isFinished = true
  }

  private mutating func skipFullTensors() {
    while current < tensors.count, appendedToCurrent == tensors[current].byteCount {
      current += 1
      appendedToCurrent = 0
    }
  }
}
