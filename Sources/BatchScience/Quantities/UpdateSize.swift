public import BatchAlgebra
public import BatchTraining

/// How far an update moves the weights: |θₜ₊₁ − θₜ|.
///
/// Needs nothing of the step, a copy of the parameters and two passes over them. Measured is `update_size`, the mean
/// over the window.
public final class UpdateSize: SpanningQuantity, WindowedRatio {
  var window = PairSeries()
  private let last = VectorCopy()
  /// The number of updates that the copy has behind it; nil before there is one.
  private var lastUpdates: Int?

  /// The quantity.
  public init() {}

  public var needs: StepNeeds { [] }

  public private(set) var awaitsNext = false

  public func observe<S: Scalar>(_ result: StepResult<S>) {
    let parameters = result.network.parameterVector
    let updates = result.updatesBehindParameters
    guard updates != lastUpdates else { return }
    awaitsNext = true
    if lastUpdates == updates - 1, let last = last.elements(of: S.self), let start = parameters.baseAddress,
      let lastStart = last.baseAddress
    {
      let square = S.kernelSquaredDistance(
        result.network.context.instructionSet, parameters.count, start, UnsafePointer(lastStart))
      window.append(square.squareRoot(), over: 1)
      awaitsNext = false
    }
    lastUpdates = last.copy(parameters) ? updates : nil
  }

  var measurementName: String { "update_size" }
  var intervalScale: RatioJackknife.Scale { .plain }
}

extension StepResult {
  /// The number of updates after which the network's parameters are as they are seen.
  var updatesBehindParameters: Int { gradient == nil ? update : update - 1 }
}
