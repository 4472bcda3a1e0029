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

  /// Reads one half: bytes divided by 255, labels with the names of their classes.
  ///
  /// - Throws: `DataError` when a file is missing, broken, or does not fit its partner.
  func dataset(_ part: Part, name: String, classNames: [String]) throws(DataError) -> Dataset {
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
        for i in 0..<bytes.count { view.baseAddress[i] = Float(bytes[i]) / 255 }
      }
    }
    if let row = labels.firstIndex(where: { $0 >= classNames.count }) {
      throw DataError(
        .inconsistent, path: try path(part, "labels-idx1-ubyte"),
        "label \(labels[row]) of example \(row) lies outside 0…\(classNames.count - 1)",
        hint: "the file is damaged or of another data set; use one with \(classNames.count) classes")
    }
    return Dataset(
      valid: features, name: name, exampleShape: images.itemShape,
      targets: .classes(labels: labels.map { Int32($0) }, names: classNames))
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
        candidates(part, suffix).contains { access($0, R_OK) == 0 }
      }
    }
  }

  private func path(_ part: Part, _ suffix: String) throws(DataError) -> String {
    guard let path = candidates(part, suffix).first(where: { access($0, F_OK) == 0 }) else {
      throw missing("\(part.rawValue)-\(suffix)")
    }
    return path
  }

  /// The names in use: with a hyphen as published, or with the dot that some archives put there.
  private func candidates(_ part: Part, _ suffix: String) -> [String] {
    let published = "\(directory)/\(part.rawValue)-\(suffix)"
    let dotted = published.replacing("-idx", with: ".idx", maxReplacements: 1)
    return [published, published + ".gz", dotted, dotted + ".gz"]
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
  static let digits = (0...9).map { String($0) }

  /// The first training labels of Fashion-MNIST, by which it is told from MNIST whatever its folder is called.
  private static let fashionBeginning: [UInt8] = [9, 0, 0, 3, 0, 2, 7, 2, 5, 5, 0, 9, 5, 5, 7, 9]

  static func areFashion(_ trainingLabels: [UInt8]) -> Bool { trainingLabels.starts(with: fashionBeginning) }
}
