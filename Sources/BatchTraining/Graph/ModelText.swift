public import BatchData

/// A model written as text for the tool: `mlp:512,512`, `mlp:256,256:tanh` or `mlp:512,512:relu:dropout=0.2`.
///
/// `mlp:` is followed by the widths of the hidden layers and, after further colons, their activation (ReLU without one)
/// and the rate of a ``Dropout`` layer after each of them (none without one). `mlp` alone has no hidden layer: a linear
/// model. The output layer follows from the data.
public struct ModelText: Sendable, Hashable, CustomStringConvertible {
  /// The widths of the hidden layers.
  public let hiddenWidths: [Int]
  /// The activation of the hidden layers.
  public let activation: Activation
  /// The rate of the dropout after each hidden layer; 0 for none.
  public let dropoutRate: Double

  /// Reads the text of a model.
  ///
  /// - Throws: ``ModelError/unknownModel(text:reason:)`` that says what is not understood.
  public init(_ text: String) throws(ModelError) {
    var fields = text.split(separator: ":", omittingEmptySubsequences: false)[...]
    let family = fields.removeFirst()
    guard family == "mlp" else {
      throw .unknownModel(text: text, reason: "'\(family)' is not a family of models (there is: mlp)")
    }
    var widths: [Int] = []
    for field in fields.popFirst()?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
      guard let width = Int(field), width > 0 else {
        throw .unknownModel(text: text, reason: "'\(field)' is not a width of at least 1")
      }
      widths.append(width)
    }
    hiddenWidths = widths
    if let field = fields.first, !field.contains("=") {
      guard let named = Activation(rawValue: String(field)) else {
        let known = Activation.allCases.map(\.rawValue).joined(separator: ", ")
        throw .unknownModel(text: text, reason: "'\(field)' is not an activation (there are: \(known))")
      }
      activation = named
      fields.removeFirst()
    } else {
      activation = .relu
    }
    let rate = fields.popFirst()
    dropoutRate = try rate.map { field throws(ModelError) in try Self.dropoutRate(field, of: text) } ?? 0
    if let field = fields.first {
      throw .unknownModel(text: text, reason: "nothing is expected where '\(field)' stands")
    }
  }

  private static func dropoutRate(_ field: Substring, of text: String) throws(ModelError) -> Double {
    let parts = field.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "dropout" else {
      throw .unknownModel(text: text, reason: "'\(field)' is not a setting of hidden layers (there is: dropout=RATE)")
    }
    guard let rate = Double(parts[1]), rate >= 0, rate < 1 else {
      throw .unknownModel(text: text, reason: "a dropout rate must be at least 0 and below 1, not '\(parts[1])'")
    }
    return rate
  }

  public var description: String {
    guard !hiddenWidths.isEmpty else { return "mlp" }
    let widths = hiddenWidths.map(String.init).joined(separator: ",")
    return "mlp:\(widths)" + (activation == .relu ? "" : ":\(activation.rawValue)")
      + (dropoutRate == 0 ? "" : ":dropout=\(dropoutRate)")
  }

  /// The model for examples of one shape and a number of outputs.
  public func model(inputShape: [Int], outputs: Int) -> Sequential {
    Sequential(inputShape: inputShape) {
      for width in hiddenWidths {
        Dense(width, activation)
        if dropoutRate > 0 { Dropout(dropoutRate) }
      }
      Dense(outputs)
    }
  }
}

extension ModelText {
  /// The model whose inputs and outputs fit a data set: an output for each class, or for each target value.
  public func model(for dataset: Dataset) -> Sequential {
    model(inputShape: dataset.exampleShape, outputs: dataset.targets.outputCount)
  }
}
