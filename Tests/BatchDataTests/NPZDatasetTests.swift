import BatchData
import BatchFormats
import BatchTestSupport
import Testing

@Suite("NumPy's arrays as data sets")
struct NPZDatasetTests {
  private let folder = TemporaryFolder()

  private func load(_ arrays: [(name: String, array: StoredArray)]) throws -> DataSplits {
    let path = folder.write(try NPZ.encode(arrays), to: "d.npz")
    return try DataSource(parsing: path).load(validation: 1, seed: 1, standardisation: Standardisation.Mode.none)
  }

  private func message(_ arrays: [(name: String, array: StoredArray)]) throws -> String {
    let path = folder.write(try NPZ.encode(arrays), to: "d.npz")
    let error = try #require(thrownError { () throws(DataError) in try DataSource(parsing: path).load(validation: 1) })
    return error.description.replacing(folder.path + "/", with: "")
  }

  private let pictures = StoredArray(shape: [4, 1, 2], [0, 51, 102, 153, 204, 255, 0, 255] as [UInt8])
  private let labels = StoredArray(shape: [4], [0, 2, 1, 0] as [UInt8])

  @Test("Arrays named as Keras' are the published halves, bytes divided by 255")
  func keras() throws {
    let data = try load([
      ("x_train", pictures), ("y_train", labels), ("x_test", StoredArray(shape: [1, 1, 2], [255, 51] as [UInt8])),
      ("y_test", StoredArray(shape: [1, 1], [3] as [Int64])),
    ])
    #expect([data.train.count, data.validation.count, data.test.count] == [3, 1, 1])
    #expect(data.train.exampleShape == [1, 2])
    #expect(data.test.features.elements == [1, Float(51) / 255])
    #expect(data.test.targets == .classes(labels: [3], names: ["0", "1", "2", "3"]))
    #expect(data.train.targets.classCount == 4)
    #expect(data.train.name == "d.npz")
  }

  @Test("Two arrays are split; numbers that are not whole are values to predict", arguments: ["", "_train"])
  func split(ending: String) throws {
    let data = try load([
      ("x\(ending)", StoredArray(shape: [4], [1.5, 2.5, 3.5, 4.5] as [Double])),
      ("y\(ending)", StoredArray(shape: [4, 2], [1, 2, 3, 4, 5, 6, 7, 8] as [Float])), ("other", labels),
    ])
    #expect([data.train.count, data.validation.count, data.test.count] == [2, 1, 1])
    #expect(data.train.exampleShape == [1])
    guard case .values(let values) = data.test.targets else { return #expect(Bool(false)) }
    // y is 2x − 2 and 2x − 1.
    let x = data.test.features.elements[0]
    #expect(values.elements == [2 * x - 2, 2 * x - 1])
  }

  @Test("Values to predict may be no classes at all")
  func wideValues() throws {
    let data = try load([("x", pictures), ("y", StoredArray(shape: [4], [3e9, 3e9, -3e9, 3e9] as [Double]))])
    guard case .values(let values) = data.train.targets else { return #expect(Bool(false)) }
    #expect(values.elements.allSatisfy { abs($0) == 3e9 })
    for (wrong, text) in [(Double.nan, "nan"), (-.infinity, "-inf"), (1e300, "inf")] {
      #expect(
        try message([("x", pictures), ("y", StoredArray(shape: [4], [0, wrong, 1, 2] as [Double]))])
          == "d.npz: target 0 of example 1 is \(text); replace it by a number, or leave the example out")
    }
  }

  @Test(
    "Other usual names are known, and a validation part is used",
    arguments: [
      ("train_images", "train_labels", "val_images", "val_labels", "test_images", "test_labels"),
      ("x_train", "y_train", "x_val", "y_val", "x_test", "y_test"),
      ("X_train", "Y_train", "X_valid", "Y_valid", "X_test", "Y_test"),
      ("train_data", "train_targets", "validation_data", "validation_targets", "test_data", "test_targets"),
    ])
  func otherNames(_ x: String, _ y: String, _ vx: String, _ vy: String, _ tx: String, _ ty: String) throws {
    let one = StoredArray(shape: [1, 1, 2], [255, 51] as [UInt8])
    let two = StoredArray(shape: [2, 1, 2], [0, 51, 255, 0] as [UInt8])
    let arrays = [
      (x, pictures), (y, labels), (vx, two), (vy, StoredArray(shape: [2, 1], [1, 1] as [UInt8])), (tx, one),
      (ty, StoredArray(shape: [1], [2] as [UInt8])),
    ]
    func load(_ arrays: [(String, StoredArray)], validation: Int? = nil) throws -> DataSplits {
      let path = folder.write(try NPZ.encode(arrays.map { (name: $0.0, array: $0.1) }), to: "d.npz")
      return try DataSource.npz(path: path).load(
        validation: validation, seed: 1, standardisation: Standardisation.Mode.none)
    }
    let data = try load(arrays)
    #expect([data.train.count, data.validation.count, data.test.count] == [4, 2, 1])
    #expect(data.validation.features.elements == [0, Float(51) / 255, 1, 0])
    #expect(data.validation.targets == .classes(labels: [1, 1], names: ["0", "1", "2"]))
    #expect(data.notes.map(\.text) == ["The array \(y) holds 3 classes."])
    #expect(try load(arrays, validation: 2) == data)
    let error = #expect(throws: DataError.self) { try load(arrays, validation: 3) }
    #expect(error?.description.contains("has a validation part of its own, of 2 examples, and 3 are asked for") == true)
    // Without a test part one is taken out of the training part.
    let drawn = try load(Array(arrays.prefix(4)))
    #expect([drawn.train.count, drawn.validation.count, drawn.test.count] == [3, 2, 1])
    #expect(drawn.validation.features == data.validation.features)
  }

  @Test("Whole numbers are values and others classes where it is said; arrays that are left out are told")
  func tasks() throws {
    func load(_ labels: StoredArray, _ task: PredictionTask) throws -> DataSplits {
      let path = folder.write(try NPZ.encode([("x", pictures), ("y", labels), ("weights", labels)]), to: "d.npz")
      return try DataSource.npz(path: path, task: task).load(validation: 1)
    }
    let values = try load(labels, .values)
    #expect(values.train.targets.classCount == nil)
    #expect(
      values.notes.map(\.text) == ["The array y holds values to predict.", "Arrays that are not used: weights."])
    let floats = StoredArray(shape: [4], [0, 2, 1, 0] as [Float])
    #expect(try load(floats, .detect).train.targets.classCount == nil)
    #expect(try load(floats, .classes).train.targets.classCount == 3)
    #expect(throws: DataError.self) { try load(StoredArray(shape: [4], [0, 0.5, 1, 0] as [Float]), .classes) }
  }

  @Test("Classes may stand in a column, as Keras has them")
  func column() throws {
    let data = try load([("x", pictures), ("y", StoredArray(shape: [4, 1], [0, 2, 1, 0] as [UInt8]))])
    #expect(data.train.targets.classCount == 3)
  }

  @Test("What is missing or does not fit is named")
  func refused() throws {
    let wanted =
      "name the arrays x_train and y_train, with x_val, y_val, x_test and y_test where there are such parts, or "
      + "train_images, train_labels and so on, or x and y alone"
    #expect(
      try message([("x", pictures)]) == "d.npz: there is no array of labels to train on; the file has x; \(wanted)")
    #expect(
      try message([("x_test", pictures), ("x_train", pictures), ("y_train", labels)])
        == "d.npz: there is no array of labels to test on; the file has x_test, x_train, y_train; \(wanted)")
    #expect(
      try message([("a", pictures), ("b", labels)])
        == "d.npz: there is no array of features to train on; the file has a, b; \(wanted)")
    let path = folder.write(try NPZ.encode([("a", pictures)]), to: "d.npz")
    let error = thrownError { () throws(DataError) in try DataSource.npz(path: path).load() }
    #expect(error?.category == .badData)
    #expect(
      try message([("x", pictures), ("y", StoredArray(shape: [3], [0, 1, 2] as [Int32]))])
        == "d.npz: the array x has the shape [4, 1, 2] and y [3]; "
        + "give both the same first dimension, one answer an example")
    for wrong in [-1, 9] as [Int64] {
      #expect(
        try message([("x", pictures), ("y", StoredArray(shape: [4], [0, wrong, 1, 1]))])
          == "d.npz: the array y holds \(wrong) for example 1, no class of 4 examples; "
          + "number the classes from 0 on, or give values to predict as floating-point numbers")
    }
    #expect(
      try message([("x", pictures), ("y", StoredArray(shape: [4, 2], [UInt8](repeating: 0, count: 8)))])
        == "d.npz: the array y of classes has the shape [4, 2]; give one class an example, [examples]")
    #expect(
      try message([("x", StoredArray(shape: [], [1] as [Float])), ("y", labels)])
        == "d.npz: the array x of shape [] holds no examples; give some")
    #expect(
      try message([("x", StoredArray(shape: [4], [1, .nan, 1, 1] as [Float])), ("y", labels)]).contains(
        "feature 0 of example 1 is nan"))
  }
}
