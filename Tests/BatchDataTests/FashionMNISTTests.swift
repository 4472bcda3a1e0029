import BatchData
import BatchFormats
import BatchTestSupport
import Testing

private let isInstalled = DataSource.catalogue().contains { $0.name == "fashion-mnist" && $0.isPresent }

@Suite("Fashion-MNIST as installed", .enabled(if: isInstalled, "needs the package dataset-fashion-mnist"))
struct FashionMNISTTests {
  private static let directory = "/usr/share/datasets/fashion-mnist"

  /// The published facts: 1000 examples of each class, and the mean of the test pictures, 73.1466 of 255 by Python.
  @Test("The test part is the published one")
  func testPart() throws {
    let images = try IDXArray(path: Self.directory + "/t10k-images-idx3-ubyte.gz")
    let labels = try IDXArray(path: Self.directory + "/t10k-labels-idx1-ubyte.gz")
    #expect(images.shape == [10_000, 28, 28])
    #expect(labels.shape == [10_000])
    #expect(Array(labels.bytes.prefix(10)) == [9, 2, 1, 1, 6, 1, 4, 6, 5, 7])
    var sum = 0
    images.bytes.withUnsafeBufferPointer { for byte in $0 { sum &+= Int(byte) } }
    #expect(abs(Double(sum) / Double(images.bytes.count) - 73.14656658163265) < 1e-9)
    for label in UInt8(0)...9 { #expect(labels.bytes.count { $0 == label } == 1000) }
  }

  @Test("The whole set loads, splits and is standardised on the training part")
  func loads() throws {
    let data = try DataSource(parsing: "fashion-mnist").load(validation: 5000, seed: 1)
    #expect([data.train.count, data.validation.count, data.test.count] == [55_000, 5000, 10_000])
    #expect(data.train.exampleShape == [28, 28])
    #expect(data.standardisation.mode == .global)
    // Known values of the whole training file: 0.2860 and 0.3530; a random 55,000 of it are close.
    #expect(abs(data.standardisation.means[0] - 0.2860) < 0.001)
    #expect(abs(data.standardisation.divisors[0] - 0.3530) < 0.001)
    let sheet = try ContactSheet(data.test, perClass: 3)
    #expect(sheet.strips.count == 10)
    #expect(sheet.strips[1].name == "Trouser")
  }
}
