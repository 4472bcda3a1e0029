public import BatchAlgebra

/// The products as calls of OpenBLAS, one for each panel of 64 columns, cut among a team's threads.
///
/// A panel is narrow enough for OpenBLAS's path without packing, and no stride is a power of two.
public final class PanelProducts<S: Scalar>: LayerProducts {
  public let operands: LayerOperands<S>
  private let team: ThreadTeam

  /// The number of columns of a panel.
  public static var width: Int { 64 }
  /// The layout that the operands must have.
  public static var layout: WeightLayout { .panels(width: width) }

  /// Products on a team's threads.
  public init(_ operands: LayerOperands<S>, team: ThreadTeam) {
    precondition(operands.layout == Self.layout, "panels of \(Self.width) are multiplied, not \(operands.layout)")
    self.operands = operands
    self.team = team
  }

  public func method(_ pass: GEMMPlan.Pass, batch: Int) -> ProductMethod {
    let task = PanelTask(operands: operands, pass: pass, batch: batch, copy: 0)
    let shares = (0..<team.threads).map { task.share(thread: $0, of: team.threads).count }
    let largest = shares.max() ?? 0
    let call = BLASCall(
      pass, batch: batch, inputs: pass == .backwardData ? largest : operands.inputs,
      outputs: min(Self.width, operands.outputs))
    var method = OpenBLASPath.linked(threads: 1).method(call)
    method.description = "a call a panel of \(Self.width): \(method.description)"
    let threads = shares.count { $0 > 0 }
    method.threads = threads
    method.imbalance = Double(largest * threads) / Double(shares.reduce(0, +))
    return method
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func run(_ pass: GEMMPlan.Pass, batch: Int, copy: Int) {
    team.run(PanelTask(operands: operands, pass: pass, batch: batch, copy: copy))
  }
}

/// Each thread multiplies panels of its own; of the gradient of the input, columns of its own.
private struct PanelTask<S: Scalar>: TeamTask {
  let operands: LayerOperands<S>
  let pass: GEMMPlan.Pass
  let batch: Int
  let copy: Int

  var panels: Int { (operands.outputs + PanelProducts<S>.width - 1) / PanelProducts<S>.width }

  /// The panels of a thread, or its columns of dX.
  func share(thread: Int, of threads: Int) -> Range<Int> {
    pass == .backwardData
      ? workShare(of: operands.inputs, thread: thread, threads: threads, grain: 16)
      : workShare(of: panels, thread: thread, threads: threads)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  func run(thread: Int, of threads: Int) {
    let width = PanelProducts<S>.width
    let share = share(thread: thread, of: threads)
    guard !share.isEmpty else { return }
    for panel in pass == .backwardData ? 0..<panels : share {
      let columns = panel * width..<min((panel + 1) * width, operands.outputs)
      let offset = columns.lowerBound * operands.inputs
      let weight = matrix(operands.weight(copy), offset, columns)
      switch pass {
      case .forward:
        Product(
          operands.input(batch).readOnly, times: weight.readOnly,
          into: operands.output(batch).block(rows: 0..<batch, columns: columns)
        ).run(thread: 0, of: 1)
      case .backwardData:
        Product(
          operands.outputGradient(batch).readOnly.block(rows: 0..<batch, columns: columns),
          times: weight.readOnly.block(rows: share, columns: 0..<columns.count), .transposed,
          beta: panel == 0 ? 0 : 1, into: operands.inputGradient(batch).block(rows: 0..<batch, columns: share)
        ).run(thread: 0, of: 1)
      case .backwardWeights:
        Product(
          operands.input(batch).readOnly, .transposed,
          times: operands.outputGradient(batch).readOnly.block(rows: 0..<batch, columns: columns),
          into: matrix(operands.gradient(copy), offset, columns)
        ).run(thread: 0, of: 1)
      }
    }
  }

  private func matrix(_ weight: WeightView<S>, _ offset: Int, _ columns: Range<Int>) -> MutableMatrixView<S> {
    MutableMatrixView(
      weight.baseAddress + offset, rows: operands.inputs, columns: columns.count, rowStride: PanelProducts<S>.width)
  }
}
