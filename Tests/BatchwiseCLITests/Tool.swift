import Foundation

/// The built tool, run as a user runs it.
struct Tool {
  /// How a run of the tool ended.
  struct Outcome {
    var status: Int32
    var output: String
    var notes: String
  }

  /// The tool lies beside the tests.
  private static var executable: URL {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("batchwise")
  }

  /// No run of the tests takes this long; one that does is killed, so that its test fails instead of hanging.
  private static let longestRun: DispatchTimeInterval = .seconds(120)

  /// Starts the tool, with additions to the environment; its output goes to pipes, or a result to a file.
  static func start(
    _ arguments: [String], environment: [String: String] = [:], output: Any = Pipe(), notes: Pipe = Pipe()
  ) throws -> Process {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = notes
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let number = process.processIdentifier
    DispatchQueue.global().asyncAfter(deadline: .now() + longestRun) { [weak process] in
      if process?.isRunning == true { kill(number, SIGKILL) }
    }
    return process
  }

  /// What the tool writes when its output is a terminal, which `script` makes.
  static func onTerminal(_ arguments: [String], environment: [String: String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
    let command = ([executable.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
    process.arguments = ["--quiet", "--command", command, "/dev/null"]
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }

  /// Runs a line of a shell in which `$TOOL` is the tool.
  static func inShell(_ line: String) throws -> Outcome {
    let (output, notes) = (Pipe(), Pipe())
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.environment = ProcessInfo.processInfo.environment.merging(["TOOL": executable.path]) { $1 }
    (process.standardOutput, process.standardError) = (output, notes)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let remarks = String(decoding: notes.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: text, notes: remarks)
  }

  /// Runs the tool to its end, with a result that goes to the file at a path.
  static func run(_ arguments: [String], into path: String) throws -> Outcome {
    guard let file = FileHandle(forWritingAtPath: path) else { throw CocoaError(.fileNoSuchFile) }
    let notes = Pipe()
    let process = try start(arguments, output: file, notes: notes)
    let remarks = String(decoding: notes.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: "", notes: remarks)
  }

  /// Runs the tool to its end.
  static func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

  /// Runs the tool to its end.
  static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
    let (output, notes) = (Pipe(), Pipe())
    let process = try start(arguments, environment: environment, output: output, notes: notes)
    // What the tests print fits into a pipe, so that reading one to its end before the other cannot block.
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let remarks = String(decoding: notes.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: text, notes: remarks)
  }
}
