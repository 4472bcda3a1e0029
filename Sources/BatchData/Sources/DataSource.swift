/// Where examples come from.
public enum DataSource: Sendable, Hashable {
  /// Fashion-MNIST, or MNIST or any data in its form, in a folder of four IDX files; without a folder, where Debian's
  /// package `dataset-fashion-mnist` installs it.
  case fashionMNIST(directory: String? = nil)
  /// A table of numbers with a label column, named or by index from 0; the last without one.
  case csv(path: String, label: String? = nil)
  /// Two clouds of points, made from a seed.
  case dots(examples: Int = 6000)
  /// Three spiral arms, made from a seed.
  case spirals(examples: Int = 6000)
  /// Points labelled by a random network, made from a seed.
  case teacher(examples: Int = 20_000)

  /// The folder in which Debian's package `dataset-fashion-mnist` installs the files.
  public static var fashionMNISTDirectory: String { "/usr/share/datasets/fashion-mnist" }

  /// The source that a name on the command line means: one of ``catalogue``'s, or the path of a `.csv` file.
  ///
  /// `directory` is the folder of IDX files, `label` the label column of a CSV file.
  ///
  /// - Throws: ``DataError/unknownSource(name:known:)``.
  public init(parsing name: String, directory: String? = nil, label: String? = nil) throws(DataError) {
    switch name {
    case "fashion-mnist", "mnist": self = .fashionMNIST(directory: directory)
    case "dots": self = .dots()
    case "spirals": self = .spirals()
    case "teacher": self = .teacher()
    case let path where path.hasSuffix(".csv"): self = .csv(path: path, label: label)
    default: throw .unknownSource(name: name, known: Self.catalogue.map(\.name))
    }
  }

  /// Reads or makes the examples, cuts them into parts and standardises them by what the training part shows.
  ///
  /// Fashion-MNIST keeps its own test part, and 5 000 of its 60 000 training examples are set aside for validation;
  /// other data are cut 70 : 15 : 15. The seed decides the cut, and the examples that are made.
  /// Pictures are standardised as a whole, other data feature by feature, unless another scope is given.
  ///
  /// - Throws: ``DataError``.
  public func load(
    validation: Int? = nil, seed: UInt64 = 0, standardisation: Standardisation.Scope? = nil
  ) throws(DataError) -> DataSplits {
    let splits: DataSplits
    switch self {
    case .fashionMNIST(let directory):
      let folder = IDXFolder(path: directory ?? Self.fashionMNISTDirectory)
      let isFashion = directory == nil || directory?.contains("fashion") == true
      let name = isFashion ? "Fashion-MNIST" : folder.path
      let classes = isFashion ? Self.fashionClasses : (0...9).map(String.init)
      splits = try DataSplits(
        folder.training(name: name, classes: classes), validation: validation ?? 5000,
        test: folder.test(name: name, classes: classes), seed: seed)
    default:
      let all = try allExamples(seed: seed)
      let held = validation ?? all.count * 15 / 100
      splits = try DataSplits(all, validation: held, test: all.count * 15 / 100, seed: seed)
    }
    return try splits.standardised(standardisation ?? usualStandardisation)
  }

  private var usualStandardisation: Standardisation.Scope {
    if case .fashionMNIST = self { .global } else { .perFeature }
  }

  private func allExamples(seed: UInt64) throws(DataError) -> Dataset {
    switch self {
    case .csv(let path, let label): try CSVTable.read(path, label: label)
    case .dots(let examples): try DotsTask.make(examples: examples, seed: seed)
    case .spirals(let examples): try SpiralsTask.make(examples: examples, seed: seed)
    case .teacher(let examples): try TeacherTask.make(examples: examples, seed: seed)
    case .fashionMNIST: preconditionFailure("Fashion-MNIST comes with a test part of its own")
    }
  }

  private static var fashionClasses: [String] {
    [
      "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]
  }
}
