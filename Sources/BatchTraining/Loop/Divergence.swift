public import BatchFoundation

/// The end of a run whose loss ceased to be a number: where, and which layer's numbers are largest.
///
/// The update of that batch is not made: the parameters are those that gave the loss.
public struct Divergence: DiagnosticError, Hashable, Codable {
  /// A layer with the largest magnitude among its numbers.
  public struct Extreme: Sendable, Hashable, Codable {
    /// The layer: `layers.2 (dense 10)`.
    public var layer: String
    /// The largest magnitude; infinite or NaN where there is such a number.
    public var magnitude: Double
  }

  /// The number of the update, counted from 1.
  public var update: Int
  /// The mean loss of its batch.
  public var loss: Double
  /// The layer with the largest activation, the first of those that are no numbers.
  public var activation: Extreme?
  /// The layer with the largest gradient of a parameter, the last of those that are no numbers, where the backward pass
  /// meets them first.
  public var gradient: Extreme?

  public var diagnosis: Diagnosis {
    var text = "the loss became \(Self.text(loss)) at update \(update)"
    if let activation {
      text += "; the largest activation, \(Self.text(activation.magnitude)), is in \(activation.layer)"
    }
    if let gradient { text += "; the largest gradient, \(Self.text(gradient.magnitude)), in \(gradient.layer)" }
    return Diagnosis(.numerical, text)
  }

  /// A NaN has no sign that means anything.
  private static func text(_ number: Double) -> String { number.isNaN ? "NaN" : "\(number)" }
}
