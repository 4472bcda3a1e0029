public import BatchAlgebra

extension Dataset {
  /// Copies the chosen examples and their class numbers; allocates nothing.
  ///
  /// Indices are row numbers of this data set; features are [indices, features], and there is a label for each index.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func gather<S: Scalar>(
    _ indices: UnsafeBufferPointer<Int32>, into features: MutableMatrixView<S>, labels: UnsafeMutablePointer<Int32>,
    team: ThreadTeam
  ) {
    guard case .classes(let all, _) = targets else { preconditionFailure("the targets of \(name) are no classes") }
    gather(indices, self.features, into: features, team: team)
    all.withUnsafeBufferPointer { all in
      for (i, index) in indices.enumerated() { labels[i] = all[Int(index)] }
    }
  }

  /// Copies the chosen examples and their target values; allocates nothing.
  ///
  /// Indices are row numbers of this data set; features are [indices, features] and values [indices, values].
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func gather<S: Scalar>(
    _ indices: UnsafeBufferPointer<Int32>, into features: MutableMatrixView<S>, values: MutableMatrixView<S>,
    team: ThreadTeam
  ) {
    guard case .values(let all) = targets else { preconditionFailure("the targets of \(name) are no values") }
    gather(indices, self.features, into: features, team: team)
    gather(indices, all, into: values, team: team)
  }

  private func gather<S: Scalar>(
    _ indices: UnsafeBufferPointer<Int32>, _ source: Matrix<Float>, into target: MutableMatrixView<S>, team: ThreadTeam
  ) {
    precondition(
      target.rows == indices.count && target.columns == source.columns,
      "\(indices.count) rows of \(source.columns) do not fit into \(target.rows)×\(target.columns)")
    source.withView { view in
      let task = GatherTask(indices: indices, source: view, target: target)
      // Copying 64 KiB takes about 5 µs.
      if indices.count * source.columns >= 16_384 { team.run(task) } else { task.run(thread: 0, of: 1) }
    }
  }
}

/// Each thread copies its share of the rows.
private struct GatherTask<S: Scalar>: TeamTask {
  let indices: UnsafeBufferPointer<Int32>
  let source: MatrixView<Float>
  let target: MutableMatrixView<S>

  func run(thread: Int, of threads: Int) {
    for i in workShare(of: indices.count, thread: thread, threads: threads) {
      copy(source.row(Int(indices[i])), to: target.row(i), count: source.columns)
    }
  }

  private func copy(_ from: UnsafePointer<Float>, to: UnsafeMutablePointer<S>, count: Int) {
    if S.self == Float.self {
      UnsafeMutableRawPointer(to).copyMemory(from: from, byteCount: count * MemoryLayout<Float>.size)
    } else {
      for j in 0..<count { to[j] = S(from[j]) }
    }
  }
}
