import ArgumentParser
import Batchwise

/// Where a profile is: a file, or a folder that holds one.
struct ProfilePath {
  /// The file.
  let file: String

  /// The file itself, or `profile.json` in a folder.
  init(_ path: String) { file = DurableFile.isFolder(path) ? "\(path)/profile.json" : path }

  /// The folder that the file lies in.
  var folder: String { DurableFile.parent(of: file) }

  /// The profile.
  ///
  /// - Throws: `DataError` when it cannot be read or is damaged.
  func profile() throws -> Profile {
    do {
      return try Profile(path: file)
    } catch {
      switch error {
      case .system(_, _, let reason):
        throw DataError(
          .unreadable, path: file, "the profile cannot be read (\(reason))",
          hint: "give a profile.json, or the folder of 'batchwise gemm' or 'batchwise profile' with --output")
      case .damaged(_, let line, let reason):
        throw DataError(.malformed, path: file, line: line, reason, hint: "make the profile anew, or give another")
      }
    }
  }
}

/// Prints a profile's tables and findings, and keeps the profile where that is asked for.
enum ProfileFiles {
  static func finish(_ profile: Profile, folder: String?, printing: OutputOptions) throws {
    // Kept first: what was measured must not be lost to a terminal that has gone away.
    let report = ProfileReport(profile)
    if let folder { try report.write(to: folder) }
    try show(report, printing: printing)
    if let folder { printing.note("Profile, table and report: \(folder)/profile.json, results.csv, report.html") }
    if profile.wasStopped {
      Console.note("Interrupted; the tables show what there was.")
      throw ExitCode(ExitStatus.interrupted.rawValue)
    }
  }

  /// The first table in every format; the others and the findings for people alone.
  static func show(_ report: ProfileReport, printing: OutputOptions) throws(FileError) {
    for (index, table) in report.tables.enumerated() where index == 0 || printing.format == .table {
      if index > 0 { try Console.result("") }
      try printing.print(table)
    }
    for finding in report.findings { printing.note(finding) }
  }

  /// An observer that draws a progress line and heeds Ctrl-C.
  static func observer(quiet: Bool) -> ProfileObserver {
    Interrupt.catchSignals()
    var progress = ProgressLine(quiet: quiet)
    return ProfileObserver(
      onProgress: { stage, share in
        if share >= 1 { progress.clear() } else { progress.draw(share: share) { stage } }
      },
      shouldStop: { Interrupt.isRequested })
  }
}
