import Batchwise

/// How the tool ends when one of the libraries' errors stops it; ArgumentParser answers for its own errors.
enum ExitStatus: Int32 {
  /// Something failed.
  case failure = 1
  /// A comparison found something slower than allowed.
  case regression = 2
  /// The command line asks for something that makes no sense.
  case usage = 64
  /// The data are bad.
  case badData = 65
  /// Interrupted; what was finished is safe.
  case interrupted = 130

  /// The status of a library's error; nil for any other.
  init?(_ error: any Error) {
    switch error {
    case let error as ConfigurationError: self = error.kind == .file ? .badData : .usage
    case let error as DataError: self = Self.status(of: error)
    case is BatchAxisError, is LayerShapeError, is OptimizerError, is InstructionSetError, is GEMMEngineError:
      self = .usage
    case let error as ModelError: self = Self.status(of: error)
    case is ScheduleError, is RegularisationError, is LearningRateRuleError: self = .usage
    case let error as CheckpointError: self = Self.status(of: error)
    case let error as WeightsError: self = Self.status(of: error)
    case let error as ONNXError: self = Self.status(of: error)
    case let error as TrainingError: self = Self.status(of: error)
    case let error as FileError: self = Self.status(of: error)
    case let error as StudyError: self = Self.status(of: error)
    case let error as GEMMProfileError: self = Self.status(of: error)
    case let error as StepProfileError: self = Self.status(of: error)
    case is ProfileComparison.Mismatch: self = .usage
    case let error as ThreadTeamError: self = Self.status(of: error)
    case let error as MachineCeilingsError: self = Self.status(of: error)
    case is BLASLibraryError, is AllocationError, is GEMMTuningError: self = .failure
    default: return nil
    }
  }

  private static func status(of error: DataError) -> ExitStatus {
    switch error.kind {
    case .invalidArgument, .unknownName: .usage
    case .unreadable, .malformed, .inconsistent: .badData
    case .outOfMemory: .failure
    }
  }

  private static func status(of error: ModelError) -> ExitStatus {
    if case .allocation = error { .failure } else { .usage }
  }

  private static func status(of error: TrainingError) -> ExitStatus {
    switch error {
    case .model(let error): status(of: error)
    case .data(let error): status(of: error)
    case .plan: .usage
    }
  }

  private static func status(of error: CheckpointError) -> ExitStatus {
    switch error {
    case .unreadable(let error): status(of: error)
    case .foreign, .otherFormat, .none: .badData
    case .mismatch: .usage
    case .file(let error): status(of: error)
    }
  }

  private static func status(of error: WeightsError) -> ExitStatus {
    if case .notWritten(let error) = error { status(of: error) } else { .badData }
  }

  private static func status(of error: ONNXError) -> ExitStatus {
    switch error {
    case .unsupportedLayer, .mismatch: .usage
    case .tooLarge: .failure
    case .file(let error): status(of: error)
    }
  }

  private static func status(of error: GEMMProfileError) -> ExitStatus {
    switch error {
    case .empty, .library: .usage
    case .threads(let error): status(of: error)
    case .ceilings(let error): status(of: error)
    case .memory, .allocation, .noUsableEngine: .failure
    }
  }

  private static func status(of error: StepProfileError) -> ExitStatus {
    switch error {
    case .noBatchSizes, .tooFewExamples: .usage
    case .threads(let error): status(of: error)
    case .ceilings(let error): status(of: error)
    case .model(let error): status(of: error)
    }
  }

  private static func status(of error: ThreadTeamError) -> ExitStatus {
    switch error {
    case .invalidCount: .usage
    case .cannotStart: .failure
    }
  }

  private static func status(of error: MachineCeilingsError) -> ExitStatus {
    if case .team(let error) = error { status(of: error) } else { .failure }
  }

  private static func status(of error: FileError) -> ExitStatus {
    switch error {
    case .system(_, "read", _), .system(_, "read the folder", _): .badData
    case .system: .failure
    case .damaged: .badData
    }
  }

  private static func status(of error: StudyError) -> ExitStatus {
    switch error {
    case .training(let error): status(of: error)
    case .anotherStudy, .runExists, .otherKind, .otherExamples: .usage
    case .noStudy, .otherFormat: .badData
    case .interrupted: .interrupted
    case .file(let error), .planFile(let error), .runFile(let error): status(of: error)
    case .locked: .failure
    }
  }
}
