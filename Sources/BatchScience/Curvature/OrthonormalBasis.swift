import BatchAlgebra
import BatchTraining

/// Orthonormal vectors, one after another in memory, to which further ones are made orthogonal.
///
/// Classical Gram–Schmidt as two matrix–vector products, and all of it a second time: two passes leave what is
/// orthogonal to working precision (Giraud et al. 2005, *Rounding error analysis of the classical Gram–Schmidt
/// orthogonalization process*).
struct OrthonormalBasis<S: Scalar> {
  /// The number of vectors so far.
  private(set) var count = 0
  /// The most vectors there is memory for.
  let capacity: Int
  private let length: Int
  private let stride: Int
  private let memory: AlignedBuffer<S>
  private let coefficients: AlignedBuffer<S>

  /// Memory for `capacity` vectors of `length` elements.
  init(capacity: Int, length: Int) throws(CurvatureError) {
    self.capacity = capacity
    self.length = length
    // Vectors begin on a cache line.
    stride = (length + 15) / 16 * 16
    let (elements, overflow) = capacity.multipliedReportingOverflow(by: stride)
    memory = try allocated(overflow ? .max : elements)
    coefficients = try allocated(capacity)
  }

  /// A vector.
  func vector(_ index: Int) -> UnsafeBufferPointer<S> {
    UnsafeBufferPointer(start: memory.baseAddress + index * stride, count: length)
  }

  /// Takes out of a vector what lies in the span of the others: w ← (1 − QᵀQ)·w for vectors in the rows of Q.
  func project(_ w: UnsafeMutableBufferPointer<S>) throws(CurvatureError) {
    guard count > 0 else { return }
    let q = MatrixView(UnsafePointer(memory.baseAddress), rows: count, columns: length, rowStride: stride)
    let h = UnsafeMutableBufferPointer(start: coefficients.baseAddress, count: count)
    try shaped { () throws(ShapeError) in
      for _ in 0..<2 {
        try gemv(q, times: UnsafeBufferPointer(w), into: h)
        try gemv(alpha: -1, q, .transposed, times: UnsafeBufferPointer(h), beta: 1, into: w)
      }
    }
  }

  /// Adds a vector that is orthogonal to the others and has the given length, divided by that.
  mutating func append(_ w: UnsafeBufferPointer<S>, norm: Double) {
    precondition(count < capacity && w.count == length, "a basis of \(capacity) vectors of \(length) elements is full")
    let target = UnsafeMutableBufferPointer(start: memory.baseAddress + count * stride, count: length)
    _ = target.update(fromContentsOf: w)
    scale(target, by: S(1 / norm))
    count += 1
  }

  /// Σ cᵢqᵢ.
  func combine(_ c: [Double], into w: UnsafeMutableBufferPointer<S>) throws(CurvatureError) {
    w.update(repeating: 0)
    for (index, factor) in c.enumerated() {
      try shaped { () throws(ShapeError) in try axpy(S(factor), vector(index), into: w) }
    }
  }
}
