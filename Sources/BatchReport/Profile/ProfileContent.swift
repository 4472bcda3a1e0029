/// What the reports of all kinds of profiles have.
protocol ProfileContent: Sendable {
  var title: String { get }
  var subtitle: String { get }
  var findings: [String] { get }
  /// At least one.
  var tables: [TextTable] { get }
  var sections: [HTMLReport.Section] { get }
  var circumstances: [(name: String, value: String)] { get }
}
