public import BatchAlgebra
public import BatchFormats

/// One set of labelled examples, one example a row.
public struct Dataset: Sendable, Equatable {
  /// What the set is called in tables and messages.
  public let name: String
  /// The inputs, [examples][features].
  public internal(set) var features: Matrix<Float>
  /// The shape of one example, such as [28, 28]; its product is the number of features.
  public let exampleShape: [Int]
  /// The targets, one an example.
  public let targets: Targets
  /// What the numbers of the file were divided by as they were read: 255 where they were bytes, as in pictures, else 1.
  public internal(set) var divisor: Float = 1
  /// What was subtracted from each feature as it was read, see ``FeatureRanges``; standardisation takes it up, and no data
  /// set that others see has any.
  var offsets: [Double]?

  /// A data set of the given examples.
  ///
  /// - Parameters:
  ///   - name: What the set is called in tables and messages.
  ///   - features: The inputs, [examples][features].
  ///   - exampleShape: The shape of one example; nil for a plain list of features.
  ///   - targets: One an example.
  /// - Throws: `DataError` when there is no example or feature, when counts or shape do not fit, when a label lies
  ///   outside the classes, or when a number is infinite or NaN.
  public init(
    name: String, features: Matrix<Float>, exampleShape: [Int]? = nil, targets: Targets
  ) throws(DataError) {
    let shape = exampleShape ?? [features.columns]
    guard features.rows > 0, features.columns > 0 else {
      throw DataError(
        .invalidArgument, "\(name) has \(features.rows) examples of \(features.columns) features",
        hint: "give at least one of each")
    }
    guard features.rows <= Int32.max else {
      throw DataError(
        .invalidArgument, "\(name) has \(features.rows) examples, more than \(Int32.max)", hint: "use fewer examples")
    }
    guard shape.reduce(1, *) == features.columns else {
      throw DataError(
        .inconsistent, "\(name): the example shape \(shape) does not hold \(features.columns) features",
        hint: "give a shape whose product is the number of features")
    }
    guard targets.count == features.rows else {
      throw DataError(
        .inconsistent, "\(name) has \(features.rows) examples but \(targets.count) labels", hint: "give one an example")
    }
    try targets.validate(for: name)
    if let position = features.withView({ firstNonFinite(in: $0) }) {
      throw DataError(
        .malformed,
        "\(name): feature \(position.column) of example \(position.row) is \(features[position.row, position.column])",
        hint: "replace it by a number, or leave the example out")
    }
    self.init(valid: features, name: name, exampleShape: shape, targets: targets)
  }

  /// A data set of parts that are known to fit.
  init(valid features: Matrix<Float>, name: String, exampleShape: [Int], targets: Targets) {
    self.name = name
    self.features = features
    self.exampleShape = exampleShape
    self.targets = targets
  }

  /// The number of examples.
  public var count: Int { features.rows }

  /// The number of features an example.
  public var featureCount: Int { features.columns }

  /// The chosen examples, in the order given; an index may occur more than once.
  ///
  /// - Throws: `DataError` when an index lies outside the set, when there is none, or when memory runs out.
  public func subset(_ indices: [Int32], name: String? = nil) throws(DataError) -> Dataset {
    guard !indices.isEmpty else {
      throw DataError(.invalidArgument, "a part of \(self.name) would have no examples", hint: "choose at least one")
    }
    if let outside = indices.first(where: { $0 < 0 || $0 >= count }) {
      throw DataError(
        .invalidArgument, "\(self.name) has no example \(outside)", hint: "choose indices in 0…\(count - 1)")
    }
    return try indices.withUnsafeBufferPointer { (indices) throws(DataError) in
      var part = Dataset(
        valid: try copyRows(indices, of: features, for: self.name), name: name ?? self.name,
        exampleShape: exampleShape, targets: try targets.subset(indices, for: self.name))
      part.divisor = divisor
      part.offsets = offsets
      return part
    }
  }
}
