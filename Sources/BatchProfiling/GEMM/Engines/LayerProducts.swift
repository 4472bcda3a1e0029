public import BatchAlgebra

/// The three products of one dense layer as one engine computes them.
public protocol LayerProducts<S>: AnyObject {
  /// The numbers computed with.
  associatedtype S: Scalar
  /// What is multiplied, and where the results go.
  var operands: LayerOperands<S> { get }
  /// How a product is computed.
  func method(_ pass: GEMMPlan.Pass, batch: Int) -> ProductMethod
  /// Does what must be done once before products are computed one after another.
  func prepare()
  /// Computes a product with one of the weight's copies.
  func run(_ pass: GEMMPlan.Pass, batch: Int, copy: Int)
}

extension LayerProducts {
  public func prepare() {}

  /// Computes a product again and again, with the weight's copies in turn.
  func run(_ pass: GEMMPlan.Pass, batch: Int, calls: Int) {
    let copies = operands.copies
    for call in 0..<calls { run(pass, batch: batch, copy: copies == 1 ? 0 : call % copies) }
  }
}

/// How a product is computed, as far as it is known.
public struct ProductMethod: Sendable, Hashable, Codable {
  /// What people read: the kernel, the path through a library, the cut among threads.
  public var description: String
  /// The number of threads at work; nil where a library decides and does not tell.
  public var threads: Int?
  /// Whether operands are copied into another order at every call; nil where it is not known.
  public var packs: Bool?
  /// The multiply-adds done, padding included, over those asked for; nil where it is not known.
  public var tileWork: Double?
  /// The largest share of the work that a thread has, over an even share; nil where it is not known.
  public var imbalance: Double?

  /// A method with all of its parts.
  public init(
    description: String, threads: Int? = nil, packs: Bool? = nil, tileWork: Double? = nil, imbalance: Double? = nil
  ) {
    self.description = description
    self.threads = threads
    self.packs = packs
    self.tileWork = tileWork
    self.imbalance = imbalance
  }
}
