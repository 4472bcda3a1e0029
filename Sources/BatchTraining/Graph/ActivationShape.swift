/// The shape of one example between layers: a vector [C], or positions with channels as in [H, W, C] (NHWC).
///
/// Channels are contiguous; positions follow one another `channelStride` elements apart. Where that is more than the
/// channels, what lies between is zero, before a layer and behind it.
public struct ActivationShape: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The extents, channels last.
  public let dimensions: [Int]
  /// The distance in elements from one position to the next; at least the number of channels.
  public let channelStride: Int

  /// A shape; positions follow one another without gaps unless told otherwise.
  public init(_ dimensions: [Int], channelStride: Int? = nil) {
    precondition(!dimensions.isEmpty, "a shape has at least one dimension")
    self.dimensions = dimensions
    self.channelStride = channelStride ?? dimensions[dimensions.count - 1]
    precondition(self.channelStride >= channels, "\(channels) channels do not fit into \(self.channelStride) elements")
  }

  /// The number of channels: the last extent.
  public var channels: Int { dimensions[dimensions.count - 1] }

  /// The number of positions: 1 for a vector.
  public var positions: Int { dimensions.dropLast().reduce(1, *) }

  /// The number of features.
  public var count: Int { positions * channels }

  /// The number of elements in memory, gaps between positions included.
  public var storedCount: Int { positions * channelStride }

  /// Whether the features follow one another without gaps.
  public var isContiguous: Bool { positions == 1 || channelStride == channels }

  public var description: String { dimensions.map(String.init).joined(separator: "x") }
}
