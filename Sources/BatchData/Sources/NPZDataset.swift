import BatchAlgebra
import BatchFormats

/// A `.npz` file as a data set: named as Keras names its own, `x_train`, `y_train`, `x_test`, `y_test`, or `x` and `y`.
struct NPZDataset {
  private let file: NPZ

  /// Opens a file.
  ///
  /// - Throws: `DataError` when it cannot be read or is damaged.
  init(path: String) throws(DataError) { file = try NPZ(path: path) }

  /// The two halves of a file that has a test half; nil for one without.
  ///
  /// - Throws: `DataError` when an array is missing or damaged, or when they do not fit one another.
  func trainAndTest(name: String) throws(DataError) -> (train: Dataset, test: Dataset)? {
    guard file.names.contains("x_test") || file.names.contains("y_test") else { return nil }
    let trainLabels = try file.array("y_train")
    let testLabels = try file.array("y_test")
    // Counted over both: a class may be missing in one of them.
    let classCount = try classCount([("y_train", trainLabels), ("y_test", testLabels)])
    return (
      train: try dataset("x_train", trainLabels, "y_train", classCount: classCount, name: name),
      test: try dataset("x_test", testLabels, "y_test", classCount: classCount, name: name)
    )
  }

  /// All examples of a file that has no test half.
  ///
  /// - Throws: `DataError` when an array is missing or damaged, or when they do not fit one another.
  func all(name: String) throws(DataError) -> Dataset {
    let ending = file.names.contains("x_train") ? "_train" : ""
    let labels = try file.array("y\(ending)")
    return try dataset(
      "x\(ending)", labels, "y\(ending)", classCount: try classCount([("y\(ending)", labels)]), name: name)
  }

  /// One more than the largest label; 0 where the labels are values to predict.
  private func classCount(_ arrays: [(name: String, labels: StoredArray)]) throws(DataError) -> Int {
    guard arrays.allSatisfy({ $0.labels.elementType.isWholeNumber }) else { return 0 }
    let exampleCount = arrays.reduce(0) { $0 + $1.labels.count }
    var classCount = 1
    for (name, labels) in arrays {
      guard labels.count == labels.shape.first else {
        throw inconsistent(
          "the array \(name) of classes has the shape \(labels.shape)", hint: "give one class an example, [examples]")
      }
      let numbers = labels.doubles()
      // More classes than examples are no classes; the bound keeps a wild label from asking for a name each.
      if let index = numbers.firstIndex(where: { $0 < 0 || $0 >= Double(max(exampleCount, 2)) }) {
        let label = Int64(exactly: numbers[index]).map { String($0) } ?? "\(numbers[index])"
        throw inconsistent(
          "the array \(name) holds \(label) for example \(index), no class of \(exampleCount) examples",
          hint: "number the classes from 0 on, or give values to predict as floating-point numbers")
      }
      classCount = max(classCount, Int(numbers.max() ?? 0) + 1)
    }
    return classCount
  }

  private func dataset(
    _ featureName: String, _ labels: StoredArray, _ labelName: String, classCount: Int, name: String
  ) throws(DataError) -> Dataset {
    let array = try file.array(featureName)
    guard let count = array.shape.first, count > 0, array.count > 0 else {
      throw inconsistent("the array \(featureName) of shape \(array.shape) holds no examples", hint: "give some")
    }
    guard labels.shape.first == count else {
      throw inconsistent(
        "the array \(featureName) has the shape \(array.shape) and \(labelName) \(labels.shape)",
        hint: "give both the same first dimension, one answer an example")
    }
    let features = try matrix(
      array, rows: count, divisor: array.elementType == .uint8 ? 255 : 1, for: "\(name), array \(featureName)")
    let targets: Targets
    if classCount == 0 {
      targets = .values(try matrix(labels, rows: count, divisor: 1, for: "\(name), \(labelName)"))
    } else {
      targets = .classes(labels: labels.doubles().map { Int32($0) }, names: (0..<classCount).map { String($0) })
    }
    let shape = array.shape.count == 1 ? [1] : Array(array.shape.dropFirst())
    return try Dataset(name: name, features: features, exampleShape: shape, targets: targets)
  }

  private func matrix(
    _ array: StoredArray, rows: Int, divisor: Float, for name: String
  ) throws(DataError) -> Matrix<Float> {
    var matrix = try Matrix<Float>(rows: rows, columns: array.count / rows, for: name)
    matrix.withMutableView { view in
      let numbers = UnsafeMutableBufferPointer(start: view.baseAddress, count: array.count)
      array.bytes.withUnsafeBytes { convertElements($0, of: array.elementType, into: numbers) }
      if divisor != 1 { for i in numbers.indices { numbers[i] /= divisor } }
    }
    return matrix
  }

  private func inconsistent(_ problem: String, hint: String) -> DataError {
    DataError(.inconsistent, path: file.path, problem, hint: hint)
  }
}

extension ElementType {
  /// Whether the elements are whole numbers or truth values.
  var isWholeNumber: Bool {
    switch self {
    case .float64, .float32, .float16, .bfloat16: false
    default: true
    }
  }
}
