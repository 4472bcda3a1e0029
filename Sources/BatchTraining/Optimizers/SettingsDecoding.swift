extension KeyedDecodingContainer {
  /// The value under a key, or another where there is none.
  func value<T: Decodable>(_ key: Key, or other: T) throws -> T { try decodeIfPresent(T.self, forKey: key) ?? other }
}
