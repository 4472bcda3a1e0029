import BatchAlgebra
import Testing

@Suite struct GEMMPlanTests {
  /// The package's kernels, or another engine, on so many threads.
  private func context(
    threads: Int, engine: GEMMEngine = .kernels, _ change: (inout GEMMThresholds) -> Void = { _ in }
  ) -> ComputeContext {
    var thresholds = GEMMThresholds(ntPackedBatch: 16, contractionCutBatch: 16, smallestSharedWork: 65_536)
    change(&thresholds)
    return ComputeContext(engine: engine, thresholds: thresholds, threads: threads, precision: .float)
  }

  /// Every term of every element of the result belongs to exactly one thread.
  @Test(arguments: GEMMPlan.Pass.allCases, [1, 2, 3, 7, 16])
  func partsCoverTheResultOnce(_ pass: GEMMPlan.Pass, _ threads: Int) {
    let layouts: [WeightLayout] = [
      .plain, .panels(width: 16), .panels(width: 64), .transposed(rowStride: paddedRowStride(300)),
    ]
    for layout in layouts {
      for batch in [1, 5, 64, 200] {
        for (inputs, outputs) in [(300, 10), (300, 512), (300, 65)] {
          for engine in GEMMEngine.allCases {
            let plan = GEMMPlan(
              pass, batch: batch, inputs: inputs, outputs: outputs, layout: layout,
              context: context(threads: threads, engine: engine))
            let (rows, columns) =
              switch pass {
              case .forward: (batch, outputs)
              case .backwardData: (batch, inputs)
              case .backwardWeights:
                // The blocks are those of the matrix in memory.
                if case .transposed = layout { (outputs, inputs) } else { (inputs, outputs) }
              }
            var owners = [Int](repeating: 0, count: rows * columns)
            for thread in 0..<plan.parts {
              let block = plan.block(thread: thread)
              // A part of the contraction counts by the terms it holds.
              let terms = pass == .backwardData ? plan.contraction(thread: thread).count : 1
              for i in block.rows { for j in block.columns { owners[i * columns + j] += terms } }
            }
            #expect(owners.allSatisfy { $0 == (pass == .backwardData ? outputs : 1) }, "\(plan)")
            #expect((plan.parts..<max(threads, plan.parts)).allSatisfy { plan.block(thread: $0).rows.isEmpty })
            #expect(plan.parts <= threads)
          }
        }
      }
    }
  }

  @Test func littleWorkIsNotShared() {
    let plan = GEMMPlan(
      .forward, batch: 1, inputs: 64, outputs: 64, layout: .panels(width: 16), context: context(threads: 8))
    #expect(plan.parts == 1)
    #expect(plan.reason.contains("too little work to share"))
  }

  /// A thread keeps its columns of the weight through forward and update, whatever the batch, and for small batches
  /// through the gradient of the input, too.
  @Test func ownersStayTheSame() {
    for batch in [1, 8, 64, 1024] {
      let plans = GEMMPlan.Pass.allCases.map {
        GEMMPlan($0, batch: batch, inputs: 784, outputs: 512, layout: .panels(width: 16), context: context(threads: 2))
      }
      #expect(plans[0].block(thread: 1).columns == 256..<512)
      #expect(plans[1].contraction(thread: 1) == (batch <= 16 ? 256..<512 : 0..<512))
      #expect(plans[2].block(thread: 1).columns == 256..<512)
    }
  }

  @Test func saysWhatItDoes() {
    let plan = GEMMPlan(
      .forward, batch: 32, inputs: 784, outputs: 512, layout: .panels(width: 16), context: context(threads: 2))
    #expect(plan.description == "forward 32×784×512: nn kernel on panels of 16 columns, columns cut in 2")
    #expect(plan.reason == "each thread streams its own panels")
    let cut = GEMMPlan(
      .backwardData, batch: 4, inputs: 784, outputs: 512, layout: .panels(width: 64), context: context(threads: 2))
    #expect(cut.description == "backward-data 4×784×512: nt-dot kernel on panels of 64 columns, contraction cut in 2")
    let narrow = GEMMPlan(
      .backwardData, batch: 512, inputs: 512, outputs: 10, layout: .transposed(rowStride: 528),
      context: context(threads: 2))
    #expect(
      narrow.description == "backward-data 512×512×10: nn kernel on the transposed weight, columns cut in 2")
  }

  /// OpenBLAS where its small-matrix kernels are as fast: not for a call of over 10⁶ multiply-adds, few inputs or odd rows.
  @Test(arguments: [
    (4, 784, false), (8, 784, true), (16, 784, true), (20, 784, false), (12, 1024, true), (16, 1024, false),
    (8, 4096, false),
    (8, 256, false), (6, 784, false), (64, 784, false), (1024, 784, false),
  ])
  func smallPanelsAreOpenBLASs(_ batch: Int, _ inputs: Int, _ isTaken: Bool) {
    for (engine, expected) in [(GEMMEngine.auto, isTaken), (.kernels, false)] {
      let plan = GEMMPlan(
        .forward, batch: batch, inputs: inputs, outputs: 512, layout: .panels(width: 64),
        context: context(threads: 2, engine: engine) { $0.smallPanelCalls = true })
      #expect(plan.kernel == (expected ? .openBLASPanels : .nn))
    }
  }

  /// The engine that is asked for, and for auto the one that the thresholds name at the batch, pass and layout.
  @Test func enginesAreForcedOrChosenByTheThresholds() {
    let panels = WeightLayout.panels(width: 64), narrow = WeightLayout.transposed(rowStride: 528)
    func plan(_ pass: GEMMPlan.Pass, _ batch: Int, _ layout: WeightLayout, _ engine: GEMMEngine) -> GEMMPlan {
      let context = context(threads: 2, engine: engine) {
        $0.openBLASPanels.forward = BatchRange(from: 8, through: 64, multiplesOf: 4)
        $0.openBLASPanels.backwardWeights = BatchRange(from: 100)
        $0.openBLASTransposed.backwardData = BatchRange(from: 2, through: 9)
      }
      let outputs = layout == narrow ? 10 : 512
      return GEMMPlan(pass, batch: batch, inputs: 512, outputs: outputs, layout: layout, context: context)
    }
    for batch in [1, 4, 8, 9, 60, 64, 68, 100, 1000] {
      #expect(plan(.forward, batch, panels, .kernels).kernel == .nn)
      #expect(plan(.forward, batch, panels, .openBLAS).kernel == .openBLASPanels)
      #expect(plan(.forward, batch, .plain, .openBLAS).kernel == .openBLAS)
      #expect(plan(.forward, batch, narrow, .openBLAS).kernel == .openBLAS)
      let isTaken = [8, 60, 64].contains(batch)
      #expect(plan(.forward, batch, panels, .auto).kernel == (isTaken ? .openBLASPanels : .nn), "\(batch)")
      #expect(plan(.backwardData, batch, panels, .auto).kernel == (batch < 16 ? .ntDot : .ntPacked))
      #expect(plan(.backwardWeights, batch, panels, .auto).kernel == (batch < 100 ? .tn : .openBLASPanels))
      #expect(plan(.backwardData, batch, narrow, .auto).kernel == ((2...9).contains(batch) ? .openBLAS : .nn))
      #expect(plan(.forward, batch, narrow, .auto).kernel == .ntDot)
    }
    let chosen = plan(.forward, 8, panels, .auto)
    #expect(chosen.method == "OpenBLAS a panel on panels of 64 columns, columns cut in 2")
    #expect(chosen.reason == "at batches 8...64/4 OpenBLAS is as fast as the own kernel, or faster")
    #expect(plan(.forward, 8, .plain, .openBLAS).reason == "OpenBLAS alone was asked for")
  }

  /// The same plan again, without making it again, for more batch sizes than are kept, too.
  @Test func plansOfALayerAreKept() {
    let context = context(threads: 2)
    let plans = GEMMPlans(inputs: 784, outputs: 512, layout: .panels(width: 64), context: context)
    for batch in [64, 7, 64, 1, 2, 3, 4, 5, 6, 64, 7] {
      for pass in GEMMPlan.Pass.allCases {
        let expected = GEMMPlan(
          pass, batch: batch, inputs: 784, outputs: 512, layout: .panels(width: 64), context: context)
        #expect(plans.plan(pass, batch: batch) == expected)
      }
    }
  }

  @Test(arguments: ["none", "16...", "4...256", "4...256/4", "1.../8"]) func rangesAreReadAsTheyAreWritten(
    _ text: String
  ) {
    #expect(BatchRange(text)?.description == text)
  }

  @Test(arguments: ["", "...", "4", "4..8", "0...5", "9...5", "4...8/0", "4...8/1", "4...8/x", " 4...8", "4...8/2/2"])
  func otherRangesAreRefused(_ text: String) { #expect(BatchRange(text) == nil) }

  @Test func layoutsHoldEveryWeightOnce() {
    let layouts: [WeightLayout] = [.plain, .panels(width: 8), .transposed(rowStride: 40)]
    for layout in layouts {
      let places = (0..<37).flatMap { i in
        (0..<21).map { layout.offset(input: i, output: $0, inputs: 37, outputs: 21) }
      }
      #expect(Set(places).count == 37 * 21)
      #expect(places.allSatisfy { $0 >= 0 && $0 < layout.storedCount(inputs: 37, outputs: 21) })
    }
  }
}
