public import BatchFoundation

/// The report of a study of any kind.
public protocol StudyReport: Sendable {
  /// The main table.
  var table: TextTable { get }
  /// What was found, a sentence each.
  var findings: [String] { get }
  /// The report as a page.
  var html: HTMLReport { get }

  /// Writes the page and the study's numbers into its folder.
  ///
  /// - Throws: ``/BatchFoundation/FileError`` when a file cannot be written.
  func write(to folder: String) throws(FileError)
}

extension SweepReport: StudyReport {}
extension RulesReport: StudyReport {}
