import BatchAlgebra
public import BatchData
public import BatchFormats

extension RunDescription {
  /// The run's examples, which must be those that it was trained on.
  ///
  /// - Throws: `DataError` when they cannot be read, or their shape, classes or scaling are not what they were.
  public func loadUnchanged() throws(DataError) -> DataSplits {
    let splits = try load()
    var names: [String]?
    if case .classes(_, let found) = splits.train.targets { names = found }
    guard splits.standardisation == standardisation, splits.train.exampleShape == inputShape, names == classNames else {
      throw DataError(
        .inconsistent, path: data, "the examples are not those of the training",
        hint: "give the folder of the data that the run was trained on")
    }
    return splits
  }

  /// The features of a NPY file, [examples, …], treated as those of the training were.
  ///
  /// Targets are no more than there must be: what the examples are is not known.
  ///
  /// - Throws: `DataError` when the file cannot be read, its shape is another, or memory is short.
  public func examples(inFile path: String) throws(DataError) -> Dataset {
    let array = try NPY.read(path)
    let count = array.shape.first ?? 0
    let width = inputShape.reduce(1, *)
    guard array.shape.count >= 1, array.count == count * width, count > 0 else {
      throw DataError(
        .inconsistent, path: path,
        "the array has the shape \(array.shape), and the network takes examples of \(inputShape)",
        hint: "give an array [examples, \(inputShape.map(String.init).joined(separator: ", "))]")
    }
    do {
      var numbers = array.doubles()
      if array.elementType == .uint8, try source().dividesBytes {
        for i in numbers.indices { numbers[i] /= 255 }
      }
      let features = try standardisation.features(rows: count, columns: width, of: numbers)
      let none: Targets =
        try classNames.map { .classes(labels: [Int32](repeating: 0, count: count), names: $0) }
        ?? .values(Matrix(rows: count, columns: outputs))
      return try Dataset(name: path, features: features, exampleShape: inputShape, targets: none)
    } catch let error as DataError {
      throw error
    } catch {
      throw DataError(.outOfMemory, path: path, "\(error)", hint: "predict fewer examples at once")
    }
  }
}
