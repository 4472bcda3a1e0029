import BatchTestSupport
import Foundation
import Testing

@testable import BatchFoundation

/// Files that are whole or not there, and the folders they lie in.
@Suite struct DurableFileTests {
  private let folder = TemporaryFolder()

  @Test(arguments: ["a", "a/", "a/b//c///", "a//b/."]) func foldersAreMadeHoweverTheyAreWritten(_ name: String) throws {
    let path = "\(folder.path)/\(name)"
    for _ in 0..<2 {
      try DurableFile.makeFolder(path)
      #expect(DurableFile.isFolder(path))
    }
    try DurableFile.makeFolder("/")
  }

  /// Whoever comes second finds the folder and is as content.
  @Test func foldersAreMadeByManyAtOnce() async throws {
    for round in 0..<5 {
      let path = "\(folder.path)/\(round)/a/b/c"
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 { group.addTask { try DurableFile.makeFolder(path) } }
        try await group.waitForAll()
      }
      #expect(DurableFile.isFolder(path))
    }
  }

  @Test func aFileIsNoFolder() {
    let file = folder.write("", to: "file")
    for (path, reason) in [(file, "File exists"), ("\(file)/", "File exists"), ("\(file)/a/b", "Not a directory")] {
      let error = thrownError { () throws(FileError) in try DurableFile.makeFolder(path) }
      #expect(error?.description.hasPrefix("cannot make the folder \(file)") == true)
      #expect(error?.description.hasSuffix(reason) == true, "\(String(describing: error))")
    }
  }

  @Test(arguments: [("a", "."), ("a/b", "a"), ("/a", "/"), ("/a/b/c", "/a/b"), ("a//b", "a"), ("//a", "/")])
  func theFolderOfAFileIsKnown(_ path: String, _ parent: String) { #expect(DurableFile.parent(of: path) == parent) }

  /// What is added stands behind what was there; where it cannot be added, nothing has changed.
  @Test func filesGrow() throws {
    let path = "\(folder.path)/log"
    try DurableFile.append(Array("a\n".utf8), to: path)
    try DurableFile.append(Array("b\n".utf8), to: path)
    try DurableFile.flush(path)
    #expect(folder.read("log") == Array("a\nb\n".utf8) && folder.names() == ["log"])
    try DurableFile.flush("\(folder.path)/missing")
    #expect(throws: FileError.self) { try DurableFile.append([1], to: "/dev/full") }
    #expect(throws: FileError.self) { try DurableFile.append([1], to: "\(folder.path)/none/log") }
  }

  @Test func aPlaceIsTriedBeforeItIsNeeded() throws {
    try DurableFile.requireWritable("\(folder.path)/a/b/file")
    #expect(folder.names(in: "a/b").isEmpty)
    let file = folder.write("content", to: "file")
    try DurableFile.requireWritable(file)
    #expect(folder.read("file") == Array("content".utf8) && folder.names() == ["a", "file"])
    for path in ["/proc/x/file", "\(file)/x"] {
      #expect(throws: FileError.self) { try DurableFile.requireWritable(path) }
    }
  }

  /// A write that fails leaves what was there, and nothing half done.
  @Test func aFailedWriteLeavesNothing() throws {
    try DurableFile.makeFolder("\(folder.path)/taken/inside")
    #expect(
      thrownError { () throws(FileError) in try DurableFile.write([1, 2], to: "\(folder.path)/taken") }
        == .system(path: "\(folder.path)/taken", action: "write", reason: "Is a directory"))
    let full = folder.write("before", to: "full")
    try FileManager.default.createSymbolicLink(atPath: "\(full).\(getpid()).partial", withDestinationPath: "/dev/full")
    #expect(throws: FileError.self) { try DurableFile.write([1, 2], to: full) }
    #expect(folder.names() == ["full", "taken"] && folder.read("full") == Array("before".utf8))
  }
}
