import ArgumentParser
import Batchwise

/// `batchwise gradient`: what the gradients of a network say at one moment of its training.
struct GradientCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradient",
    abstract:
      "Measure the gradients of a checkpoint: the noise scale with its interval, by layer, and what batch follows.",
    discussion: """
      Batches are drawn from the training part and no parameter is updated: all probes are of the same weights. Where \
      they are too few the answer is that, and how many more it takes. With --exact the noise scale of all training \
      examples is computed, to check the estimate.
      """)

  @OptionGroup var trained: CheckpointArgument

  @Option(help: ArgumentHelp("The batch of a probe; the run's without it.", valueName: "size"))
  var batch: String?

  @Option(help: ArgumentHelp("The number of batches.", valueName: "count"))
  var probes = 64

  @Option(help: ArgumentHelp("The seed of their order.", valueName: "number"))
  var seed: UInt64 = 1

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast, help: "Compute the noise scale of all training examples, too.")
  var exact = false

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Measure the curvature of the loss as well: eigenvalues and trace of the Hessian, sharpness.")
  var curvature = false

  @Option(
    help: ArgumentHelp(
      "How many training examples, from the first on, the curvature is computed for; 2000 without it.",
      valueName: "count"))
  var curvatureExamples: Int?

  @Option(help: ArgumentHelp("The folder of the data, where it is another than for training.", valueName: "folder"))
  var dataDir: String?

  @Option(help: ThreadHelp.one)
  var threads: Int?

  @OptionGroup var printing: OutputOptions
  @OptionGroup var config: ConfigurationOptions

  func validate() throws {
    guard 1...Self.mostProbes ~= probes else {
      throw ValidationError("--probes must be 1 to \(Self.mostProbes), not \(probes)")
    }
    guard curvatureExamples ?? 1 >= 1 else { throw ValidationError("--curvature-examples must be at least 1") }
    guard curvature || curvatureExamples == nil else {
      throw ValidationError("--curvature-examples needs --curvature")
    }
  }

  /// More would take longer than anybody waits.
  private static var mostProbes: Int { 10_000_000 }

  func run() throws {
    try Machine.prepare()
    var (checkpoint, run) = try trained.open()
    if let dataDir { run.dataDirectory = dataDir }
    let team = try ThreadTeam(threads: threads ?? Machine.defaultThreads.count)
    let network = try run.network(checkpoint, threads: team.threads)
    let data = try checkpoint.examples(of: run).train
    let plan = checkpoint.record.plan
    let sizes = try batch.map { try BatchAxis($0).sizes(fullBatch: data.count) } ?? [min(plan.batchSize, data.count)]
    guard sizes.count == 1 else { throw ValidationError("gradient takes one batch size") }
    let batch = sizes[0]
    try GradientProbes.require(batch: batch, of: data)
    let rate = checkpoint.record.progress.learningRate ?? 0.01
    var quantities: [any StepQuantity] = [
      NoiseScale(), NormTest(), InnerProductTest(), OrthogonalityTest(), CABS(), SimiGrad(), GradientSignal(),
      EvidenceStopping(), Norms(),
    ]
    let step = try TrainingStep(
      network, on: data, loss: run.loss, optimizer: SGD(learningRate: rate), capacity: batch,
      regularisation: Regularisation(labelSmoothing: plan.regularisation.labelSmoothing), seed: plan.seed,
      needs: quantities.reduce(into: []) { $0.formUnion($1.needs) }, team: team)
    Interrupt.catchSignals()
    var progress = ProgressLine(quiet: printing.quiet)
    let loss = try GradientProbes.observe(
      &quantities, in: step, over: data, batch: batch, count: probes, seed: seed
    ) { probe in
      if Interrupt.isRequested { throw ExitCode(ExitStatus.interrupted.rawValue) }
      progress.draw(share: Double(probe) / Double(probes)) { "\(probe) of \(probes) probes" }
    }
    progress.clear()
    // What follows looks at no request: Ctrl-C ends it at once.
    Interrupt.release()
    let estimate = (quantities[0] as? NoiseScale)?.estimate
    let measurements = (0..<quantities.count).flatMap { quantities[$0].takeMeasurements() }
    let exact = exact ? try ExactNoiseScale(of: step, over: data) : nil
    var result = TableGroup()
    result.append("noise_scale", GradientTables.noiseScale(measurements, exact: exact))
    if let estimate {
      let test = measurements.first { $0.name == "inner_product_test" }?.value
      result.append(
        "readout",
        GradientTables.readout(
          BatchReadout(noiseScale: estimate, batch: batch, learningRate: rate, loss: loss, innerProductTest: test)))
    }
    result.append("quantities", GradientTables.quantities(measurements))
    if curvature {
      let count = min(curvatureExamples ?? 2000, data.count)
      let loss = try DatasetLoss(
        network, on: data, examples: Array(0..<Int32(count)), loss: run.loss,
        labelSmoothing: plan.regularisation.labelSmoothing, team: team)
      result.append("curvature", MeasurementTable.table(try CurvatureSummary(of: loss, seed: seed).measurements))
    }
    try printing.print(result)
    if curvature { printing.note(EpsilonSharpness.caveat) }
    tell(checkpoint, batch: batch, loss: loss)
  }

  private func tell(_ checkpoint: Checkpoint, batch: Int, loss: Double) {
    printing.note(
      "\(checkpoint.path), after update \(NumberFormat.grouped(checkpoint.record.progress.update)): "
        + "\(NumberFormat.count(probes, "probe")) of \(NumberFormat.count(batch, "example")) of the training part, mean "
        + "loss \(NumberFormat.significant(loss, digits: 3)).")
    let optimizer = checkpoint.record.optimizer
    guard ["Adam", "RMSProp", "Adagrad", "LAMB"].contains(where: optimizer.hasPrefix) else { return }
    printing.note(
      "The run was trained with \(optimizer), which scales each parameter's step: the noise scale of plain gradients can "
        + "be far from what it sees; 'train --observe preconditioned-noise-scale' measures that.")
  }
}
