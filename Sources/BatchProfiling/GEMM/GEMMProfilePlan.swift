public import BatchAlgebra

/// What a profile of products times: everything that its result depends on but the machine.
public struct GEMMProfilePlan: Sendable, Hashable, Codable {
  /// Where the weights are when a product begins.
  public enum Weights: String, Sendable, Hashable, Codable, CaseIterable {
    /// Where the same product left them: the same weight is used again and again.
    case warm
    /// In memory: so many weights take turns that none is left in a cache.
    case cold
  }

  /// The layers.
  public var layers: [LayerShape]
  /// The products of each layer.
  public var passes: [GEMMPlan.Pass]
  /// The batch sizes, ascending.
  public var batchSizes: [Int]
  /// The engines, side by side; the others are compared with the first.
  public var engines: [ProfiledEngine]
  /// The numbers of threads.
  public var threads: [Int]
  /// The numbers computed with: float or double.
  public var precision: FMAPeak.Precision
  /// Where the weights are.
  public var weights: Weights
  /// Compares every size with the next multiple of this one, instead of going through all batch sizes; nil for a plain
  /// profile.
  public var alignment: Int?
  /// Whether batch sizes are added where the throughput falls, until the place is known.
  public var refines: Bool
  /// How long and how often.
  public var timing: TimingSettings

  /// A plan with all of its parts.
  public init(
    layers: [LayerShape], passes: [GEMMPlan.Pass] = GEMMPlan.Pass.allCases, batchSizes: [Int],
    engines: [ProfiledEngine] = [ProfiledEngine(.auto), ProfiledEngine(.openBLAS)], threads: [Int],
    precision: FMAPeak.Precision = .float, weights: Weights = .warm, alignment: Int? = nil, refines: Bool = false,
    timing: TimingSettings = TimingSettings()
  ) {
    self.layers = layers
    self.passes = passes
    self.batchSizes = batchSizes
    self.engines = engines
    self.threads = threads
    self.precision = precision
    self.weights = weights
    self.alignment = alignment
    self.refines = refines
    self.timing = timing
  }

  /// The batch sizes that show most: powers of two and one more and one less up to 1024, and up to 64 multiples of 8
  /// and one more and one less.
  public static var standardBatchSizes: [Int] {
    // Statements, not one expression, over which the compiler would sit for five seconds.
    var sizes: Set<Int> = []
    func add(around size: Int) { sizes.formUnion(max(size - 1, 1)...size + 1) }
    for exponent in 0...10 { add(around: 1 << exponent) }
    for multiple in 1...8 { add(around: 8 * multiple) }
    return sizes.sorted()
  }

  /// The products, in the order of layers, passes, batch sizes, threads and engines.
  public var products: [GEMMPointKey] {
    if let alignment { return AlignmentPairs(alignment: alignment, plan: self).products }
    var keys: [GEMMPointKey] = []
    for layer in layers {
      for pass in passes { for batch in batchSizes { keys += products(layer, pass, batch: batch) } }
    }
    return keys
  }

  /// The layers and those that differ from them in a width, for a study of alignment.
  public var allLayers: [LayerShape] {
    guard let alignment else { return layers }
    return AlignmentPairs(alignment: alignment, plan: self).layers
  }

  /// The largest batch size of all products.
  public var largestBatch: Int { products.map(\.batch).max() ?? 1 }

  func products(_ layer: LayerShape, _ pass: GEMMPlan.Pass, batch: Int) -> [GEMMPointKey] {
    threads.flatMap { count in
      engines.filter { $0.computes(pass) }.map {
        GEMMPointKey(layer: layer, pass: pass, batch: batch, threads: count, engine: $0.description)
      }
    }
  }
}

/// Which product is timed.
public struct GEMMPointKey: Sendable, Hashable, Codable {
  /// The layer.
  public var layer: LayerShape
  /// The product.
  public var pass: GEMMPlan.Pass
  /// The batch size.
  public var batch: Int
  /// The number of threads.
  public var threads: Int
  /// The name of the engine.
  public var engine: String

  /// A key with all of its parts.
  public init(layer: LayerShape, pass: GEMMPlan.Pass, batch: Int, threads: Int, engine: String) {
    self.layer = layer
    self.pass = pass
    self.batch = batch
    self.threads = threads
    self.engine = engine
  }

  /// The floating-point operations of the product: 2MNK.
  public var operations: Double { 2 * Double(batch) * Double(layer.inputs) * Double(layer.outputs) }

  /// The same product at another batch size or by another engine.
  func with(batch: Int? = nil, engine: String? = nil) -> GEMMPointKey {
    GEMMPointKey(
      layer: layer, pass: pass, batch: batch ?? self.batch, threads: threads, engine: engine ?? self.engine)
  }
}

extension GEMMPointKey: CustomStringConvertible {
  public var description: String {
    "\(layer) \(pass.rawValue), batch \(batch), \(engine), \(threads) \(threads == 1 ? "thread" : "threads")"
  }
}
