import BatchFoundation

/// Several tables that are one result, each under a name for machines.
public struct TableGroup: Sendable, Hashable {
  /// A table and its name.
  public struct Member: Sendable, Hashable {
    /// The name, such as `classes`.
    public let name: String
    /// The table.
    public let table: TextTable
  }

  /// The tables, the most important first.
  public private(set) var members: [Member] = []

  /// A group without tables.
  public init() {}

  /// Adds a table.
  public mutating func append(_ name: String, _ table: TextTable) { members.append(Member(name: name, table: table)) }

  /// The tables in a format: for people one beneath the other; as JSON one object, which holds each under its name; as CSV,
  /// which has no more than one table, the first.
  public func rendered(as format: TableFormat) -> String {
    switch format {
    case .table, .markdown: members.map { $0.table.rendered(as: format) }.joined(separator: "\n")
    case .csv: members.first?.table.rendered(as: .csv) ?? ""
    case .json:
      "{\n" + members.map { "\(JSONText.quoted($0.name)): \($0.table.json.dropLast())" }.joined(separator: ",\n")
        + "\n}\n"
    }
  }
}
