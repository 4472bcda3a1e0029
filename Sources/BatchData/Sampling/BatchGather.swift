public import BatchAlgebra
import Glibc

extension Dataset {
  /// Copies the chosen examples and their labels into memory of the caller; allocates nothing.
  ///
  /// - Parameters:
  ///   - indices: The examples, one a row of the batch.
  ///   - features: Where the inputs go, at least [indices][features]; further rows are left alone.
  ///   - labels: Where the labels go, at least one an index.
  ///   - team: The threads that share a large copy.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func gather<S: Scalar>(
    _ indices: UnsafeBufferPointer<Int32>, into features: MutableMatrixView<S>,
    labels: UnsafeMutablePointer<Int32>, team: ThreadTeam
  ) {
    guard case .classes(let all, _) = targets else {
      preconditionFailure("\(name) has values to predict, not classes: gather into values")
    }
    gatherRows(indices, of: self.features, into: features, team: team)
    all.withUnsafeBufferPointer { all in
      for i in 0..<indices.count { labels[i] = all[Int(indices[i])] }
    }
  }

  /// Copies the chosen examples and the values to predict into memory of the caller; allocates nothing.
  ///
  /// - Parameters:
  ///   - indices: The examples, one a row of the batch.
  ///   - features: Where the inputs go, at least [indices][features]; further rows are left alone.
  ///   - values: Where the values go, at least [indices][values].
  ///   - team: The threads that share a large copy.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func gather<S: Scalar>(
    _ indices: UnsafeBufferPointer<Int32>, into features: MutableMatrixView<S>, values: MutableMatrixView<S>,
    team: ThreadTeam
  ) {
    guard case .values(let all) = targets else {
      preconditionFailure("\(name) has classes to predict, not values: gather into labels")
    }
    gatherRows(indices, of: self.features, into: features, team: team)
    gatherRows(indices, of: all, into: values, team: team)
  }
}

// Below this a copy is done before helpers that have gone to sleep are awake.
private let teamThreshold = 128 * 1024

@specialized(where S == Float)
@specialized(where S == Double)
private func gatherRows<S: Scalar>(
  _ indices: UnsafeBufferPointer<Int32>, of matrix: Matrix<Float>, into target: MutableMatrixView<S>, team: ThreadTeam
) {
  precondition(
    target.rows >= indices.count && target.columns == matrix.columns,
    "\(indices.count) × \(matrix.columns) numbers do not go into \(target.rows) × \(target.columns)")
  for index in indices {
    precondition(index >= 0 && index < matrix.rows, "example \(index) lies outside 0 ..< \(matrix.rows)")
  }
  // The matrix is the data set's own, which lives through the call.
  let task = RowGather(indices: indices, source: matrix.view, target: target)
  let bytes = indices.count * matrix.columns * MemoryLayout<S>.stride
  if team.threads > 1, bytes >= teamThreshold {
    team.run(task)
  } else {
    task.run(thread: 0, of: 1)
  }
}

/// Row `indices[i]` of the source becomes row i of the target.
private struct RowGather<S: Scalar>: TeamTask {
  let indices: UnsafeBufferPointer<Int32>
  let source: MatrixView<Float>
  let target: MutableMatrixView<S>

  @specialized(where S == Float)
  @specialized(where S == Double)
  func run(thread: Int, of threads: Int) {
    let columns = source.columns
    for i in workShare(of: indices.count, thread: thread, threads: threads) {
      let from = source.row(Int(indices[i]))
      let to = target.row(i)
      if S.self == Float.self {
        memcpy(to, from, columns * MemoryLayout<Float>.stride)
      } else {
        for j in 0..<columns { to[j] = S(from[j]) }
      }
    }
  }
}
