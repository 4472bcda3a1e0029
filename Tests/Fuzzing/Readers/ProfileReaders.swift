import BatchAlgebra
import BatchFoundation
import BatchReport
import BatchScience

extension FuzzedReader {
  static let profiles: [FuzzedReader] = ["products", "alignment", "steps"].map { name in
    FuzzedReader(
      name: "profile-\(name)",
      corpus: { _ in
        // Beside this program's sources: what the tool has written.
        let path = "\(Campaign.sources)/Profiles/\(name).json"
        return [FuzzInput(["profile.json": try DurableFile.read(path)])]
      },
      read: { _, folder in
        let profile = try Profile(path: "\(folder)/profile.json")
        let report = ProfileReport(profile)
        _ = report.findings
        _ = report.html.rendered()
        for table in report.tables {
          for format in TableFormat.allCases { _ = table.rendered(as: format) }
        }
        let comparison = ComparisonReport(try ProfileComparison(profile, profile))
        _ = comparison.table.rendered(as: .table)
        _ = comparison.findings
      })
  }

  static let tuning = FuzzedReader(
    name: "tuning",
    corpus: { _ in
      var tuning = GEMMTuning()
      tuning.thresholds = [
        GEMMTuning.Key(.portable, .float, threads: 2): .defaults(for: .portable, .float),
        GEMMTuning.Key(.avx2, .double, threads: 1): .defaults(for: .avx2, .double),
      ]
      return [FuzzInput(tuning.text)]
    },
    read: { input, _ in
      let tuning = try GEMMTuning(text: input.text)
      guard try GEMMTuning(text: tuning.text) == tuning else { preconditionFailure("it does not read back") }
      for (key, thresholds) in tuning.thresholds where key.instructionSet.isSupported {
        let context = ComputeContext(
          instructionSet: key.instructionSet, engine: .auto, thresholds: thresholds, threads: min(key.threads, 2),
          precision: key.precision)
        let layout = WeightLayout.best(inputs: 300, outputs: 100, of: Float.self, in: context)
        let plans = GEMMPlans(inputs: 300, outputs: 100, layout: layout, context: context)
        for pass in GEMMPlan.Pass.allCases {
          for batch in [1, 7, 64] { _ = plans.plan(pass, batch: batch).description }
        }
      }
    })
}
