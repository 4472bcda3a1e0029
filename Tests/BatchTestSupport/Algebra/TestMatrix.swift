public import BatchAlgebra
import BatchData

/// A matrix inside a larger block of memory: rows are apart, and what lies between them is watched.
public final class TestMatrix<S: Scalar> {
  private let buffer: AlignedBuffer<S>
  private let rows: Int
  private let columns: Int
  private let stride: Int
  private static var guardValue: S { -12_345 }

  /// A matrix of normal numbers whose rows lie `padding` elements further apart than they are long.
  public init(rows: Int, columns: Int, padding: Int = 0, seed: UInt64) throws {
    self.rows = rows
    self.columns = columns
    stride = columns + padding
    buffer = try AlignedBuffer(count: rows * stride + 1)
    for i in 0..<buffer.count { buffer.baseAddress[i] = Self.guardValue }
    var stream = RandomStream(seed: seed, name: "test matrix")
    for i in 0..<rows {
      for j in 0..<columns { buffer.baseAddress[i * stride + j] = S(stream.normal()) }
    }
  }

  /// The matrix, for reading.
  public var view: MatrixView<S> { mutableView.readOnly }

  /// The matrix, for writing.
  public var mutableView: MutableMatrixView<S> {
    MutableMatrixView(buffer.baseAddress, rows: rows, columns: columns, rowStride: stride)
  }

  /// The elements, row after row, in double precision.
  public var elements: [Double] { (0..<rows).flatMap { i in (0..<columns).map { Double(view[i, $0]) } } }

  /// Whether nothing was written between the rows and behind the last.
  public var isIntactOutside: Bool {
    (0..<buffer.count).allSatisfy { index in
      index < rows * stride && index % max(stride, 1) < columns || buffer.baseAddress[index] == Self.guardValue
    }
  }
}
