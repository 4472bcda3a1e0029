/// NumPy's file of several named arrays, `.npz`: `numpy.savez` writes it and `numpy.load` reads it.
///
/// It is a ZIP archive of `.npy` files. An array is read when it is asked for.
public struct NPZ: Sendable {
  /// The file's path.
  public let path: String
  /// The names of the arrays, as in the file.
  public let names: [String]

  private let archive: ZipArchive

  private static let suffix = ".npy"

  /// Opens a file and reads the list of its arrays.
  ///
  /// - Throws: ``DataError`` when the file cannot be read, is no ZIP archive, or is damaged.
  public init(path: String) throws(DataError) {
    archive = try ZipArchive(path: path)
    self.path = path
    names = archive.names.filter { $0.hasSuffix(Self.suffix) }.map { String($0.dropLast(Self.suffix.count)) }
  }

  /// The array of that name.
  ///
  /// - Throws: ``DataError`` when there is none, when its checksum is wrong, or when it holds something other than
  ///   numbers.
  public func array(_ name: String) throws(DataError) -> StoredArray {
    guard names.contains(name) else {
      throw DataError(
        .unknownName, path: path, "there is no array '\(name)'",
        hint: names.isEmpty ? "the file has none" : "it has \(names.joined(separator: ", "))")
    }
    return try NPY.decodeArray(try archive.content(of: name + Self.suffix), path: "\(path), array \(name)")
  }

  /// Arrays as the bytes of a `.npz` file.
  ///
  /// - Parameters:
  ///   - arrays: The arrays, each name once.
  ///   - isCompressed: Whether to deflate them, as `numpy.savez_compressed` does.
  /// - Returns: The bytes; equal arrays give equal ones.
  /// - Throws: ``DataError`` for bfloat16, which NumPy does not have, for two arrays of one name, and for arrays of 4
  ///   GiB.
  public static func encode(
    _ arrays: [(name: String, array: StoredArray)], isCompressed: Bool = false
  ) throws(DataError) -> [UInt8] {
    var encoder = ZipEncoder()
    for (name, array) in arrays {
      try encoder.append(try NPY.encode(array), name: name + suffix, isDeflated: isCompressed)
    }
    return encoder.finished()
  }
}
