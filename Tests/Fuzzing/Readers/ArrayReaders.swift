import BatchAlgebra
import BatchData
import BatchFormats
import BatchFoundation
import BatchTestSupport

extension FuzzedReader {
  static let arrays: [FuzzedReader] = [idx, npy, npz]

  /// The four files of a folder, one of them compressed in the second folder.
  private static let idx = FuzzedReader(
    name: "idx",
    corpus: { _ in
      let pixels = (0..<24 * 6).map { UInt8(($0 * 37) % 251) }
      let plain = [
        "train-images-idx3-ubyte": FileFormats.idx(shape: [24, 3, 2], pixels),
        "train-labels-idx1-ubyte": FileFormats.idx(shape: [24], (0..<24).map { UInt8($0 % 3) }),
        "t10k-images-idx3-ubyte": FileFormats.idx(shape: [4, 3, 2], Array(pixels[..<24])),
        "t10k-labels-idx1-ubyte": FileFormats.idx(shape: [4], [0, 1, 2, 1]),
      ]
      var compressed = plain
      compressed["train-images-idx3-ubyte"] = nil
      compressed["train-images-idx3-ubyte.gz"] = FileFormats.gzip(plain["train-images-idx3-ubyte"] ?? [])
      return [FuzzInput(plain), FuzzInput(compressed)]
    },
    read: { _, folder in _ = try DataSource.fashionMNIST(directory: folder).load(seed: 1) })

  private static let npy = FuzzedReader(
    name: "npy",
    corpus: { _ in
      try samples().map { FuzzInput(["array.npy": try NPY.encode($0)]) }
    },
    read: { input, folder in
      let array = try NPY.decodeArray(input.bytes, path: "array.npy")
      _ = array.floats()
      _ = array.doubles()
      _ = try NPY.read("\(folder)/array.npy")
      // Other numbers than 32-bit floats are no matrix.
      do { _ = try NPY.decode(input.bytes, path: "array.npy") } catch is DataError {}
    })

  /// The arrays are files of their own until they are put into an archive.
  private static let npz = FuzzedReader(
    name: "npz",
    corpus: { _ in
      let features = (0..<60).map { Float($0 % 7) }
      let labels = (0..<20).map { Int64($0 % 2) }
      let whole = ["x", "x_train"].map { name in
        [
          "\(name).npy": StoredArray(shape: [20, 3], features),
          "\(name.replacing("x", with: "y")).npy": StoredArray(shape: [20], labels),
        ]
      }
      let parts = [
        "x_train.npy": StoredArray(shape: [20, 3, 1], (0..<60).map { UInt8($0) }),
        "y_train.npy": StoredArray(shape: [20], labels), "x_test.npy": StoredArray(shape: [2, 3, 1], [UInt8](0..<6)),
        "y_test.npy": StoredArray(shape: [2], [Int64(0), 1]),
      ]
      return try (whole + [parts]).map { FuzzInput(try $0.mapValues { try NPY.encode($0) }) }
    },
    seal: { changed, original in
      let isWide = original.files["x.npy"] != nil
      let entries = changed.names.map { (name: $0, content: changed.files[$0] ?? []) }
      changed = FuzzInput(["data.npz": FileFormats.zip(entries, isWide: isWide)])
    },
    read: { _, folder in
      let path = "\(folder)/data.npz"
      let archive = try NPZ(path: path)
      var refusal: (any Error)?
      for name in archive.names {
        do { _ = try archive.array(name).doubles() } catch { refusal = error }
      }
      _ = try DataSource(parsing: path).load(seed: 1)
      if let refusal { throw refusal }
    })

  private static func samples() -> [StoredArray] {
    [
      StoredArray(shape: [4, 3], (0..<12).map { Float($0) }), StoredArray(shape: [5], (0..<5).map { Double($0) / 3 }),
      StoredArray(shape: [2, 2, 2], [UInt8](0..<8)), StoredArray(shape: [3], [Int64(-1), 0, .max]),
      StoredArray(shape: [], [Int32(7)]), StoredArray(shape: [0, 3], [Float]()),
    ]
  }
}
