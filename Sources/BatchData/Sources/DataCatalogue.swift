/// One line of the list of data sets.
public struct DataCatalogueEntry: Sendable, Equatable, Codable {
  /// The name by which ``DataSource/init(parsing:directory:reading:)`` knows it.
  public let name: String
  /// What it is, in a line.
  public let summary: String
  /// Where its files are looked for; nil where none are needed.
  public let location: String?
  /// Whether it can be loaded now; false for a set whose place is still to be given.
  public let isPresent: Bool
}

extension DataSource {
  /// The data sets there are.
  ///
  /// - Parameter directory: A folder in which to look for IDX files, in place of the usual one.
  /// - Returns: One entry a name, those with real examples first.
  public static func catalogue(directory: String? = nil) -> [DataCatalogueEntry] {
    let fashion = directory ?? IDXFolder.fashionMNISTDirectory
    let given = directory.map { IDXFolder(directory: $0).isComplete } ?? false
    return [
      DataCatalogueEntry(
        name: "fashion-mnist", summary: "70,000 pictures of clothes, 28 × 28 grey, 10 classes", location: fashion,
        isPresent: IDXFolder(directory: fashion).isComplete),
      DataCatalogueEntry(
        name: "mnist", summary: "handwritten digits, or another set in MNIST's format",
        location: directory ?? "a folder you give", isPresent: given),
      DataCatalogueEntry(
        name: "dots", summary: "two Gaussian clouds in the plane, red and blue", location: nil, isPresent: true),
      DataCatalogueEntry(
        name: "spirals", summary: "arms of a spiral in the plane, with noise", location: nil, isPresent: true),
      DataCatalogueEntry(
        name: "teacher", summary: "labels given by a random network, with label noise", location: nil,
        isPresent: true),
      DataCatalogueEntry(
        name: "PATH.csv", summary: "a table of your own, one row an example; .tsv and .gz too",
        location: "a path you give", isPresent: false),
      DataCatalogueEntry(
        name: "PATH.npz", summary: "arrays of your own from NumPy: x_train, y_train, x_test, y_test, or x and y",
        location: "a path you give", isPresent: false),
    ]
  }
}
