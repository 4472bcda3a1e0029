public import BatchFormats

/// A data set by name: where its examples come from, not yet read.
public enum DataSource: Sendable, Equatable {
  /// Fashion-MNIST, MNIST or another set in its format, from the folder with its four IDX files, .gz or plain.
  ///
  /// nil stands for the folder into which Debian's package `dataset-fashion-mnist` installs. Files whose training
  /// labels begin as Fashion-MNIST's do get its class names; all others have the classes that their labels hold.
  case fashionMNIST(directory: String?)
  /// A table, from a file of comma-separated text; see ``CSVTable``.
  case csv(path: String, ReadingSettings)
  /// The arrays of a `.npz` file: `x_train`, `y_train`, `x_test`, `y_test`, `x_val` and `y_val`, or `x` and `y`, or the
  /// other names that people give them, as `train_images` and `train_labels`.
  ///
  /// The first dimension of `x` counts the examples; bytes are divided by 255, as in pictures, other numbers stay as
  /// they are. Whole numbers in `y` are classes from 0 on, other numbers are values to predict, unless the task says
  /// otherwise.
  case npz(path: String, task: PredictionTask)
  /// Two Gaussian clouds.
  case dots(Dots)
  /// Arms of a spiral.
  case spirals(Spirals)
  /// Labels given by a random network.
  case teacher(Teacher)

  /// A table; the label column by name or number, nil for the last.
  public static func csv(path: String, label: String? = nil) -> DataSource {
    .csv(path: path, ReadingSettings(label: label))
  }

  /// The arrays of a `.npz` file.
  public static func npz(path: String) -> DataSource { .npz(path: path, task: .detect) }

  /// Two Gaussian clouds, red and blue; see ``Dots``.
  public static func dots(examples: Int = Dots().examples, distance: Double = Dots().distance) -> DataSource {
    .dots(Dots(examples: examples, distance: distance))
  }

  /// Arms of a spiral; see ``Spirals``.
  public static func spirals(
    examples: Int = Spirals().examples, arms: Int = 2, noise: Double = Spirals().noise
  ) -> DataSource {
    .spirals(Spirals(examples: examples, arms: arms, noise: noise))
  }

  /// Labels given by a random network; see ``Teacher``.
  public static func teacher(
    examples: Int = Teacher().examples, features: Int = 32, width: Int = 32, classes: Int = 10, labelNoise: Double = 0
  ) -> DataSource {
    .teacher(Teacher(examples: examples, features: features, width: width, classes: classes, labelNoise: labelNoise))
  }

  /// What is done to the features unless something else is asked for.
  ///
  /// Pictures and NumPy's arrays are standardised as a whole, which keeps the relative intensities of pixels; tables
  /// column by column, since their units differ. Synthetic tasks stay as their formulas say.
  public var defaultStandardisation: Standardisation.Mode {
    switch self {
    case .fashionMNIST, .npz: .global
    case .csv: .perFeature
    case .dots, .spirals, .teacher: .none
    }
  }

  /// Whether bytes are read as pictures, from 0 to 1.
  public var dividesBytes: Bool {
    switch self {
    case .fashionMNIST, .npz: true
    case .csv, .dots, .spirals, .teacher: false
    }
  }

  /// Reads or draws the examples, splits them, and standardises them.
  ///
  /// - Parameters:
  ///   - validation: The number of validation examples, taken out of those to train on where no validation part is
  ///     published. By default a twelfth of the training file where there is a test file (5 000 of 60 000, as Shallue et
  ///     al. 2019 split it), and 15 % of all examples where there is none.
  ///   - seed: The seed of the split, and of the examples of a synthetic task.
  ///   - standardisation: What is done to the features; ``defaultStandardisation`` when nil.
  /// - Returns: Three parts. The test part is the published one where there is one, and 15 % of all examples otherwise.
  /// - Throws: `DataError` when files cannot be used or a part would be empty.
  public func load(
    validation: Int? = nil, seed: UInt64 = 0, standardisation: Standardisation.Mode? = nil
  ) throws(DataError) -> DataSplits {
    let mode = standardisation ?? defaultStandardisation
    switch self {
    case .fashionMNIST(let directory):
      let folder = IDXFolder(directory: directory ?? IDXFolder.fashionMNISTDirectory)
      let classes = try folder.classes()
      let name = classes.areFashion ? "fashion-mnist" : Self.lastComponent(of: folder.directory)
      let test = try folder.dataset(.test, name: name, classes)
      let train = try folder.dataset(.train, name: name, classes)
      var splits = try DataSplits(
        splitting: train, validation: validation ?? max(train.count / 12, 1), test: test, seed: seed,
        standardisation: mode)
      splits.notes = [classes.note].compactMap { $0 }
      return splits
    case .csv(let path, let settings):
      let table = try CSVTable(path: path, header: settings.header, separator: settings.separator)
      let (all, notes) = try table.read(
        name: Self.lastComponent(of: path), label: settings.label, task: settings.task, centres: mode != .none)
      var splits = try Self.split(all, validation, seed, mode)
      splits.notes = notes
      return splits
    case .npz(let path, let task):
      let parts = try NPZDataset(path: path, task: task).parts(
        name: Self.lastComponent(of: path), centres: mode != .none)
      var splits = try Self.splits(parts, validation, seed, mode)
      splits.notes = parts.notes
      return splits
    case .dots(let task): return try Self.split(task.dataset(seed: seed), validation, seed, mode)
    case .spirals(let task): return try Self.split(task.dataset(seed: seed), validation, seed, mode)
    case .teacher(let task): return try Self.split(task.dataset(seed: seed), validation, seed, mode)
    }
  }

  /// The parts of a file, and those that it does not have out of its training part.
  private static func splits(
    _ parts: NPZDataset.Parts, _ validation: Int?, _ seed: UInt64, _ mode: Standardisation.Mode
  ) throws(DataError) -> DataSplits {
    let count = parts.train.count
    if let published = parts.validation {
      guard validation ?? published.count == published.count else {
        throw DataError(
          .invalidArgument,
          "\(parts.train.name) has a validation part of its own, of \(published.count) examples, and \(validation ?? 0) are "
            + "asked for", hint: "ask for no number")
      }
      return try DataSplits(
        published: parts.train, validation: published, test: parts.test, drawnTest: max(count * 15 / 100, 1),
        seed: seed,
        standardisation: mode)
    }
    guard let test = parts.test else { return try split(parts.train, validation, seed, mode) }
    return try DataSplits(
      splitting: parts.train, validation: validation ?? max(count / 12, 1), test: test, seed: seed,
      standardisation: mode)
  }

  private static func split(
    _ all: Dataset, _ validation: Int?, _ seed: UInt64, _ mode: Standardisation.Mode
  ) throws(DataError) -> DataSplits {
    let part = max(all.count * 15 / 100, 1)
    return try DataSplits(
      splitting: all, validation: validation ?? part, test: part, seed: seed, standardisation: mode)
  }

  private static func lastComponent(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
