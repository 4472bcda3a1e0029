import BatchTestSupport
import Foundation
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
    // A refused one keeps nothing open.
    let lock = try FolderLock(path)
    for _ in 0..<3 { #expect(throws: StudyError.locked(folder: path)) { try FolderLock(path) } }
    #expect(openCount("\(path)/.lock") == 1)
    withExtendedLifetime(lock) {}
  }

  /// How many files of this process are open at a path.
  private func openCount(_ path: String) -> Int {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return files.count { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path }
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
