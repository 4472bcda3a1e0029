import Testing

@testable import BatchFormats

@Suite struct FileEndingTests {
  @Test(
    arguments: [
      ("a.csv", "csv"), ("a/b.c/X.CSV.Gz", "gz"), ("./m.ONNX", "onnx"), ("a b.npz", "npz"), ("..npy", "npy"),
      ("csv", nil), (".csv", nil), ("a.csv/b", nil), ("a.", nil), ("a/.npy", nil), ("a.csv/", nil), ("", nil),
      ("/", nil),
    ] as [(String, String?)])
  func onlyTheLastPointOfTheNameCounts(_ path: String, _ ending: String?) {
    #expect(FileEnding.of(path) == ending)
  }
}
