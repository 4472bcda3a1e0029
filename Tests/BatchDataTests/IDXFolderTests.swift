import BatchData
import BatchFormats
import BatchTestSupport
import Glibc
import Testing

@Suite("Folders of IDX files")
struct IDXFolderTests {
  private let folder = TemporaryFolder()

  /// A set of 2 × 3 pictures: `training` of them, and 4 to test with.
  private func write(training: Int = 20, labels: [UInt8]? = nil, labelCount: Int? = nil) {
    let trainLabels = labels ?? (0..<training).map { UInt8($0 % 10) }
    let pixels = (0..<training * 6).map { UInt8(truncatingIfNeeded: $0) }
    folder.write(
      FileFormats.gzip(FileFormats.idx(shape: [training, 2, 3], pixels)), to: "train-images-idx3-ubyte.gz")
    folder.write(
      FileFormats.idx(shape: [labelCount ?? training], Array(trainLabels.prefix(labelCount ?? training))),
      to: "train-labels-idx1-ubyte")
    folder.write(
      FileFormats.idx(shape: [4, 2, 3], [UInt8](repeating: 255, count: 24)), to: "t10k-images.idx3-ubyte")
    folder.write(FileFormats.gzip(FileFormats.idx(shape: [4], [3, 2, 1, 0])), to: "t10k-labels.idx1-ubyte.gz")
  }

  private func load() throws(DataError) -> DataSplits {
    try DataSource.fashionMNIST(directory: folder.path).load(
      validation: 5, seed: 3, standardisation: Standardisation.Mode.none)
  }

  private func message() throws -> String {
    let error = try #require(thrownError { () throws(DataError) in try load() })
    return error.description.replacing(folder.path, with: "…")
  }

  @Test("Plain, compressed and dotted names are found; bytes become 0…1; the published test part stays whole")
  func loads() throws {
    write()
    let data = try load()
    #expect([data.train.count, data.validation.count, data.test.count] == [15, 5, 4])
    #expect(data.train.exampleShape == [2, 3])
    #expect(data.test.features.elements.allSatisfy { $0 == 1 })
    #expect(data.test.targets == .classes(labels: [3, 2, 1, 0], names: (0...9).map { String($0) }))
    // Picture n holds the bytes 6n … 6n + 5 and the label n mod 10: rows and labels must have stayed together.
    guard case .classes(let labels, _) = data.train.targets else { return #expect(Bool(false)) }
    for (row, label) in labels.enumerated() {
      let picture = Int((data.train.features[row, 0] * 255).rounded()) / 6
      #expect(picture % 10 == Int(label))
    }
  }

  @Test("Fashion-MNIST is known by its labels, in any folder")
  func fashionNames() throws {
    write(labels: [9, 0, 0, 3, 0, 2, 7, 2, 5, 5, 0, 9, 5, 5, 7, 9, 1, 2, 3, 4])
    let data = try load()
    #expect(data.train.name == "fashion-mnist")
    guard case .classes(_, let names) = data.test.targets else { return #expect(Bool(false)) }
    #expect(names[0] == "T-shirt/top" && names[9] == "Ankle boot" && names.count == 10)
  }

  @Test("Images and labels must be equally many")
  func countMismatch() throws {
    write(labelCount: 19)
    #expect(
      try message()
        == "…/train-images-idx3-ubyte.gz: there are 20 images but 19 labels beside them; "
        + "use the images and labels of one data set; download both again")
  }

  @Test("There are as many classes as the labels of both halves hold")
  func classes() throws {
    write(labels: (0..<20).map { UInt8($0 % 16 + 11) })
    let data = try load()
    #expect(data.notes.map(\.text) == ["The labels hold 20 classes, with numbers from 0 to 26."])
    guard case .classes(let labels, let names) = data.test.targets else { return #expect(Bool(false)) }
    #expect(names == (0...3).map { String($0) } + (11...26).map { String($0) } && labels == [3, 2, 1, 0])
    guard case .classes(let trained, _) = data.train.targets else { return #expect(Bool(false)) }
    for (row, label) in trained.enumerated() {
      let picture = Int((data.train.features[row, 0] * 255).rounded()) / 6
      #expect(names[Int(label)] == String(picture % 16 + 11))
    }
    write(labels: [UInt8](repeating: 5, count: 20))
    folder.write(FileFormats.gzip(FileFormats.idx(shape: [4], [5, 5, 5, 5])), to: "t10k-labels.idx1-ubyte.gz")
    #expect(try message() == "…: every example has the label 5; use a set of at least two classes")
  }

  @Test("A label beyond Fashion-MNIST's classes is named with its example")
  func labelOutOfRange() throws {
    write(labels: [9, 0, 0, 3, 0, 2, 7, 2, 5, 5, 0, 9, 5, 5, 7, 9, 1, 10, 3, 4])
    #expect(
      try message()
        == "…/train-labels-idx1-ubyte: label 10 of example 17 lies outside 0…9; "
        + "the file is damaged or of another data set; use one with 10 classes")
  }

  @Test("Files are found within folders of their names, and beside them")
  func archives() throws {
    write()
    let whole = try load()
    let names = [
      "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte.gz",
    ]
    let contents = try names.map { try #require(folder.read($0)) }
    for isWithin in [true, false] {
      for (name, content) in zip(names, contents) {
        unlink("\(folder.path)/\(name)")
        let published = name.replacing(".gz", with: "").replacing(".idx", with: "-idx")
        mkdir("\(folder.path)/\(published)", 0o777)
        if isWithin {
          folder.write(content, to: "\(published)/\(name)")
        } else {
          unlink("\(folder.path)/\(published)/\(name)")
          folder.write(content, to: published.replacing("-idx", with: ".idx") + (name.hasSuffix(".gz") ? ".gz" : ""))
        }
      }
      #expect(try load() == whole)
    }
    unlink("\(folder.path)/train-labels.idx1-ubyte")
    #expect(try message().hasPrefix("…: the folder has no file train-labels-idx1-ubyte, plain or .gz"))
  }

  @Test("A missing folder and a missing file are told apart")
  func missing() throws {
    #expect(
      try message()
        == "…: the folder has no file train-labels-idx1-ubyte, plain or .gz; give a folder with "
        + "train-images-idx3-ubyte, train-labels-idx1-ubyte and their t10k counterparts")
    let nowhere = DataSource.fashionMNIST(directory: "/nowhere/at/all")
    let error = try #require(thrownError { () throws(DataError) in try nowhere.load(seed: 0) })
    #expect(error.kind == .unreadable)
    #expect(
      error.description.hasPrefix(
        "/nowhere/at/all: the folder cannot be read (No such file or directory); give a folder"))
  }

  @Test("Too many validation examples are refused")
  func validationTooLarge() throws {
    write()
    let source = DataSource.fashionMNIST(directory: folder.path)
    let error = try #require(thrownError { () throws(DataError) in try source.load(validation: 20, seed: 0) })
    #expect(
      error.description.contains(
        "20 validation examples out of 20 leave a part empty; ask for at least 1 and fewer than 20"))
  }
}
