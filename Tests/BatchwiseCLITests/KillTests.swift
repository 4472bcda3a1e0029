import BatchTestSupport
import Foundation
import Testing

/// Studies that are killed or interrupted at any moment and resumed.
///
/// Slow without optimisation.
@Suite(.enabled(if: !_isDebugAssertConfiguration())) struct KillTests {
  private func arguments(_ folder: TemporaryFolder, epochs: Int = 15) -> [String] {
    [
      "study", "sweep", "--data", "dots:examples=20000", "--model", "mlp:64", "--batch", "4,16", "--seeds", "4",
      "--epochs", "\(epochs)",
      "--output", "\(folder.path)/s",
    ]
  }

  /// What a study measured, without what depends on the moment.
  private func numbers(_ folder: TemporaryFolder) throws -> [String: [String]] {
    var numbers: [String: [String]] = [:]
    for name in folder.names(in: "s/trials") {
      let bytes = try #require(folder.read("s/trials/\(name)"))
      guard name.hasSuffix(".jsonl") else {
        numbers[name] = ["\(bytes)"]
        continue
      }
      numbers[name] = try bytes.split(separator: UInt8(ascii: "\n")).map { line in
        var event = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        event["seconds"] = nil
        event["environment"] = nil
        event["elapsed"] = nil
        return String(decoding: try JSONSerialization.data(withJSONObject: event, options: .sortedKeys), as: UTF8.self)
      }
    }
    return numbers
  }

  private func finished(_ folder: TemporaryFolder) -> [String: Date] {
    var dates: [String: Date] = [:]
    for name in folder.names(in: "s/trials") where name.hasSuffix(".jsonl") {
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder.path)/s/trials/\(name)")
      dates[name] = attributes?[.modificationDate] as? Date
    }
    return dates
  }

  @Test func twentyKillsLoseNoFinishedTrialAndChangeNoNumber() throws {
    let undisturbed = TemporaryFolder()
    let begin = Date()
    #expect(try Tool.run(arguments(undisturbed)).status == 0)
    let duration = Date().timeIntervalSince(begin)

    let killed = TemporaryFolder()
    var random = SystemRandomNumberGenerator()
    var before: [String: Date] = [:]
    for _ in 0..<20 {
      let process = try Tool.start(arguments(killed))
      Thread.sleep(forTimeInterval: Double.random(in: 0...duration / 4, using: &random))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let after = finished(killed)
      // A finished trial is neither lost nor written again.
      for (name, date) in before { #expect(after[name] == date, "\(name) was lost or run twice") }
      before = after
    }
    #expect(try Tool.run(arguments(killed)).status == 0)
    for (name, date) in before { #expect(finished(killed)[name] == date) }
    #expect(try numbers(killed) == numbers(undisturbed))
  }

  /// Which run follows hangs on the step times, which are measured once: a recommendation that was begun is finished with
  /// and without kills.
  @Test func aRecommendationThatIsKilledAnswersTheSame() throws {
    func arguments(_ folder: TemporaryFolder) -> [String] {
      [
        "recommend", "--data", "spirals", "--model", "mlp:64,64", "--goal", "accuracy:95%", "--threads", "1",
        "--output", "\(folder.path)/s",
      ]
    }
    let undisturbed = TemporaryFolder()
    let begun = try Tool.start(arguments(undisturbed))
    while folder(undisturbed, hasTrials: 2) == false, begun.isRunning { usleep(2000) }
    kill(begun.processIdentifier, SIGKILL)
    begun.waitUntilExit()
    // Beside other tests runs may seem to refute them, which must not have one of the two time its steps again.
    for name in undisturbed.names(in: "s") where name.hasPrefix("step-times-") {
      let times = String(decoding: try #require(undisturbed.read("s/\(name)")), as: UTF8.self)
      undisturbed.write(Array("{\"isSecond\": true,\(times.dropFirst())".utf8), to: "s/\(name)")
    }
    let killed = TemporaryFolder()
    try FileManager.default.copyItem(atPath: "\(undisturbed.path)/s", toPath: "\(killed.path)/s")
    let begin = Date()
    #expect(try Tool.run(arguments(undisturbed)).status == 0)
    let duration = Date().timeIntervalSince(begin)
    for _ in 0..<20 {
      let process = try Tool.start(arguments(killed))
      Thread.sleep(forTimeInterval: Double.random(in: 0...duration / 3))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    #expect(try Tool.run(arguments(killed)).status == 0)
    #expect(try numbers(killed) == numbers(undisturbed))
    let answers = try [killed, undisturbed].map { folder in
      var answer = try #require(
        try JSONSerialization.jsonObject(with: Data(folder.read("s/recommendation.json") ?? [])) as? [String: Any])
      answer["spent_seconds"] = nil
      answer["command"] = nil
      return String(decoding: try JSONSerialization.data(withJSONObject: answer, options: .sortedKeys), as: UTF8.self)
    }
    #expect(answers[0] == answers[1] && answers[0].contains("update_batch"))
  }

  private func folder(_ folder: TemporaryFolder, hasTrials count: Int) -> Bool {
    folder.names(in: "s/trials").count { $0.hasSuffix(".jsonl") } >= count
  }

  @Test func ctrlCEndsAfterTheStepAndSaysHowToGoOn() throws {
    let folder = TemporaryFolder()
    let notes = Pipe()
    // Far too long to be finished before the signal comes.
    let process = try Tool.start(arguments(folder, epochs: 100_000), notes: notes)
    while !folder.names(in: "s/trials").contains("b4-s1.jsonl.partial"), process.isRunning { usleep(2000) }
    process.interrupt()
    let text = String(decoding: notes.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(
      text.contains("Interrupted. Finished trials are safe in \(folder.path)/s; the same command resumes it."))
    #expect(folder.names(in: "s/trials") == ["b4-s1.jsonl.partial"])
  }
}
