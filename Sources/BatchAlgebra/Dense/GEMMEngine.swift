public import BatchFoundation
import Glibc

/// What computes the products of dense layers.
public enum GEMMEngine: String, Sendable, Hashable, CaseIterable, Codable {
  /// The package's own kernels, on weights in panels.
  case kernels = "kernel"
  /// Plain calls of the BLAS library, on weights as plain matrices; for comparison and trust.
  case openBLAS = "openblas"

  /// The engine in use: the kernels, or what the environment variable `BATCHWISE_GEMM` names.
  public static let active = asked.flatMap(GEMMEngine.init) ?? .kernels

  /// Checks that `BATCHWISE_GEMM`, where it is set, names an engine.
  ///
  /// - Throws: ``GEMMEngineError`` when it does not; the kernels are then in use.
  public static func requireUsable() throws(GEMMEngineError) {
    guard let name = asked, GEMMEngine(rawValue: name) == nil else { return }
    throw GEMMEngineError(name: name)
  }

  private static let asked: String? = {
    guard let text = getenv("BATCHWISE_GEMM"), text.pointee != 0 else { return nil }
    return String(cString: text)
  }()
}

/// An engine that does not exist.
public struct GEMMEngineError: DiagnosticError, Equatable {
  /// What `BATCHWISE_GEMM` says.
  public var name: String

  public var diagnosis: Diagnosis {
    let engines = GEMMEngine.allCases.map(\.rawValue).joined(separator: ", ")
    return Diagnosis(
      .usage, "BATCHWISE_GEMM=\(name) is no engine", hint: "name one of \(engines), or unset the variable")
  }
}
