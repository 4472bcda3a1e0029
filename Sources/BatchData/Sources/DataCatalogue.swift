extension DataSource {
  /// A data set that can be asked for by name.
  public struct CatalogueEntry: Sendable, Hashable {
    /// The name on the command line.
    public let name: String
    /// What it is, in a sentence.
    public let summary: String
    /// Where it is looked for; nil for data made from a seed.
    public let location: String?
    /// Whether it is there.
    public let isPresent: Bool
  }

  /// The data sets that can be asked for by name.
  public static var catalogue: [CatalogueEntry] {
    let file = "\(fashionMNISTDirectory)/train-images-idx3-ubyte"
    return [
      CatalogueEntry(
        name: "fashion-mnist", summary: "70 000 grey 28×28 pictures of clothes in 10 classes (Xiao et al. 2017)",
        location: fashionMNISTDirectory, isPresent: FileBytes.exists(file) || FileBytes.exists(file + ".gz")),
      CatalogueEntry(
        name: "dots", summary: "two clouds of points in the plane, red and blue", location: nil, isPresent: true),
      CatalogueEntry(
        name: "spirals", summary: "three interleaved spiral arms in the plane", location: nil, isPresent: true),
      CatalogueEntry(
        name: "teacher", summary: "20 numbers labelled by a random network, one label in ten random", location: nil,
        isPresent: true),
    ]
  }
}
