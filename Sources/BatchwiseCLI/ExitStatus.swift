import Batchwise

/// How the tool ends; ArgumentParser answers for its own errors.
enum ExitStatus: Int32 {
  /// Something failed.
  case failure = 1
  /// A comparison found something slower than allowed.
  case regression = 2
  /// The command line asks for something that makes no sense.
  case usage = 64
  /// The data are bad, or cannot be read.
  case badData = 65
  /// Interrupted; what was finished is safe.
  case interrupted = 130

  /// How the tool ends when an error of this category stops it.
  init(_ category: Diagnosis.Category) {
    switch category {
    case .usage: self = .usage
    case .badData, .missingFile: self = .badData
    case .outOfMemory, .system, .numerical: self = .failure
    case .interrupted: self = .interrupted
    }
  }
}

extension Diagnosis {
  /// What is wrong and what to do about it, with the options of a command that the hint speaks of.
  func message(for command: CommandDescription?) -> String {
    let names = Set((command?.arguments ?? []).flatMap(\.longNames))
    let options = settings.map(\.option).filter(names.contains).map { "--\($0)" }
    guard let hint else { return problem }
    return "\(problem); \(hint)" + (options.isEmpty ? "" : " (\(options.joined(separator: ", ")))")
  }
}

extension DataNote {
  /// The note, with the options by which what it says is changed.
  var message: String {
    settings.isEmpty ? text : "\(text) (\(settings.map { "--\($0.option)" }.joined(separator: ", ")))"
  }
}

extension Diagnosis.Setting {
  /// The option by which the tool's users set it.
  fileprivate var option: String {
    switch self {
    case .outputFolder: "output"
    case .dataFolder: "data-dir"
    case .resume: "resume"
    case .skipDamaged: "skip-damaged"
    case .header: "header"
    case .separator: "separator"
    case .label: "label"
    case .task: "task"
    }
  }
}
