import BatchTestSupport
import Testing

@testable import BatchScience

/// The right to write a folder.
@Suite struct FolderLockTests {
  private let folder = TemporaryFolder()

  @Test func onlyOneHasItAndItIsGivenBack() throws {
    let path = "\(folder.path)/a/b"
    var first: FolderLock? = try FolderLock(path)
    #expect(throws: StudyError.locked(folder: path)) { try FolderLock(path) }
    // Another folder is another right.
    _ = try FolderLock("\(folder.path)/a")
    withExtendedLifetime(first) {}
    first = nil
    // As often as one likes: a refused one keeps nothing open.
    for _ in 0..<2000 {
      let lock = try FolderLock(path)
      #expect(throws: StudyError.locked(folder: path)) { try FolderLock(path) }
      withExtendedLifetime(lock) {}
    }
  }

  @Test func aFolderThatCannotBeIsAnError() throws {
    let file = folder.write("a file", to: "file")
    let error = thrownError { () throws(StudyError) in try FolderLock("\(file)/below") }
    guard case .file(let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.description.contains(file))
  }
}
