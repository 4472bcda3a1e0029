/// The ending of a file's name, which says what is in it.
package enum FileEnding {
  /// The letters behind the last point of the name, in lower case: `csv` of `a/b.CSV`.
  ///
  /// nil for a name without a point, or with nothing on one of its sides.
  package static func of(_ path: String) -> String? {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let point = name.lastIndex(of: "."), point > name.startIndex else { return nil }
    let ending = name[name.index(after: point)...]
    return ending.isEmpty ? nil : ending.lowercased()
  }
}
