public import BatchData

/// A model written as text for the tool: `mlp:512,512` or `mlp:256,256:tanh`.
///
/// `mlp:` is followed by the widths of the hidden layers and, after a second colon, their activation (ReLU without
/// one). `mlp` alone has no hidden layer: a linear model. The output layer follows from the data.
public struct ModelText: Sendable, Hashable, CustomStringConvertible {
  /// The widths of the hidden layers.
  public let hiddenWidths: [Int]
  /// The activation of the hidden layers.
  public let activation: Activation

  /// Reads the text of a model.
  ///
  /// - Throws: ``ModelError/unknownModel(text:reason:)`` that says what is not understood.
  public init(_ text: String) throws(ModelError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts[0] == "mlp" else {
      throw .unknownModel(text: text, reason: "'\(parts[0])' is not a family of models (there is: mlp)")
    }
    guard parts.count <= 3 else {
      throw .unknownModel(text: text, reason: "there are \(parts.count - 1) colons where at most 2 have a meaning")
    }
    var widths: [Int] = []
    for field in parts.count > 1 ? parts[1].split(separator: ",", omittingEmptySubsequences: false) : [] {
      guard let width = Int(field), width > 0 else {
        throw .unknownModel(text: text, reason: "'\(field)' is not a width of at least 1")
      }
      widths.append(width)
    }
    hiddenWidths = widths
    if parts.count == 3 {
      guard let named = Activation(rawValue: parts[2]) else {
        let known = Activation.allCases.map(\.rawValue).joined(separator: ", ")
        throw .unknownModel(text: text, reason: "'\(parts[2])' is not an activation (there are: \(known))")
      }
      activation = named
    } else {
      activation = .relu
    }
  }

  public var description: String {
    guard !hiddenWidths.isEmpty else { return "mlp" }
    let widths = hiddenWidths.map(String.init).joined(separator: ",")
    return "mlp:\(widths)" + (activation == .relu ? "" : ":\(activation.rawValue)")
  }

  /// The model for examples of one shape and a number of outputs.
  public func model(inputShape: [Int], outputs: Int) -> Sequential {
    Sequential(inputShape: inputShape, layers: hiddenWidths.map { Dense($0, activation) } + [Dense(outputs)])
  }
}

extension ModelText {
  /// The model whose inputs and outputs fit a data set: an output for each class, or for each target value.
  public func model(for dataset: Dataset) -> Sequential {
    model(inputShape: dataset.exampleShape, outputs: dataset.targets.outputCount)
  }
}
