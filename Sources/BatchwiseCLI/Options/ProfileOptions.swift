public import ArgumentParser
public import Batchwise

extension FMAPeak.Precision: ExpressibleByArgument {
  /// What training computes in: bfloat16 is a ceiling of the machine and no more.
  public static var allValueStrings: [String] { [float, double].map(\.rawValue) }
}

/// How a profile, of products or of steps, is made and kept.
struct ProfileOptions: ParsableArguments {
  @Option(help: "The numbers computed with: float or double.")
  var precision: FMAPeak.Precision = .float

  @OptionGroup var timing: TimingOptions
  @OptionGroup var printing: OutputOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Keep profile, table and report in this folder.", valueName: "folder"))
  var output: String?

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Print what would be timed, the memory and the time it takes, and end.")
  var dryRun = false

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Run everything --calls times without timing it, for perf or callgrind.")
  var profileOnly = false

  @Option(help: ArgumentHelp("How often --profile-only runs each product or step.", valueName: "count"))
  var calls = 1000

  func validate() throws {
    guard precision != .bfloat16 else { throw ValidationError("products are computed in float or double") }
    guard calls >= 1 else { throw ValidationError("--calls must be at least 1, not \(calls)") }
  }

  /// Throws where the output folder holds something else than a profile, before anything is timed.
  func requireRoom() throws(StudyError) {
    if let output { try FolderContent.profile.requireRoom(in: output) }
  }

  /// Prints the profile's tables and findings, and keeps it where that was asked for.
  func finish(_ profile: Profile) throws { try ProfileFiles.finish(profile, folder: output, printing: printing) }
}

/// How long and how often a profile times things.
struct TimingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The time at most, in seconds; every point gets its \(TimingSettings().minimumCycles) samples whatever they take.",
      valueName: "count"))
  var seconds = TimingSettings().maximumSeconds

  @Option(
    help: ArgumentHelp(
      "Half of the width of an interval, over its median, at which a point is known well enough.", valueName: "share"))
  var width = TimingSettings().precision

  @Option(help: ArgumentHelp("The seed of the order in which points are timed.", valueName: "number"))
  var timingSeed: UInt64 = 1

  func validate() throws {
    guard seconds >= 0, seconds <= Self.longest else {
      throw ValidationError("--seconds must be at least 0 and at most \(Int(Self.longest)), not \(seconds)")
    }
    guard width > 0, width < 1 else { throw ValidationError("--width must lie between 0 and 1, not be \(width)") }
  }

  /// Three years.
  private static var longest: Double { 1e8 }

  /// The settings that the options ask for.
  var settings: TimingSettings {
    var settings = TimingSettings()
    (settings.maximumSeconds, settings.precision, settings.seed) = (seconds, width, timingSeed)
    return settings
  }
}

/// The layers whose products are profiled: by their shapes, or those of a model.
struct LayerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A layer's inputs and outputs, such as 784x512; may be repeated.", valueName: "shape"))
  var layer: [String] = []

  @Option(help: ArgumentHelp("Take the layers of this model, such as mlp:512,512.", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("The number of the model's inputs.", valueName: "count"))
  var inputs = 784

  @Option(help: ArgumentHelp("The number of the model's outputs.", valueName: "count"))
  var outputs = 10

  func validate() throws {
    guard layer.isEmpty || model == nil else { throw ValidationError("--layer and --model both name layers; give one") }
    guard (1...LayerShape.limit).contains(inputs), (1...LayerShape.limit).contains(outputs) else {
      throw ValidationError("--inputs and --outputs must lie between 1 and \(LayerShape.limit)")
    }
  }

  /// The layers, each once.
  func layers() throws -> [LayerShape] {
    guard let model else { return try (layer.isEmpty ? ["784x512"] : layer).map { try LayerShape($0) } }
    let widths = [inputs] + (try ModelText(model)).hiddenWidths + [outputs]
    guard let widest = widths.max(), widest <= LayerShape.limit else {
      throw ValidationError("a layer of the model is wider than \(LayerShape.limit)")
    }
    var seen: Set<LayerShape> = []
    return zip(widths, widths.dropFirst()).map { LayerShape(inputs: $0, outputs: $1) }.filter {
      seen.insert($0).inserted
    }
  }
}

/// Positive numbers with commas between them, such as `1,2`.
struct CountList: ExpressibleByArgument {
  /// The numbers, each once, in the order given.
  let counts: [Int]

  init?(argument: String) {
    var seen: Set<Int> = []
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard numbers.allSatisfy({ $0 > 0 }) else { return nil }
    counts = numbers.filter { seen.insert($0).inserted }
  }
}
