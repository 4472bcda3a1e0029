import BatchTraining

extension EvidenceLadder {
  /// The updates to the goal that were measured: the best of each batch size and its other seeds, and what those took
  /// at least that did not get there.
  var measurements: [StepsToGoal] {
    searchedSizes.flatMap { batch -> [StepsToGoal] in
      let measured = tuned(batch).measurements
      guard measured.isEmpty else { return measured }
      let runs = searches(at: batch)
      let longest = runs.filter { $0.outcome.end != .diverged }.map(\.trial.mostUpdates).max()
      guard runs.count >= 2, let longest, goal != nil else { return [] }
      return [StepsToGoal(batch: batch, seed: seeds(at: batch)[0], steps: Double(longest), isLowerBound: true)]
    }
  }

  /// The noise scale through the best pilot, a window after the other.
  var noiseScales: [NoiseScaleEstimate] {
    guard let run = best(at: pilotBatch)?.run ?? pilots.max(by: { $0.outcome.updates < $1.outcome.updates }) else {
      return []
    }
    return run.records.compactMap { record in
      func measured(_ name: String) -> Measurement? {
        record.measurements?.first { $0.name == name && $0.layer == nil }
      }
      return measured("noise_scale").map {
        NoiseScaleEstimate(
          value: $0.value, interval: $0.interval, scatter: measured("noise_scale_scatter")?.value, probes: $0.probes)
      }
    }
  }

  /// What the noise scale says of the critical batch; nil where there is none.
  var noiseScaleEvidence: CriticalBatchEvidence? {
    CriticalBatchEvidence.noiseScale(windows: noiseScales, doubts: plan.doubts)
  }

  /// The batch to train with: the one of the least expected time, or one that was trained with and is as good.
  ///
  /// Of what was trained the best learning rate is known as well.
  func answer(_ decision: BatchDecision) -> BatchDecision.Candidate {
    let trained = decision.candidates.filter { best(at: $0.batch) != nil }
    guard let close = trained.min(by: { $0.expectedSeconds < $1.expectedSeconds }),
      close.expectedSeconds <= 1.03 * decision.chosen.expectedSeconds
    else { return decision.chosen }
    return close
  }
}
