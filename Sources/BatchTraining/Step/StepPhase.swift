/// A part of a training step, for the question of where its time goes.
///
/// In a called step the layers update their weights while they compute their gradients: the update of a layer that
/// fuses it is then inside ``backwardWeights`` (of a ``Dense`` layer's bias inside ``backwardData``). After
/// ``TrainingStep/computeGradient(_:observing:)`` and ``TrainingStep/update()`` the two are apart, so that the difference between
/// the two ways is what fusing costs or saves.
public enum StepPhase: String, Sendable, Hashable, CaseIterable, Codable {
  /// The examples are copied into the batch.
  case data
  /// The layers compute their outputs.
  case forward
  /// The loss and the gradient of the outputs.
  case loss
  /// The layers compute the gradients of what activations and products took in, and of biases.
  case backwardData = "backward-data"
  /// The layers compute the gradients of their weights, and update these where they fuse the update; the gradients of
  /// micro-batches are added up.
  case backwardWeights = "backward-weights"
  /// The optimizer updates parameters in a pass of its own.
  case update
  /// What lies between, and backward passes of layers that do not mark their parts.
  case other

  /// The phase's place among all of them.
  var index: Int {
    switch self {
    case .data: 0
    case .forward: 1
    case .loss: 2
    case .backwardData: 3
    case .backwardWeights: 4
    case .update: 5
    case .other: 6
    }
  }
}
