import BatchFormats

/// The messages of an event file, of which each is a record.
///
/// Field numbers from TensorFlow's `event.proto` and `summary.proto`.
enum TensorBoardEvent {
  /// The first event of a file, which names its format.
  static func version(wallTime: Double) -> [UInt8] {
    var event = ProtobufMessage()
    event.add(1, double: wallTime)
    event.add(3, string: "brain.Event:2")
    return event.bytes
  }

  /// The event after which what older files hold of this step and later ones counts no more.
  static func restart(step: Int, wallTime: Double) -> [UInt8] {
    var log = ProtobufMessage()
    // The status START.
    log.add(1, int64: 1)
    var event = ProtobufMessage()
    event.add(1, double: wallTime)
    event.add(2, int64: step)
    event.add(7, message: log)
    return event.bytes
  }

  /// An event with a summary of one number a tag.
  static func scalars(_ scalars: [(tag: String, value: Double)], step: Int, wallTime: Double) -> [UInt8] {
    var summary = ProtobufMessage()
    for (tag, value) in scalars {
      var item = ProtobufMessage()
      item.add(1, string: tag)
      item.add(2, float: Float(value))
      summary.add(1, message: item)
    }
    var event = ProtobufMessage()
    event.add(1, double: wallTime)
    // Version 3 of the language leaves zeros out.
    if step != 0 { event.add(2, int64: step) }
    event.add(5, message: summary)
    return event.bytes
  }
}
