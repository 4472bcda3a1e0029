import Foundation
import Testing

/// Values that PyTorch computed, stored beside the tests; `scripts/fixtures` makes them.
enum Fixture {
  static func load<T: Decodable>(_ name: String, as type: T.Type) throws -> T {
    let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(type, from: Data(contentsOf: url))
  }
}

extension [[Double]] {
  /// The elements, row after row.
  var flat: [Double] { flatMap { $0 } }
}
