public import ArgumentParser
public import Batchwise

/// `batchwise gemm`: the products of dense layers by batch size.
struct GEMMCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gemm",
    abstract: "Profile the matrix products of dense layers by batch size, alignment, precision, threads and engine.",
    discussion: """
      Forward, backward-data and backward-weights are timed in the layouts that training uses, all points interleaved in \
      random order between probes of the machine; samples that others disturbed are taken again. Engines: auto (what \
      training uses), kernels (the package's alone), openblas (plain calls, cut among the package's threads), \
      openblas-panels (OpenBLAS a panel at a time), openblas-threads (plain calls on OpenBLAS's own threads), nt-dot and \
      nt-packed (kernels of the gradient of the input), and any CBLAS by --library. Give --output a folder to keep raw samples, table and report.
      """)

  @OptionGroup var shapes: LayerOptions

  @Option(
    help: ArgumentHelp(
      "The batch sizes: 1..1024:x2, 8..64:8, 1,7,64 or several. Without it powers of two, multiples of 8, and one more "
        + "and one less.", valueName: "sizes"))
  var batch: String?

  @Option(
    name: .customLong("pass"),
    help: ArgumentHelp(
      "forward, backward-data or backward-weights; may be repeated, all without it.", valueName: "pass"))
  var passes: [GEMMPlan.Pass] = []

  @Option(
    name: [.long, .customLong("engine")],
    help: ArgumentHelp(
      "The engines, with commas: the others are compared with the first. One that is named twice is compared with itself, "
        + "which shows what the machine's noise comes to.", valueName: "names"))
  var engines = EngineList.standard

  @Option(
    help: ArgumentHelp("A shared library with the CBLAS interface to time, too; may be repeated.", valueName: "path"))
  var library: [String] = []

  @Option(help: ArgumentHelp("What the names of the libraries' functions begin with.", valueName: "prefix"))
  var libraryPrefix = ""

  @Option(
    help: ArgumentHelp(
      "The numbers of threads, such as 1,2; without it that of OPENBLAS_NUM_THREADS or OMP_NUM_THREADS, else all processors.",
      valueName: "counts"))
  var threads: CountList?

  @Option(help: "warm: the same weight again and again; cold: so many in turn that caches hold none.")
  var weights: GEMMProfilePlan.Weights = .warm

  @Option(
    help: ArgumentHelp(
      "Instead compare every batch size and width with the next multiple of this.", valueName: "multiple"))
  var alignment: Int?

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Add batch sizes where the throughput falls, until the place of each cliff is known.")
  var refine = false

  @OptionGroup var options: ProfileOptions

  @OptionGroup var config: ConfigurationOptions

  func validate() throws {
    guard alignment.map({ (2...1024).contains($0) }) ?? true else {
      throw ValidationError("--alignment must lie between 2 and 1024")
    }
    guard alignment == nil || !refine else {
      throw ValidationError("--alignment and --refine are two kinds of profile; ask for one")
    }
  }

  func run() throws {
    try Machine.prepare()
    try options.requireRoom()
    let plan = try plan()
    switch options.precision {
    case .double: try run(GEMMProfiler<Double>.self, plan)
    default: try run(GEMMProfiler<Float>.self, plan)
    }
  }

  private func plan() throws -> GEMMProfilePlan {
    let layers = try shapes.layers()
    if let alignment, let widest = layers.flatMap({ [$0.inputs, $0.outputs] }).max(),
      widest > LayerShape.limit / alignment * alignment
    {
      throw ValidationError("the next multiple of \(alignment) is wider than a layer may be, \(LayerShape.limit)")
    }
    var batches = alignment == nil ? GEMMProfilePlan.standardBatchSizes : [8, 16, 32, 64, 128, 256]
    if let batch {
      let axis = try BatchAxis(batch)
      guard !axis.includesFullBatch else { throw ValidationError("products need batch sizes in numbers, not 'full'") }
      batches = axis.sizes(fullBatch: 0)
    }
    let libraries = ProfiledEngine.libraries(library, symbolPrefix: libraryPrefix)
    return GEMMProfilePlan(
      layers: layers, passes: passes.isEmpty ? GEMMPlan.Pass.allCases : passes, batchSizes: batches,
      engines: ProfiledEngine.numbered(engines.kinds.map { ProfiledEngine($0) }) + libraries,
      threads: threads?.counts ?? [Machine.defaultThreads.count], precision: options.precision, weights: weights,
      alignment: alignment, refines: refine, timing: options.timing.settings)
  }

  private func run<S: Scalar>(_ profiler: GEMMProfiler<S>.Type, _ plan: GEMMProfilePlan) throws {
    let context = try Machine.context(for: S.self, threads: plan.threads.max() ?? 1)
    if options.dryRun {
      try GEMMProfiler<S>.check(plan, context: context)
      try options.printing.print(
        GEMMPlanTable.table(plan, memory: GEMMProfiler<S>.memory(plan, context: context)))
      return
    }
    let profiler = try GEMMProfiler<S>(plan, context: context)
    if options.profileOnly {
      for key in plan.products {
        options.printing.note("\(key): \(NumberFormat.count(options.calls, "call"))")
        profiler.runUntimed(key, calls: options.calls)
      }
      return
    }
    options.printing.note(
      "Timing \(NumberFormat.count(plan.products.count, "product")) on \(Machine.text(threads: plan.threads)) for "
        + "about \(NumberFormat.duration(plan.timing.maximumSeconds)); leave the machine alone.")
    let profile = try profiler.run(ProfileFiles.observer(quiet: options.printing.quiet))
    try options.finish(.gemm(profile))
  }
}

extension GEMMPlan.Pass: ExpressibleByArgument {}
extension GEMMProfilePlan.Weights: ExpressibleByArgument {}

/// Names of engines with commas between them.
struct EngineList: ExpressibleByArgument, CustomStringConvertible {
  /// The engines, in the order in which they were named.
  let kinds: [ProfiledEngine.Kind]

  /// What training uses and what it is compared with.
  static var standard: EngineList { EngineList(kinds: [.auto, .openBLAS]) }

  private init(kinds: [ProfiledEngine.Kind]) { self.kinds = kinds }

  init?(argument: String) {
    var kinds: [ProfiledEngine.Kind] = []
    for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let kind = ProfiledEngine.Kind(rawValue: String(name)), kind != .library else { return nil }
      kinds.append(kind)
    }
    self.init(kinds: kinds)
  }

  var description: String { kinds.map(\.rawValue).joined(separator: ",") }
  var defaultValueDescription: String { description }

  static var allValueStrings: [String] { ProfiledEngine.Kind.allCases.filter { $0 != .library }.map(\.rawValue) }
}
