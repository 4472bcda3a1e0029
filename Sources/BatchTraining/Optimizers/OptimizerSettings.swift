public import BatchFoundation

/// An optimizer with its settings as a plan or a checkpoint holds it: compared by its description, and stored.
///
/// One of the package's is as JSON one object, `{"kind": "sgd", "learningRate": 0.1, "momentum": 0.9}`: the kind and the
/// optimizer's own settings, of which those that are left out are as in its initialiser. Of a user's own optimizer there
/// is its description, `{"description": "sign descent, rate 0.001"}`, which reads back as an `UnknownValue`. A plan
/// declares `@OptimizerSettings var optimizer: any Optimizer`.
@propertyWrapper public struct OptimizerSettings: Sendable, Hashable, CustomStringConvertible {
  /// The optimizer.
  public var wrappedValue: any Optimizer

  /// The settings of an optimizer.
  public init(wrappedValue: any Optimizer) { self.wrappedValue = wrappedValue }

  /// The settings of an optimizer.
  public init(_ optimizer: any Optimizer) { wrappedValue = optimizer }

  /// The names of the package's optimizers.
  public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
    case sgd
    case adam
    case adamW = "adamw"
    case rmsProp = "rmsprop"
    case adagrad
    case lars
    case lamb

    fileprivate var optimizer: any (Optimizer & Codable).Type {
      switch self {
      case .sgd: SGD.self
      case .adam: Adam.self
      case .adamW: AdamW.self
      case .rmsProp: RMSProp.self
      case .adagrad: Adagrad.self
      case .lars: LARS.self
      case .lamb: LAMB.self
      }
    }
  }

  /// One of the package's optimizers with its usual settings but for the rate.
  ///
  /// - Throws: ``OptimizerError`` for a rate that is not positive.
  public init(_ kind: Kind, learningRate: Double) throws(OptimizerError) {
    wrappedValue =
      switch kind {
      case .sgd: try SGD(learningRate: learningRate)
      case .adam: try Adam(learningRate: learningRate)
      case .adamW: try AdamW(learningRate: learningRate)
      case .rmsProp: try RMSProp(learningRate: learningRate)
      case .adagrad: try Adagrad(learningRate: learningRate)
      case .lars: try LARS(learningRate: learningRate)
      case .lamb: try LAMB(learningRate: learningRate)
      }
  }

  /// The optimizer.
  public var optimizer: any Optimizer {
    get { wrappedValue }
    set { wrappedValue = newValue }
  }

  /// Which of the package's optimizers it is; nil for one of a user's own.
  public var kind: Kind? { Kind.allCases.first { $0.optimizer == type(of: wrappedValue) } }

  /// The optimizer's step size.
  public var learningRate: Double {
    get { wrappedValue.learningRate }
    set { wrappedValue.learningRate = newValue }
  }

  public var description: String { wrappedValue.description }

  public static func == (a: OptimizerSettings, b: OptimizerSettings) -> Bool { a.description == b.description }

  public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension OptimizerSettings: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind
    case description
  }

  /// Reads the kind and the settings of that optimizer, or the description of a user's own.
  ///
  /// - Throws: ``OptimizerError`` for settings that make no sense, or what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let description = try container.decodeIfPresent(String.self, forKey: .description) {
      wrappedValue = UnknownValue(description)
    } else {
      wrappedValue = try container.decode(Kind.self, forKey: .kind).optimizer.init(from: decoder)
    }
  }

  /// Writes the kind beside the optimizer's own settings, or the description of a user's own.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    guard let kind, let optimizer = wrappedValue as? any Encodable else {
      try container.encode(description, forKey: .description)
      return
    }
    try container.encode(kind, forKey: .kind)
    try optimizer.encode(to: encoder)
  }
}

extension UnknownValue: Optimizer {
  /// Not known.
  public var learningRate: Double {
    get { .nan }
    nonmutating set {}
  }

  public var stateNames: [String] { [] }

  public func rule(step: Int, for kind: ParameterKind) -> UpdateRule { fatalError(refusal("optimizer")) }
}

extension KeyedDecodingContainer {
  /// The value under a key, or another where there is none.
  func value<T: Decodable>(_ key: Key, or other: T) throws -> T { try decodeIfPresent(T.self, forKey: key) ?? other }
}
