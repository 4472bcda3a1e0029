public import BatchAlgebra
public import BatchFoundation

/// Derivatives or curvature of a loss that cannot be had.
public enum CurvatureError: DiagnosticError, Equatable {
  /// A layer gives no tangents; see ``TangentLayer``.
  case layerWithoutTangents(name: String, layer: String)
  /// The gradients of a layer are those of training, in which the examples of a batch depend on each other.
  case coupledLayer(CoupledLayer)
  /// A loss gives no second derivative; see ``TangentLoss``.
  case lossWithoutTangents(name: String)
  /// Network, examples and loss do not fit, or memory is short.
  case model(ModelError)
  /// There are no examples, or a number of one that the data set does not have.
  case examples(String)
  /// A vector is not as long as those of the space it is to be of.
  case length(what: String, found: Int, expected: Int)
  /// What was computed is no number.
  case notFinite(what: String)
  /// A vector that a direction is to be made of is zero.
  case zeroVector(what: String)
  /// A setting of a method makes no sense.
  case setting(String)
  /// An operation on small matrices failed.
  case algebra(AlgebraError)

  public var diagnosis: Diagnosis {
    switch self {
    case .layerWithoutTangents(let name, let layer):
      Diagnosis(
        .usage, "\(name) (\(layer)) gives no tangents, of which products with the Hessian are made",
        hint: "let the layer conform to TangentLayer, or take what the loss and its gradient alone tell")
    case .coupledLayer(let layer):
      Diagnosis(
        .usage,
        "\(layer.name) (\(layer.layer)) couples the examples of a batch, and gives no gradient outside training",
        hint: "let the layer conform to TangentLayer, whose passes are those of an evaluation")
    case .lossWithoutTangents(let name):
      Diagnosis(
        .usage, "the loss \(name) gives no second derivative, of which products with the Hessian are made",
        hint: "let the loss conform to TangentLoss")
    case .model(let error): error.diagnosis
    case .examples(let problem): Diagnosis(.usage, problem, hint: "give row numbers of the data set, at least one")
    case .length(let what, let found, let expected):
      Diagnosis(
        .usage, "\(what) has \(found) elements, and vectors of this space have \(expected)",
        hint: "vectors are laid out like the parameters of the network, what pads them included")
    case .notFinite(let what):
      Diagnosis(
        .numerical, "\(what) is no finite number",
        hint:
          "look for parameters that are no numbers, as after a training that diverged, and for a loss that overflows")
    case .zeroVector(let what):
      Diagnosis(.numerical, "\(what) is zero and has no direction", hint: "give a vector with an element that is not 0")
    case .setting(let problem): Diagnosis(.usage, problem)
    case .algebra(let error): error.diagnosis
    }
  }
}
