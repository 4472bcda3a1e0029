public import BatchFormats

/// A few pictures of each class, to see what a data set holds.
///
/// Each picture is scaled by itself, its least number black and its greatest white, so that standardised data look as
/// they did before.
public struct ContactSheet: Sendable, Equatable {
  /// The pictures of one class.
  public struct Strip: Sendable, Equatable {
    /// The name of the class.
    public let name: String
    /// Its pictures.
    public let pictures: [GreyImage]
  }

  /// One strip a class, in the order of the classes; one strip in all for regression.
  public let strips: [Strip]

  /// Takes the first `perClass` examples of each class.
  ///
  /// - Parameters:
  ///   - dataset: Examples of the shape [height, width], or [height, width, channels], which are averaged.
  ///   - perClass: How many examples of each class to take; classes with fewer show those.
  /// - Throws: `DataError` when the examples are no pictures, or none is asked for.
  public init(_ dataset: Dataset, perClass: Int = 10) throws(DataError) {
    guard (2...3).contains(dataset.exampleShape.count) else {
      throw DataError(
        .invalidArgument, "\(dataset.name): examples of the shape \(dataset.exampleShape) are not pictures",
        hint: "make a contact sheet of a set whose examples have a height and a width")
    }
    guard perClass > 0 else {
      throw DataError(.invalidArgument, "a contact sheet with \(perClass) pictures a class", hint: "ask for at least 1")
    }
    switch dataset.targets {
    case .classes(let labels, let names):
      var chosen = [[Int]](repeating: [], count: names.count)
      for (row, label) in labels.enumerated() where chosen[Int(label)].count < perClass {
        chosen[Int(label)].append(row)
      }
      strips = zip(names, chosen).filter { !$1.isEmpty }.map { name, rows in
        Strip(name: name, pictures: rows.map { Self.picture(dataset, $0) })
      }
    case .values:
      let rows = 0..<min(perClass, dataset.count)
      strips = [Strip(name: dataset.name, pictures: rows.map { Self.picture(dataset, $0) })]
    }
  }

  /// The whole sheet as one picture: a row a class, with a margin between pictures.
  public var image: GreyImage {
    let first = strips[0].pictures[0]
    let margin = 2
    let across = strips.map(\.pictures.count).max() ?? 1
    var sheet = GreyImage(
      width: across * (first.width + margin) + margin, height: strips.count * (first.height + margin) + margin,
      shade: 96)
    for (row, strip) in strips.enumerated() {
      for (column, picture) in strip.pictures.enumerated() {
        let left = margin + column * (first.width + margin)
        let top = margin + row * (first.height + margin)
        for y in 0..<picture.height {
          for x in 0..<picture.width { sheet[left + x, top + y] = picture[x, y] }
        }
      }
    }
    return sheet
  }

  private static func picture(_ dataset: Dataset, _ row: Int) -> GreyImage {
    let shape = dataset.exampleShape
    let channels = shape.count == 3 ? shape[2] : 1
    let shades = dataset.features.withView { view in
      let values = view.row(row)
      return (0..<shape[0] * shape[1]).map { pixel in
        (0..<channels).reduce(Float(0)) { $0 + values[pixel * channels + $1] }
      }
    }
    let darkest = shades.min() ?? 0
    let range = (shades.max() ?? 0) - darkest
    var picture = GreyImage(width: shape[1], height: shape[0])
    if range > 0 { picture.pixels = shades.map { UInt8(((($0 - darkest) / range) * 255).rounded()) } }
    return picture
  }
}
