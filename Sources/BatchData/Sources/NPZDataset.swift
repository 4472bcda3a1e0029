import BatchAlgebra
import BatchFormats

/// A `.npz` file as a data set, whose arrays are named as Keras names its own, `x_train`, `y_train`, `x_test`, `y_test`,
/// or `x` and `y`, or in one of the other ways of ``NPZNames``.
struct NPZDataset {
  /// The parts that a file has.
  struct Parts {
    var train: Dataset
    var validation: Dataset?
    var test: Dataset?
    var notes: [DataNote]
  }

  private let file: NPZ
  private let task: PredictionTask

  /// Opens a file.
  ///
  /// - Throws: `DataError` when it cannot be read or is damaged.
  init(path: String, task: PredictionTask = .detect) throws(DataError) {
    file = try NPZ(path: path)
    self.task = task
  }

  /// The features and the labels of a part.
  private struct Pair {
    let part: NPZNames.Part
    let featureName: String
    let labelName: String
    let features: StoredArray
    let labels: StoredArray
  }

  /// The parts of the file; features that 32 bits would make coarse less the centre of their column where that is asked
  /// for.
  ///
  /// - Throws: `DataError` when arrays are missing or damaged, or when they do not fit one another.
  func parts(name: String, centres: Bool) throws(DataError) -> Parts {
    let names = NPZNames(file.names)
    var pairs: [Pair] = []
    for part in NPZNames.Part.allCases {
      if let pair = try pair(part, names) { pairs.append(pair) }
    }
    // Counted over all parts: a class may be missing in one of them.
    let classCount = try classCount(pairs)
    for pair in pairs { try check(pair) }
    let offsets = centres ? offsets(pairs) : nil
    var sets: [NPZNames.Part: Dataset] = [:]
    for pair in pairs { sets[pair.part] = try dataset(pair, classCount: classCount, offsets: offsets, name: name) }
    guard let train = sets[.train] else { throw missing("features to train on", names) }
    return Parts(
      train: train, validation: sets[.validation], test: sets[.test],
      notes: notes(pairs, classCount: classCount))
  }

  /// What is predicted, in a sentence, and which arrays are left out.
  private func notes(_ pairs: [Pair], classCount: Int) -> [DataNote] {
    let isWhole = pairs.allSatisfy { $0.labels.elementType.isWholeNumber }
    let content = classCount > 0 ? "\(classCount) classes" : "values to predict"
    var notes = [
      DataNote(
        "The array \(pairs[0].labelName) holds \(content).", settings: isWhole && task == .detect ? [.task] : [])
    ]
    let used = Set(pairs.flatMap { [$0.featureName, $0.labelName] })
    let unused = file.names.filter { !used.contains($0) }
    if !unused.isEmpty { notes.append(DataNote("Arrays that are not used: \(unused.joined(separator: ", ")).")) }
    return notes
  }

  /// The arrays of a part; nil where it has none.
  private func pair(_ part: NPZNames.Part, _ names: NPZNames) throws(DataError) -> Pair? {
    let found = (features: names.features(of: part), labels: names.labels(of: part))
    guard let featureName = found.features else {
      guard found.labels == nil, part != .train else { throw missing("features", part, names) }
      return nil
    }
    guard let labelName = found.labels else { throw missing("labels", part, names) }
    return Pair(
      part: part, featureName: featureName, labelName: labelName, features: try file.array(featureName),
      labels: try file.array(labelName))
  }

  private func missing(_ what: String, _ part: NPZNames.Part, _ names: NPZNames) -> DataError {
    missing("\(what) \(part.purpose)", names)
  }

  private func missing(_ what: String, _ names: NPZNames) -> DataError {
    inconsistent(
      "there is no array of \(what); the file has \(file.names.isEmpty ? "none" : file.names.joined(separator: ", "))",
      hint: "name the arrays \(NPZNames.wanted)")
  }

  /// One more than the largest label; 0 where the labels are values to predict.
  private func classCount(_ pairs: [Pair]) throws(DataError) -> Int {
    let areWhole = pairs.allSatisfy { $0.labels.elementType.isWholeNumber }
    guard task == .classes || task == .detect && areWhole else { return 0 }
    let exampleCount = pairs.reduce(0) { $0 + $1.labels.count }
    var classCount = 1
    for pair in pairs {
      let (name, labels) = (pair.labelName, pair.labels)
      guard labels.count == labels.shape.first else {
        throw inconsistent(
          "the array \(name) of classes has the shape \(labels.shape)", hint: "give one class an example, [examples]")
      }
      let numbers = labels.doubles()
      // More classes than examples are no classes; the bound keeps a wild label from asking for a name each.
      if let index = numbers.firstIndex(where: {
        !($0 >= 0 && $0 < Double(max(exampleCount, 2)) && $0 == $0.rounded())
      }) {
        let label = Int64(exactly: numbers[index]).map { String($0) } ?? "\(numbers[index])"
        throw inconsistent(
          "the array \(name) holds \(label) for example \(index), no class of \(exampleCount) examples",
          hint: "number the classes from 0 on, or give values to predict as floating-point numbers")
      }
      classCount = max(classCount, Int(numbers.max() ?? 0) + 1)
    }
    return classCount
  }

  private func check(_ pair: Pair) throws(DataError) {
    let array = pair.features
    guard let count = array.shape.first, count > 0, array.count > 0 else {
      throw inconsistent("the array \(pair.featureName) of shape \(array.shape) holds no examples", hint: "give some")
    }
    guard pair.labels.shape.first == count else {
      throw inconsistent(
        "the array \(pair.featureName) has the shape \(array.shape) and \(pair.labelName) \(pair.labels.shape)",
        hint: "give both the same first dimension, one answer an example")
    }
  }

  /// The centres of columns that 32 bits would make coarse; nil where there is none, and for pictures, whose numbers are
  /// of one kind.
  private func offsets(_ pairs: [Pair]) -> [Double]? {
    let width = pairs[0].features.count / (pairs[0].features.shape.first ?? 1)
    let areTables = pairs.allSatisfy { pair in
      let array = pair.features
      return array.shape.count <= 2 && array.elementType != .uint8 && array.count == array.shape[0] * width
    }
    guard areTables else { return nil }
    var ranges = FeatureRanges(count: width)
    for pair in pairs {
      pair.features.forEachRow(of: width) { _, numbers in
        for (feature, number) in numbers.enumerated() { ranges.take(number, feature: feature) }
      }
    }
    return ranges.offsets
  }

  private func dataset(
    _ pair: Pair, classCount: Int, offsets: [Double]?, name: String
  ) throws(DataError) -> Dataset {
    let array = pair.features
    let count = array.shape[0]
    let divisor: Float = array.elementType == .uint8 ? 255 : 1
    var features = try matrix(array, rows: count, divisor: divisor, for: "\(name), array \(pair.featureName)")
    if let offsets {
      features.withMutableView { view in
        array.forEachRow(of: offsets.count) { row, numbers in
          for (j, number) in numbers.enumerated() { view[row, j] = Float(number - offsets[j]) }
        }
      }
    }
    let labels = pair.labels
    let targets: Targets
    if classCount == 0 {
      targets = .values(try matrix(labels, rows: count, divisor: 1, for: "\(name), \(pair.labelName)"))
    } else {
      targets = .classes(labels: labels.doubles().map { Int32($0) }, names: (0..<classCount).map { String($0) })
    }
    let shape = array.shape.count == 1 ? [1] : Array(array.shape.dropFirst())
    var dataset = try Dataset(name: name, features: features, exampleShape: shape, targets: targets)
    dataset.divisor = divisor
    dataset.offsets = offsets
    return dataset
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

extension StoredArray {
  /// Gives `body` the elements in double precision, so many at a time.
  fileprivate func forEachRow(of width: Int, _ body: (Int, UnsafeMutableBufferPointer<Double>) -> Void) {
    let rowBytes = width * elementType.byteCount
    var row = [Double](repeating: 0, count: width)
    bytes.withUnsafeBytes { bytes in
      row.withUnsafeMutableBufferPointer { row in
        for index in 0..<count / max(width, 1) {
          let place = index * rowBytes
          convertElements(
            UnsafeRawBufferPointer(rebasing: bytes[place..<place + rowBytes]), of: elementType, into: row)
          body(index, row)
        }
      }
    }
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
