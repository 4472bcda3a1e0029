import BatchAlgebra
import BatchFormats
import Glibc

/// A folder with the four IDX files of MNIST or of a set made in its image, each .gz or plain.
struct IDXFolder {
  /// Where Debian's package dataset-fashion-mnist installs its files.
  static let fashionMNISTDirectory = "/usr/share/datasets/fashion-mnist"

  let directory: String

  /// The files of one half of the set.
  enum Part: String {
    case train
    case test = "t10k"
  }

  /// The classes of a set: the numbers that stand for them in its files, ascending, and their names.
  struct Classes {
    let numbers: [UInt8]
    let names: [String]
    let areFashion: Bool

    /// What is said of classes that are not MNIST's; nil for those.
    var note: DataNote? {
      guard let first = numbers.first, let last = numbers.last, numbers != Array(0...9) else { return nil }
      return DataNote("The labels hold \(numbers.count) classes, with numbers from \(first) to \(last).")
    }
  }

  /// The classes that the labels of both halves hold: 0 … 9 in MNIST, 1 … 26 in EMNIST's letters.
  ///
  /// - Throws: `DataError` when a file of labels is missing or broken, or all labels are the same.
  func classes() throws(DataError) -> Classes {
    let training = try labels(.train)
    if ClassNames.areFashion(training) {
      return Classes(numbers: Array(0..<UInt8(ClassNames.fashion.count)), names: ClassNames.fashion, areFashion: true)
    }
    let numbers = Set(training).union(try labels(.test)).sorted()
    guard numbers.count > 1 else {
      throw DataError(
        .inconsistent, path: directory, "every example has the label \(numbers.map { String($0) }.joined())",
        hint: "use a set of at least two classes")
    }
    return Classes(numbers: numbers, names: numbers.map { String($0) }, areFashion: false)
  }

  /// White, as a byte.
  private static let divisor: Float = 255

  /// Reads one half: bytes divided by 255, labels with the names of their classes.
  ///
  /// - Throws: `DataError` when a file is missing, broken, or does not fit its partner.
  func dataset(_ part: Part, name: String, _ classes: Classes) throws(DataError) -> Dataset {
    let imagePath = try path(part, "images-idx3-ubyte")
    let labels = try labels(part)
    let images = try IDXArray(path: imagePath)
    guard images.shape.count >= 2 else {
      throw DataError(
        .malformed, path: imagePath, "the file has 1 dimension, but images have at least 2",
        hint: "check that images and labels have not changed places")
    }
    guard images.count == labels.count else {
      throw DataError(
        .inconsistent, path: imagePath, "there are \(images.count) images but \(labels.count) labels beside them",
        hint: "use the images and labels of one data set; download both again")
    }
    let featureCount = images.itemShape.reduce(1, *)
    var features = try Matrix<Float>(rows: images.count, columns: featureCount, for: name)
    features.withMutableView { view in
      images.bytes.withUnsafeBufferPointer { bytes in
        for i in 0..<bytes.count { view.baseAddress[i] = Float(bytes[i]) / Self.divisor }
      }
    }
    let indices = Dictionary(uniqueKeysWithValues: classes.numbers.enumerated().map { ($1, Int32($0)) })
    if let row = labels.firstIndex(where: { indices[$0] == nil }) {
      throw DataError(
        .inconsistent, path: try path(part, "labels-idx1-ubyte"),
        "label \(labels[row]) of example \(row) lies outside 0…\(classes.names.count - 1)",
        hint: "the file is damaged or of another data set; use one with \(classes.names.count) classes")
    }
    var dataset = Dataset(
      valid: features, name: name, exampleShape: images.itemShape,
      targets: .classes(labels: labels.compactMap { indices[$0] }, names: classes.names))
    dataset.divisor = Self.divisor
    return dataset
  }

  /// The labels of one half.
  func labels(_ part: Part) throws(DataError) -> [UInt8] {
    let path = try path(part, "labels-idx1-ubyte")
    let array = try IDXArray(path: path)
    guard array.shape.count == 1 else {
      throw DataError(
        .malformed, path: path, "the file has \(array.shape.count) dimensions, but labels have 1",
        hint: "check that images and labels have not changed places")
    }
    return array.bytes
  }

  /// Whether all four files are there.
  var isComplete: Bool {
    [Part.train, .test].allSatisfy { part in
      ["images-idx3-ubyte", "labels-idx1-ubyte"].allSatisfy { suffix in
        candidates(part, suffix).contains { Self.isFile($0) && access($0, R_OK) == 0 }
      }
    }
  }

  private func path(_ part: Part, _ suffix: String) throws(DataError) -> String {
    guard let path = candidates(part, suffix).first(where: Self.isFile) else {
      throw missing("\(part.rawValue)-\(suffix)")
    }
    return path
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
  }

  /// The names in use: with a hyphen as published, or with the dot that some archives put there; and the same within a
  /// folder of one of these names, as other archives have it.
  private func candidates(_ part: Part, _ suffix: String) -> [String] {
    let published = "\(directory)/\(part.rawValue)-\(suffix)"
    let dotted = published.replacing("-idx", with: ".idx", maxReplacements: 1)
    let files = [published, published + ".gz", dotted, dotted + ".gz"]
    let names = files.map { $0.dropFirst(directory.count + 1) }
    return files + files.flatMap { folder in names.map { "\(folder)/\($0)" } }
  }

  private func missing(_ file: String) -> DataError {
    let folder = opendir(directory)
    let reason = String(cString: strerror(errno))
    if let folder { closedir(folder) }
    let problem =
      folder == nil ? "the folder cannot be read (\(reason))" : "the folder has no file \(file), plain or .gz"
    let install = "sudo apt-get install dataset-fashion-mnist"
    return DataError(
      .unreadable, path: directory, problem,
      hint: directory == Self.fashionMNISTDirectory
        ? "install Fashion-MNIST (\(install)), or give a folder with its four IDX files"
        : "give a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte and their t10k counterparts")
  }
}

/// The names of the classes of the picture sets, whose files hold only numbers.
enum ClassNames {
  static let fashion = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
  ]

  /// The first training labels of Fashion-MNIST, by which it is told from MNIST whatever its folder is called.
  private static let fashionBeginning: [UInt8] = [9, 0, 0, 3, 0, 2, 7, 2, 5, 5, 0, 9, 5, 5, 7, 9]

  static func areFashion(_ trainingLabels: [UInt8]) -> Bool { trainingLabels.starts(with: fashionBeginning) }
}
