/// Which arrays of a `.npz` file are the features and the labels of which part, by the names that people give them.
///
/// `x_train`, `train_x` and `X_train`, `train_images` and `train_labels` as in MedMNIST, `images` and `labels` alone.
struct NPZNames {
  /// A part of a data set.
  enum Part: CaseIterable {
    case train, validation, test

    /// The part's name in names of arrays; the first is the usual one.
    fileprivate var words: [String] {
      switch self {
      case .train: ["train", "training"]
      case .validation: ["val", "valid", "validation", "dev"]
      case .test: ["test", "testing"]
      }
    }

    /// What the part is for: `to train on`.
    var purpose: String {
      switch self {
      case .train: "to train on"
      case .validation: "to validate on"
      case .test: "to test on"
      }
    }
  }

  /// The names that are asked for where there are others.
  static let wanted =
    "x_train and y_train, with x_val, y_val, x_test and y_test where there are such parts, or train_images, train_labels "
    + "and so on, or x and y alone"

  private let names: Set<String>

  /// The names in a file.
  init(_ names: [String]) { self.names = Set(names) }

  /// The array of a part's features; nil where there is none.
  func features(of part: Part) -> String? { first(of: part, ["x", "X", "images", "data", "features", "inputs"]) }

  /// The array of a part's labels; nil where there is none.
  func labels(of part: Part) -> String? { first(of: part, ["y", "Y", "labels", "label", "targets", "target"]) }

  private func first(of part: Part, _ roles: [String]) -> String? {
    for word in part.words {
      for role in roles {
        for name in ["\(role)_\(word)", "\(word)_\(role)"] where names.contains(name) { return name }
      }
    }
    // Without a part's name they are all there is to train on.
    return part == .train ? roles.first(where: names.contains) : nil
  }
}
