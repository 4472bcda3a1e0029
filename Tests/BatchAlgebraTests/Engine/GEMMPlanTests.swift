import BatchAlgebra
import Testing

@Suite struct GEMMPlanTests {
  /// Every term of every element of the result belongs to exactly one thread.
  @Test(arguments: GEMMPlan.Pass.allCases, [1, 2, 3, 7, 16])
  func partsCoverTheResultOnce(_ pass: GEMMPlan.Pass, _ threads: Int) {
    let layouts: [WeightLayout] = [
      .plain, .panels(width: 16), .panels(width: 64), .transposed(rowStride: paddedRowStride(300)),
    ]
    for layout in layouts {
      for batch in [1, 5, 64, 200] {
        for (inputs, outputs) in [(300, 10), (300, 512), (300, 65)] {
          let plan = GEMMPlan(pass, batch: batch, inputs: inputs, outputs: outputs, layout: layout, threads: threads)
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

  @Test func littleWorkIsNotShared() {
    let plan = GEMMPlan(
      .forward, batch: 1, inputs: 64, outputs: 64, layout: .panels(width: 16), threads: 8)
    #expect(plan.parts == 1)
    #expect(plan.reason.contains("too little work to share"))
  }

  /// A thread keeps its columns of the weight through forward and update, whatever the batch, and for small batches
  /// through the gradient of the input, too.
  @Test func ownersStayTheSame() {
    for batch in [1, 8, 64, 1024] {
      let plans = GEMMPlan.Pass.allCases.map {
        GEMMPlan($0, batch: batch, inputs: 784, outputs: 512, layout: .panels(width: 16), threads: 2)
      }
      #expect(plans[0].block(thread: 1).columns == 256..<512)
      #expect(plans[1].contraction(thread: 1) == (batch <= 16 ? 256..<512 : 0..<512))
      #expect(plans[2].block(thread: 1).columns == 256..<512)
    }
  }

  @Test func saysWhatItDoes() {
    let plan = GEMMPlan(
      .forward, batch: 32, inputs: 784, outputs: 512, layout: .panels(width: 16), threads: 2)
    #expect(plan.description == "forward 32×784×512: broadcast kernel on panels of 16, columns cut in 2")
    #expect(plan.reason == "each thread streams its own panels")
    let cut = GEMMPlan(
      .backwardData, batch: 4, inputs: 784, outputs: 512, layout: .panels(width: 64), threads: 2)
    #expect(cut.description == "backward-data 4×784×512: dot kernel on panels of 64, contraction cut in 2")
    let narrow = GEMMPlan(
      .backwardData, batch: 512, inputs: 512, outputs: 10, layout: .transposed(rowStride: 528), threads: 2)
    #expect(
      narrow.description == "backward-data 512×512×10: broadcast kernel on the transposed weight, columns cut in 2")
  }

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
