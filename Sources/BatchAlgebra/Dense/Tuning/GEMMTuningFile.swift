import BatchFoundation
import Glibc

/// Where a tuning is kept: `batchwise/gemm-crossovers` in the user's cache folder, which is `XDG_CACHE_HOME` or
/// `~/.cache`.
public enum GEMMTuningFile {
  /// The file's path; nil where the environment names no folder.
  public static var path: String? {
    if let cache = variable("XDG_CACHE_HOME") { return cache + "/batchwise/gemm-crossovers" }
    return variable("HOME").map { $0 + "/.cache/batchwise/gemm-crossovers" }
  }

  /// The tuning in a file; nil where there is none.
  ///
  /// - Throws: ``GEMMTuningError`` when it cannot be read, is damaged or of another processor.
  public static func load(_ path: String? = path) throws(GEMMTuningError) -> GEMMTuning? {
    guard let path, access(path, F_OK) == 0 else { return nil }
    guard let file = fopen(path, "re") else { throw failure(path) }
    defer { fclose(file) }
    // Longer than any that is written; what is longer is damaged.
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0 else { throw failure(path) }
    let tuning = try GEMMTuning(text: String(decoding: bytes[..<count], as: UTF8.self))
    guard tuning.processor == processorName() else { throw .otherProcessor(tuning.processor) }
    return tuning
  }

  /// Replaces the file as a whole and returns its path.
  ///
  /// - Throws: ``GEMMTuningError`` when there is no place for it or it cannot be written; what was there stays.
  @discardableResult
  public static func save(_ tuning: GEMMTuning, to path: String? = path) throws(GEMMTuningError) -> String {
    guard let path else { throw .noFolder }
    makeFolders(above: path)
    let temporary = path + ".partial"
    guard let file = fopen(temporary, "we") else { throw failure(temporary) }
    let written = fputs(tuning.text, file) >= 0
    // A full disk may show only when the file is closed.
    guard fclose(file) == 0, written, rename(temporary, path) == 0 else {
      let error = failure(path)
      unlink(temporary)
      throw error
    }
    return path
  }

  private static func makeFolders(above path: String) {
    // Whether it worked shows when the file is opened.
    for index in path.indices.dropFirst() where path[index] == "/" { mkdir(String(path[..<index]), 0o777) }
  }

  private static func variable(_ name: String) -> String? {
    guard let text = getenv(name), text.pointee != 0 else { return nil }
    return String(cString: text)
  }

  private static func failure(_ path: String) -> GEMMTuningError {
    .file(path: path, reason: String(cString: strerror(errno)))
  }
}
