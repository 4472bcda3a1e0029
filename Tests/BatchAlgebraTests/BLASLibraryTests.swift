import BatchAlgebra
import Testing

@Suite struct BLASLibraryTests {
  @Test func theInstalledLibraryIsUsable() throws {
    let library = try BLASLibrary.prepare()
    #expect(library.threading != .serial)
    #expect(library.version.wholeMatch(of: /\d+\.\d+\.\d+.*/) != nil)
    #expect(!library.coreName.isEmpty)
  }

  @Test func aSerialBuildIsRefusedWithTheMend() {
    let error = BLASLibraryError.serialBuild(configuration: "OpenBLAS 0.3.21")
    #expect(error.description.contains("apt-get install libopenblas0-pthread"))
  }
}
