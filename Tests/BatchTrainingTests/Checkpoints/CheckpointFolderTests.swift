import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Foundation
import Testing

/// The checkpoints of a run: which stay, which one is used, and what a full disk does.
@Suite struct CheckpointFolderTests {
  private let folder = TemporaryFolder()
  private var path: String { "\(folder.path)/run/checkpoints" }

  /// A run that is saved every three updates and stopped after `updates`.
  @discardableResult
  private func train(
    _ checkpoints: CheckpointFolder, updates: Int, from start: Checkpoint? = nil
  ) throws -> Trainer<Float> {
    let trainer = try TinyRun.plain().trainer(Float.self)
    if let start { try trainer.restore(start) }
    _ = try trainer.run(
      TrainingObserver(
        onUpdate: { update, _ in if update % 3 == 0 { try checkpoints.saveLast(trainer) } },
        shouldStop: { trainer.progress.update == updates }))
    return trainer
  }

  @Test(arguments: [1, 2, 3]) func theLastFewStay(_ count: Int) throws {
    let checkpoints = CheckpointFolder(path: path, lastCount: count)
    #expect(try checkpoints.updates() == [])
    let trainer = try train(checkpoints, updates: 13)
    #expect(try checkpoints.updates() == [3, 6, 9, 12].suffix(count))
    #expect(folder.names(in: "run/checkpoints").count == count, "nothing else is left behind")
    #expect(try checkpoints.last().record.progress.update == 12)
    #expect(checkpoints.path(update: 12) == "\(path)/update-00000012.safetensors")
    #expect(checkpoints.path(update: 123_456_789) == "\(path)/update-123456789.safetensors")
    // The best one is no last one.
    try checkpoints.saveBest(trainer)
    try train(checkpoints, updates: 30)
    #expect(try checkpoints.updates() == [24, 27, 30].suffix(count))
    #expect(try Checkpoint(path: checkpoints.bestPath).record.progress.update == 13)
    try checkpoints.saveBest(trainer, metadata: ["note": "again"])
    #expect(try Checkpoint(path: checkpoints.bestPath).metadata == ["note": "again"])
  }

  @Test func aFolderWithoutCheckpointsIsTold() throws {
    let checkpoints = CheckpointFolder(path: path)
    let error = #expect(throws: CheckpointError.none(folder: path)) { try checkpoints.last() }
    #expect(error?.description == "there is no checkpoint in \(path); begin a new run there")
    try train(checkpoints, updates: 1)
    #expect(throws: CheckpointError.none(folder: path)) { try checkpoints.last(skippingDamaged: true) }
    // What has another name is nobody's checkpoint.
    try DurableFile.write([1], to: "\(folder.path)/update-.safetensors")
    folder.write("", to: "update-00000003.safetensors.partial")
    for name in ["7", "0000007", "+0000007", "-1234567", "000000007", "0x000007", "00000007 "] {
      folder.write("", to: "update-\(name).safetensors")
    }
    #expect(throws: CheckpointError.none(folder: folder.path)) { try CheckpointFolder(path: folder.path).last() }
  }

  /// The last one damaged: refused by its name, and the one before used where that is asked for.
  @Test func thePreviousOneIsUsedIfAsked() throws {
    let checkpoints = CheckpointFolder(path: path, lastCount: 3)
    try train(checkpoints, updates: 9)
    let whole = try #require(folder.read("run/checkpoints/update-00000009.safetensors"))
    var flipped = whole
    flipped[whole.count / 2] ^= 4
    for damaged in [flipped, Array(whole.prefix(100)), []] {
      folder.write(damaged, to: "run/checkpoints/update-00000009.safetensors")
      let error = #expect(throws: CheckpointError.self) { try checkpoints.last() }
      #expect(error?.description.hasPrefix(checkpoints.path(update: 9)) == true)
      #expect(try checkpoints.last(skippingDamaged: true).record.progress.update == 6)
    }
    folder.write("nothing", to: "run/checkpoints/update-00000006.safetensors")
    #expect(try checkpoints.last(skippingDamaged: true).record.progress.update == 3)
    folder.write("nothing", to: "run/checkpoints/update-00000003.safetensors")
    let error = #expect(throws: CheckpointError.self) { try checkpoints.last(skippingDamaged: true) }
    #expect(error?.description.hasPrefix(checkpoints.path(update: 9)) == true, "the last one's reason is given")
  }

  /// What is no damage is not passed over: the next checkpoint would remove it.
  @Test func onlyDamageIsPassedOver() throws {
    let checkpoints = CheckpointFolder(path: path, lastCount: 3)
    let trainer = try train(checkpoints, updates: 6)
    let last = checkpoints.path(update: 6)
    func error() -> CheckpointError? {
      thrownError { () throws(CheckpointError) in try checkpoints.last(skippingDamaged: true) }
    }
    try trainer.network.writeWeights(to: last)
    guard case .foreign(last, _)? = error() else {
      Issue.record("weights are passed over: \(String(describing: error()))")
      return
    }
    try DurableFile.remove(last)
    try DurableFile.makeFolder(last)
    guard case .unreadable(let reason)? = error(), reason.kind == .unreadable else {
      Issue.record("what cannot be read is passed over: \(String(describing: error()))")
      return
    }
  }

  /// A run that went back behind a damaged checkpoint must not take it for its last one, nor remove its own for it.
  @Test(arguments: [1, 2]) func whatTheRunWentBackBehindGoes(lastCount: Int) throws {
    try train(CheckpointFolder(path: path, lastCount: 2), updates: 12)
    folder.write("nothing", to: "run/checkpoints/update-00000012.safetensors")
    let checkpoints = CheckpointFolder(path: path, lastCount: lastCount)
    let start = try checkpoints.last(skippingDamaged: true)
    #expect(start.record.progress.update == 9)
    let trainer = try TinyRun.plain().trainer(Float.self)
    try trainer.restore(start)
    _ = try trainer.run(TrainingObserver(shouldStop: { trainer.progress.update == 10 }))
    try checkpoints.saveLast(trainer)
    #expect(try checkpoints.updates() == [9, 10].suffix(lastCount))
    #expect(try checkpoints.last().record.progress.update == 10)
  }

  /// A device that is always full stands for a full disk: what was there stays, and nothing half done is left.
  @Test func aFullDiskLosesNothing() throws {
    let checkpoints = CheckpointFolder(path: path, lastCount: 1)
    let trainer = try train(checkpoints, updates: 4)
    try checkpoints.saveBest(trainer)
    let names = folder.names(in: "run/checkpoints")
    let best = folder.read("run/checkpoints/best.safetensors")
    for file in [checkpoints.path(update: 4), checkpoints.bestPath] {
      try FileManager.default.createSymbolicLink(atPath: "\(file).partial", withDestinationPath: "/dev/full")
      let error = #expect(throws: FileError.self) {
        try file == checkpoints.bestPath ? checkpoints.saveBest(trainer) : checkpoints.saveLast(trainer)
      }
      #expect(error?.description == "cannot write \(file).partial: No space left on device")
      #expect(folder.names(in: "run/checkpoints") == names)
    }
    #expect(folder.read("run/checkpoints/best.safetensors") == best)
    #expect(try checkpoints.last().record.progress.update == 3)
  }

  /// The run itself ends with the error, and can go on from what was there.
  @Test func aRunOnAFullDiskEndsAndGoesOn() throws {
    let checkpoints = CheckpointFolder(path: path, lastCount: 2)
    try train(checkpoints, updates: 3)
    try FileManager.default.createSymbolicLink(
      atPath: "\(checkpoints.path(update: 9)).partial", withDestinationPath: "/dev/full")
    let trainer = try TinyRun.plain().trainer(Float.self)
    #expect(throws: FileError.self) {
      try trainer.run(
        TrainingObserver(onUpdate: { update, _ in if update % 3 == 0 { try checkpoints.saveLast(trainer) } }))
    }
    #expect(trainer.progress.update == 9)
    #expect(try checkpoints.updates() == [3, 6])
    let whole = try TinyRun.plain().trainer(Float.self)
    _ = try whole.run()
    let resumed = try TinyRun.plain().trainer(Float.self)
    try resumed.restore(checkpoints.last())
    _ = try resumed.run()
    #expect(resumed.parameterValues == whole.parameterValues)
  }

  @Test func aPathThatIsNoFolderIsAnError() throws {
    let file = folder.write("a file", to: "file")
    let trainer = try TinyRun.plain().trainer(Float.self)
    for path in [file, "\(file)/below"] {
      let error = #expect(throws: FileError.self) { try CheckpointFolder(path: path).saveLast(trainer) }
      #expect(error?.description.contains(file) == true)
    }
    #expect(folder.read("file") == Array("a file".utf8))
  }
}
