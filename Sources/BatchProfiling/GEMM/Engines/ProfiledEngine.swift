public import BatchAlgebra

/// A way of computing the products of dense layers that the profiler can time.
public struct ProfiledEngine: Sendable, Hashable, Codable, CustomStringConvertible {
  /// What computes.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// What training uses: OpenBLAS or the package's kernels, as the context's thresholds choose.
    case auto
    /// The package's kernels alone.
    case kernels
    /// The package's kernel of dot products for the gradient of the input, whatever the batch.
    case ntDot = "nt-dot"
    /// The package's kernel that packs, for the gradient of the input, whatever the batch.
    case ntPacked = "nt-packed"
    /// Plain calls of OpenBLAS, cut among the package's threads: what training uses with that engine alone.
    case openBLAS = "openblas"
    /// OpenBLAS called once for each panel of a weight in panels, on the package's threads.
    case openBLASPanels = "openblas-panels"
    /// Plain calls of OpenBLAS on threads of its own.
    case openBLASThreads = "openblas-threads"
    /// Plain calls of a CBLAS from a file, on threads of its own.
    case library
  }

  /// What computes.
  public var kind: Kind
  /// The library's file; nil for other kinds.
  public var path: String?
  /// What the names of the library's functions begin with.
  public var symbolPrefix: String
  /// The name in tables: of a library its file's, with folders before it where others of a plan have the same.
  public var name: String

  /// An engine of the package, or OpenBLAS.
  public init(_ kind: Kind) {
    self.init(kind, path: nil, symbolPrefix: "", name: kind.rawValue)
  }

  /// A CBLAS from a file, whose functions may begin with a prefix of their own.
  public init(library path: String, symbolPrefix: String = "") {
    self.init(.library, path: path, symbolPrefix: symbolPrefix, name: Self.ending(of: path, folders: 0))
  }

  /// CBLAS libraries from files, each with as much of its path for a name as tells it from the others.
  public static func libraries(_ paths: [String], symbolPrefix: String = "") -> [ProfiledEngine] {
    func distinct(_ folders: Int) -> Bool { Set(paths.map { ending(of: $0, folders: folders) }).count == paths.count }
    let deepest = paths.map { $0.count { $0 == "/" } }.max() ?? 0
    let folders = (0...deepest).first(where: distinct) ?? deepest
    return paths.map {
      ProfiledEngine(
        .library, path: $0, symbolPrefix: symbolPrefix, name: ending(of: $0, folders: folders))
    }
  }

  /// Engines with names that differ: the second of the same name is `kernels-2`.
  ///
  /// The same engine twice shows what differences the noise of a machine makes.
  public static func numbered(_ engines: [ProfiledEngine]) -> [ProfiledEngine] {
    var counts: [String: Int] = [:]
    return engines.map { engine in
      let count = counts[engine.name, default: 0] + 1
      counts[engine.name] = count
      return count == 1
        ? engine
        : ProfiledEngine(
          engine.kind, path: engine.path, symbolPrefix: engine.symbolPrefix, name: "\(engine.name)-\(count)")
    }
  }

  private static func ending(of path: String, folders: Int) -> String {
    path.split(separator: "/").suffix(folders + 1).joined(separator: "/")
  }

  private init(_ kind: Kind, path: String?, symbolPrefix: String, name: String) {
    self.kind = kind
    self.path = path
    self.symbolPrefix = symbolPrefix
    self.name = name
  }

  /// The name.
  public var description: String { name }

  /// Whether it can compute a product at all.
  public func computes(_ pass: GEMMPlan.Pass) -> Bool {
    kind == .ntDot || kind == .ntPacked ? pass == .backwardData : true
  }

  /// Whether its threads are not the package's.
  public var hasOwnThreads: Bool { kind == .openBLASThreads || kind == .library }

  /// The layout in which it wants the weight of a layer, in a context.
  public func layout<S: Scalar>(
    inputs: Int, outputs: Int, of scalar: S.Type, in context: ComputeContext
  ) -> WeightLayout {
    switch kind {
    case .auto, .kernels: .best(inputs: inputs, outputs: outputs, of: S.self, in: self.context(context))
    case .ntDot, .ntPacked, .openBLASPanels: .panels(width: S.panelWidth(context.instructionSet))
    case .openBLAS, .openBLASThreads, .library: .plain
    }
  }

  /// The context with what the engine forces.
  public func context(_ context: ComputeContext) -> ComputeContext {
    var forced = context
    switch kind {
    case .auto: forced.engine = .auto
    case .kernels: forced.engine = .kernels
    case .ntDot: (forced.engine, forced.thresholds.ntPackedBatch) = (.kernels, .max)
    case .ntPacked:
      (forced.engine, forced.thresholds.ntPackedBatch, forced.thresholds.contractionCutBatch) = (.kernels, 1, 0)
    case .openBLAS, .openBLASPanels: forced.engine = .openBLAS
    case .openBLASThreads, .library: break
    }
    return forced
  }
}
