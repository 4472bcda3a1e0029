/// What a profile in the making tells and asks.
public struct ProfileObserver {
  /// Called with what goes on and its share that is done.
  public var onProgress: (_ stage: String, _ share: Double) -> Void
  /// Asked before every sample: true ends the run; what there is makes a profile.
  public var shouldStop: () -> Bool

  /// An observer that does nothing but what it is given.
  public init(
    onProgress: @escaping (_ stage: String, _ share: Double) -> Void = { _, _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) {
    self.onProgress = onProgress
    self.shouldStop = shouldStop
  }

  package func timer(_ stage: String) -> InterleavedTimer.Observer {
    InterleavedTimer.Observer(onSample: { share, _ in onProgress(stage, share) }, shouldStop: shouldStop)
  }
}
