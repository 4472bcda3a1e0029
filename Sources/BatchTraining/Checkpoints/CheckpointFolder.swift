public import BatchAlgebra
public import BatchFoundation

/// The checkpoints of one run in a folder: the last few, and the best.
///
/// `update-00001719.safetensors` was saved after update 1719; `best.safetensors` after the best evaluation.
public struct CheckpointFolder: Sendable, Hashable {
  /// The folder's path.
  public let path: String
  /// How many of the last checkpoints stay; older ones are removed once a new one is safe.
  public let lastCount: Int

  private static var prefix: String { "update-" }
  private static var ending: String { ".safetensors" }

  /// The checkpoints in a folder, of which the last `lastCount` are kept, at least one.
  public init(path: String, lastCount: Int = 2) {
    precondition(lastCount >= 1, "a run without a checkpoint to resume from: \(lastCount)")
    self.path = path
    self.lastCount = lastCount
  }

  /// The best checkpoint's path, whether there is one or not.
  public var bestPath: String { "\(path)/best\(Self.ending)" }

  /// The path of the checkpoint after so many updates.
  public func path(update: Int) -> String {
    "\(path)/\(Self.prefix)\(String(zeroPadding: update, to: 8))\(Self.ending)"
  }

  /// Saves a run as the last checkpoint, then removes those that are too many.
  ///
  /// Checkpoints of later updates, from which the run did not go on, are removed as well: such a one may be damaged,
  /// and would count as the last.
  ///
  /// - Throws: `FileError`, as on a full disk; what was there before stays.
  public func saveLast<S: Scalar>(_ trainer: Trainer<S>, metadata: [String: String] = [:]) throws(FileError) {
    try DurableFile.makeFolder(path)
    let current = trainer.progress.update
    try trainer.save(to: path(update: current), metadata: metadata)
    let updates = try updates()
    let kept = updates.filter { $0 <= current }.suffix(lastCount)
    for update in updates where !kept.contains(update) { try DurableFile.remove(path(update: update)) }
  }

  /// Saves a run as the best checkpoint in place of the one before.
  ///
  /// - Throws: `FileError`, as on a full disk; what was there before stays.
  public func saveBest<S: Scalar>(_ trainer: Trainer<S>, metadata: [String: String] = [:]) throws(FileError) {
    try DurableFile.makeFolder(path)
    try trainer.save(to: bestPath, metadata: metadata)
  }

  /// The numbers of updates after which there are checkpoints, ascending; none where there is no folder.
  ///
  /// - Throws: `FileError` when the folder cannot be read.
  public func updates() throws(FileError) -> [Int] {
    guard DurableFile.isFolder(path) else { return [] }
    return try DurableFile.names(in: path).compactMap { name in
      guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.ending) else { return nil }
      let update = Int(name.dropFirst(Self.prefix.count).dropLast(Self.ending.count))
      // `update-7.safetensors` or `update-+0000007.safetensors` is no file that a run has saved.
      return update.flatMap { $0 >= 0 && path(update: $0) == "\(path)/\(name)" ? $0 : nil }
    }.sorted()
  }

  /// Opens the last checkpoint, or with `skippingDamaged` the last of those that are whole.
  ///
  /// Only damage is skipped: a file that cannot be read now, is no checkpoint or is of a newer format is an error.
  ///
  /// - Throws: ``CheckpointError`` when there is none, or the last one, or with `skippingDamaged` every one, is
  ///   damaged.
  public func last(skippingDamaged: Bool = false) throws(CheckpointError) -> Checkpoint {
    let updates: [Int]
    do {
      updates = try self.updates()
    } catch {
      throw .file(error)
    }
    guard let last = updates.last else { throw .none(folder: path) }
    guard skippingDamaged else { return try Checkpoint(path: path(update: last)) }
    var failure = CheckpointError.none(folder: path)
    for update in updates.reversed() {
      do {
        return try Checkpoint(path: path(update: update))
      } catch {
        guard case .unreadable(let reason) = error, reason.kind == .malformed else { throw error }
        if update == last { failure = error }
      }
    }
    throw failure
  }
}
