/// One of the package's optimizers with its settings: what a plan or a checkpoint keeps of it.
///
/// As JSON it is one object, `{"kind": "sgd", "learningRate": 0.1, "momentum": 0.9}`: the kind and the optimizer's own
/// settings, of which those that are left out are as in its initialiser.
public enum OptimizerSettings: Sendable, Hashable, CustomStringConvertible {
  case sgd(SGD)
  case adam(Adam)
  case adamW(AdamW)
  case rmsProp(RMSProp)
  case adagrad(Adagrad)
  case lars(LARS)
  case lamb(LAMB)

  /// The names of the optimizers.
  public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
    case sgd
    case adam
    case adamW = "adamw"
    case rmsProp = "rmsprop"
    case adagrad
    case lars
    case lamb
  }

  /// An optimizer with its usual settings but for the rate.
  ///
  /// - Throws: ``OptimizerError`` for a rate that is not positive.
  public init(_ kind: Kind, learningRate: Double) throws(OptimizerError) {
    self =
      switch kind {
      case .sgd: .sgd(try SGD(learningRate: learningRate))
      case .adam: .adam(try Adam(learningRate: learningRate))
      case .adamW: .adamW(try AdamW(learningRate: learningRate))
      case .rmsProp: .rmsProp(try RMSProp(learningRate: learningRate))
      case .adagrad: .adagrad(try Adagrad(learningRate: learningRate))
      case .lars: .lars(try LARS(learningRate: learningRate))
      case .lamb: .lamb(try LAMB(learningRate: learningRate))
      }
  }

  /// The settings of an optimizer; nil for one that is not the package's.
  public init?(_ optimizer: any Optimizer) {
    switch optimizer {
    case let optimizer as SGD: self = .sgd(optimizer)
    case let optimizer as Adam: self = .adam(optimizer)
    case let optimizer as AdamW: self = .adamW(optimizer)
    case let optimizer as RMSProp: self = .rmsProp(optimizer)
    case let optimizer as Adagrad: self = .adagrad(optimizer)
    case let optimizer as LARS: self = .lars(optimizer)
    case let optimizer as LAMB: self = .lamb(optimizer)
    default: return nil
    }
  }

  /// Which optimizer it is.
  public var kind: Kind {
    switch self {
    case .sgd: .sgd
    case .adam: .adam
    case .adamW: .adamW
    case .rmsProp: .rmsProp
    case .adagrad: .adagrad
    case .lars: .lars
    case .lamb: .lamb
    }
  }

  /// The optimizer.
  public var optimizer: any Optimizer {
    switch self {
    case .sgd(let optimizer): optimizer
    case .adam(let optimizer): optimizer
    case .adamW(let optimizer): optimizer
    case .rmsProp(let optimizer): optimizer
    case .adagrad(let optimizer): optimizer
    case .lars(let optimizer): optimizer
    case .lamb(let optimizer): optimizer
    }
  }

  /// The optimizer's step size.
  public var learningRate: Double {
    get { optimizer.learningRate }
    set {
      func changed<O: Optimizer>(_ optimizer: O) -> O {
        var optimizer = optimizer
        optimizer.learningRate = newValue
        return optimizer
      }
      switch self {
      case .sgd(let optimizer): self = .sgd(changed(optimizer))
      case .adam(let optimizer): self = .adam(changed(optimizer))
      case .adamW(let optimizer): self = .adamW(changed(optimizer))
      case .rmsProp(let optimizer): self = .rmsProp(changed(optimizer))
      case .adagrad(let optimizer): self = .adagrad(changed(optimizer))
      case .lars(let optimizer): self = .lars(changed(optimizer))
      case .lamb(let optimizer): self = .lamb(changed(optimizer))
      }
    }
  }

  public var description: String { optimizer.description }
}

extension OptimizerSettings: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind
  }

  /// Reads the kind and the settings of that optimizer.
  ///
  /// - Throws: ``OptimizerError`` for settings that make no sense, or what the decoder throws.
  public init(from decoder: any Decoder) throws {
    switch try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .kind) {
    case .sgd: self = .sgd(try SGD(from: decoder))
    case .adam: self = .adam(try Adam(from: decoder))
    case .adamW: self = .adamW(try AdamW(from: decoder))
    case .rmsProp: self = .rmsProp(try RMSProp(from: decoder))
    case .adagrad: self = .adagrad(try Adagrad(from: decoder))
    case .lars: self = .lars(try LARS(from: decoder))
    case .lamb: self = .lamb(try LAMB(from: decoder))
    }
  }

  /// Writes the kind beside the optimizer's own settings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    switch self {
    case .sgd(let optimizer): try optimizer.encode(to: encoder)
    case .adam(let optimizer): try optimizer.encode(to: encoder)
    case .adamW(let optimizer): try optimizer.encode(to: encoder)
    case .rmsProp(let optimizer): try optimizer.encode(to: encoder)
    case .adagrad(let optimizer): try optimizer.encode(to: encoder)
    case .lars(let optimizer): try optimizer.encode(to: encoder)
    case .lamb(let optimizer): try optimizer.encode(to: encoder)
    }
  }
}

extension KeyedDecodingContainer {
  /// The value under a key, or another where there is none.
  func value<T: Decodable>(_ key: Key, or other: T) throws -> T { try decodeIfPresent(T.self, forKey: key) ?? other }
}
