/// What an error says of itself: what sort of thing went wrong, what it is, and what to do about it.
///
/// Libraries name no option of a command line. They name the ``Setting`` that the hint speaks of, and a program says
/// beside it how its own users set that.
public struct Diagnosis: Sendable, Hashable {
  /// What sort of thing went wrong, for callers that act on it.
  public enum Category: String, Sendable, Hashable, CaseIterable {
    /// What is asked for makes no sense: a setting, an argument, or two things that do not go together.
    case usage
    /// A file or data set is not what it should be.
    case badData
    /// A file or folder is not there or cannot be read.
    case missingFile
    /// Memory could not be had.
    case outOfMemory
    /// The system or a library of it refused, or what is installed cannot be used.
    case system
    /// The numbers are at fault: a value that is no number, a factorisation or a training that does not converge.
    case numerical
    /// The caller asked to stop; what was finished is safe.
    case interrupted
  }

  /// A setting that a hint speaks of.
  public enum Setting: String, Sendable, Hashable, CaseIterable {
    /// The folder that results are written to.
    case outputFolder
    /// The folder that the examples lie in.
    case dataFolder
    /// Whether a run that was stopped is resumed.
    case resume
    /// Whether a resumed run may pass over a damaged checkpoint.
    case skipDamaged
    /// Whether a table's first line names its columns.
    case header
    /// What stands between the cells of a table.
    case separator
    /// Which column of a table is to be predicted.
    case label
    /// Whether classes or values are to be predicted.
    case task
  }

  /// What sort of thing went wrong.
  public var category: Category
  /// What is wrong, with the values that show it.
  public var problem: String
  /// What to do about it; nil where the problem says it.
  public var hint: String?
  /// The settings that the hint speaks of.
  public var settings: [Setting]

  /// What is wrong, and what to do about it.
  public init(_ category: Category, _ problem: String, hint: String? = nil, settings: [Setting] = []) {
    self.category = category
    self.problem = problem
    self.hint = hint
    self.settings = settings
  }

  /// The same with another hint.
  public func hinting(_ hint: String, settings: [Setting] = []) -> Diagnosis {
    Diagnosis(category, problem, hint: hint, settings: settings)
  }
}

/// An error of this package's libraries.
public protocol DiagnosticError: Error, Sendable, CustomStringConvertible {
  /// What sort of thing went wrong, what it is, and what to do about it.
  var diagnosis: Diagnosis { get }
}

extension DiagnosticError {
  /// What sort of thing went wrong.
  public var category: Diagnosis.Category { diagnosis.category }
  /// What is wrong and what to do about it, in one line.
  public var description: String {
    let diagnosis = diagnosis
    return diagnosis.hint.map { "\(diagnosis.problem); \($0)" } ?? diagnosis.problem
  }
}
