public import BatchAlgebra

/// A product of a dense layer as one row-major call of GEMM: C [m, n] = op(A) [m, k] · op(B) [k, n].
public struct BLASCall: Sendable, Hashable {
  /// The product.
  public let pass: GEMMPlan.Pass
  /// The number of rows of the result.
  public private(set) var m: Int
  /// The number of columns of the result.
  public private(set) var n: Int
  /// The length of the contraction.
  public let k: Int

  /// The call for a whole product.
  public init(_ pass: GEMMPlan.Pass, batch: Int, inputs: Int, outputs: Int) {
    self.pass = pass
    (m, n, k) =
      switch pass {
      case .forward: (batch, outputs, inputs)
      case .backwardData: (batch, inputs, outputs)
      case .backwardWeights: (inputs, outputs, batch)
      }
  }

  /// The call for a block of the result.
  public func cut(rows: Range<Int>, columns: Range<Int>) -> BLASCall {
    var part = self
    (part.m, part.n) = (rows.count, columns.count)
    return part
  }

  /// How A enters.
  public var transposeA: Transposition { pass == .backwardWeights ? .transposed : .none }
  /// How B enters.
  public var transposeB: Transposition { pass == .backwardData ? .transposed : .none }
  /// The multiply-adds.
  public var work: Double { Double(m) * Double(n) * Double(k) }
}
