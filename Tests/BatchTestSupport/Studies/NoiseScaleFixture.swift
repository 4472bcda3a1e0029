import BatchData
public import BatchScience
import BatchTraining

/// A small study of the noise scale on made-up points, for tests of study, analysis and report.
public enum NoiseScaleFixture {
  /// Runs a study into a folder and returns its results.
  public static func trained(
    in folder: String, rates: [Double] = [0.05], batch: Int = 64, epochs: Int = 3, exact: Int = 0
  ) throws -> StudyResults<NoiseScalePlan> {
    let data = try RulesFixture.data()
    let plan = NoiseScalePlan(
      common: SweepPlan(
        data: "dots", splits: data, model: "mlp:6:tanh", loss: .softmaxCrossEntropy,
        recipe: TrainingRecipe(optimizer: try SGD(learningRate: 0.05, momentum: 0.5)), batchSizes: [batch], seeds: [1],
        epochs: epochs, lastBatch: .keep),
      learningRates: rates, schedule: .everyUpdate, exactCount: exact)
    let measurement = TrainingMeasurement(plan: plan, data: data, model: try RulesFixture.model(data))
    try Study(measurement, folder: folder, context: .oneThread, arguments: ["study", "noise-scale"]).run()
    return try StudyResults(folder: folder)
  }

  /// Results of one finished run with a window an epoch, whose noise scales, intervals and exact values are given.
  public static func results(
    _ windows: [(value: Double?, low: Double, high: Double, fixed: (Double, ClosedRange<Double>)?, exact: Double?)],
    loss: (Int) -> Double = { 1 / Double($0 + 1) }
  ) throws -> StudyResults<NoiseScalePlan> {
    let data = try RulesFixture.data()
    let plan = NoiseScalePlan(
      common: SweepPlan(
        data: "dots", splits: data, model: "mlp:6:tanh", loss: .softmaxCrossEntropy,
        recipe: TrainingRecipe(optimizer: try SGD(learningRate: 0.05)), batchSizes: [64], seeds: [1],
        epochs: windows.count, lastBatch: .keep),
      learningRates: [0.05], schedule: .everyUpdate, exactCount: 0)
    let records = windows.enumerated().map { index, window in
      var measured = Measurement(
        name: "noise_scale", value: window.value, interval: window.low...window.high, probes: 20)
      (measured.firstUpdate, measured.lastUpdate) = (20 * index + 1, 20 * index + 20)
      var measurements = [measured]
      if let (value, interval) = window.fixed {
        measurements.append(
          Measurement(name: "fixed_weights_noise_scale", value: value, interval: interval, probes: 64))
      }
      if let exact = window.exact {
        measurements.append(Measurement(name: "exact_noise_scale", value: exact, probes: 1))
      }
      for place in measurements.indices.dropFirst() {
        (measurements[place].firstUpdate, measurements[place].lastUpdate) = (20 * index + 1, 20 * index + 1)
      }
      return EvaluationRecord(
        update: 20 * (index + 1), epoch: Double(index + 1), examples: 1280 * (index + 1), seconds: 1, batchLoss: nil,
        trainingLoss: loss(index), trainingAccuracy: nil, validationLoss: 1, validationAccuracy: nil, distance: 1,
        gradientNorm: 1, measurements: measurements)
    }
    let trial = NoiseScaleTrial(learningRate: 0.05, batchSize: 64, seed: 1)
    return StudyResults(
      description: StudyDescription(plan: plan, context: .oneThread),
      trials: [
        TrialResult(
          start: TrialStart(study: "", trial: trial, environment: .current()), records: records,
          outcome: TrainedOutcome(learningRate: 0.05, parameters: 1, updates: 20 * windows.count, testLoss: 1))
      ])
  }
}
