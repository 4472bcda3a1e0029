import BatchAlgebra
import BatchFoundation

/// How the elements of a parameter are drawn before training.
public enum Initialisation: String, Sendable, Hashable, CaseIterable, Codable {
  /// All zero.
  case zeros
  /// Normal with variance 2 / fan-in (He et al. 2015, eq. 10).
  case heNormal = "he-normal"
  /// Uniform with variance 2 / fan-in (He et al. 2015).
  case heUniform = "he-uniform"
  /// Normal with variance 2 / (fan-in + fan-out) (Glorot & Bengio 2010, eq. 12).
  case glorotNormal = "glorot-normal"
  /// Uniform with variance 2 / (fan-in + fan-out) (Glorot & Bengio 2010, eq. 16).
  case glorotUniform = "glorot-uniform"

  /// The elements of a parameter; drawn in double precision, so that `Float` and `Double` networks start alike.
  func draw<S: Scalar>(_ count: Int, fanIn: Int, fanOut: Int, from stream: RandomStream) -> [S] {
    var stream = stream
    let he = (2 / Double(max(fanIn, 1))).squareRoot()
    let glorot = (2 / Double(max(fanIn + fanOut, 1))).squareRoot()
    return (0..<count).map { _ in
      // A uniform variable on ±√3·σ has the deviation σ.
      switch self {
      case .zeros: 0
      case .heNormal: S(he * stream.normal())
      case .heUniform: S(he * 3.0.squareRoot() * (2 * stream.uniform() - 1))
      case .glorotNormal: S(glorot * stream.normal())
      case .glorotUniform: S(glorot * 3.0.squareRoot() * (2 * stream.uniform() - 1))
      }
    }
  }
}
