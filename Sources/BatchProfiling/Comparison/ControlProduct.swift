package import BatchAlgebra

/// The samples of a product that a profile times beside everything else, with so many threads.
///
/// No profile is about it, so that what it takes in one and in another tells how much the machine itself has changed:
/// probes of single things, the peak or the caches, do not see all that slows a product down.
public struct ControlSamples: Sendable, Hashable, Codable {
  /// The number of threads.
  public var threads: Int
  /// The samples, taken in the same cycles as those of the profile's points.
  public var samples: TimedSamples
}

/// The product whose samples are ``ControlSamples``: always the same, as the package computes it.
package struct ControlProduct {
  private let products: PlannedProducts<Float>
  private let threads: Int

  /// Large enough to be bound by operations, small enough for its operands to stay in the caches of its own processors.
  private static var shape: LayerShape { LayerShape(inputs: 512, outputs: 512) }
  private static var batch: Int { 16 }

  /// The control with the threads of a team.
  ///
  /// - Throws: `AllocationError` when there is no memory for its operands, 2 MiB or so.
  package init(_ team: ThreadTeam, _ context: ComputeContext) throws(AllocationError) {
    let set = context.instructionSet
    let (inputs, outputs) = (Self.shape.inputs, Self.shape.outputs)
    let kernels = ComputeContext(instructionSet: set, engine: .kernels, threads: team.threads, precision: .float)
    let layout = WeightLayout.best(inputs: inputs, outputs: outputs, of: Float.self, in: kernels)
    products = try PlannedProducts(
      LayerOperands(
        inputs: inputs, outputs: outputs, layout: layout, capacity: Self.batch,
        instructionSet: set),
      team: team,
      context: kernels)
    threads = team.threads
  }

  /// What is timed of it, for as long as anything else is.
  package var work: TimedWork {
    TimedWork(name: "control", threads: threads, group: nil, isMemoryBound: false) { [products] in
      products.run(.forward, batch: Self.batch, calls: $0)
    }
  }

  /// Its samples.
  package func samples(_ samples: TimedSamples) -> ControlSamples { ControlSamples(threads: threads, samples: samples) }
}
