import BatchAlgebra

/// A shift and a scale that give the training part mean 0 and deviation 1.
public struct Standardisation: Sendable, Hashable {
  /// What shares a shift and a scale.
  public enum Scope: String, Sendable, Hashable, CaseIterable, Codable {
    /// All features: keeps how bright one pixel is beside another. For pictures.
    case global
    /// Each feature by itself. For tables, whose columns have units of their own.
    case perFeature = "per-feature"
    /// Nothing is changed.
    case none
  }

  /// The shift of each feature, or of all.
  let means: [Float]
  /// The divisor of each feature, or of all; 1 for a feature that never varies.
  let deviations: [Float]

  /// The shift and scale that suit the given examples.
  init(fitting features: Matrix<Float>, scope: Scope) {
    let columns = features.columns
    var sums = [Double](repeating: 0, count: columns)
    var squares = [Double](repeating: 0, count: columns)
    features.withView { view in
      // Sums of squares about a point near the mean lose no digits; the first example is such a point.
      for i in 0..<view.rows {
        let row = view.row(i)
        let origin = view.row(0)
        for j in 0..<columns {
          let difference = Double(row[j]) - (scope == .perFeature ? Double(origin[j]) : 0)
          sums[j] += difference
          squares[j] += difference * difference
        }
      }
    }
    let count = Double(max(features.rows, 1))
    switch scope {
    case .none:
      means = [0]
      deviations = [1]
    case .global:
      let total = count * Double(max(columns, 1))
      let mean = sums.reduce(0, +) / total
      means = [Float(mean)]
      deviations = [Self.divisor(squares.reduce(0, +) / total - mean * mean)]
    case .perFeature:
      let first =
        features.rows > 0
        ? features.withView { view in Array(UnsafeBufferPointer(start: view.row(0), count: columns)) } : []
      means = (0..<columns).map { Float(sums[$0] / count + Double(first.isEmpty ? 0 : first[$0])) }
      deviations = (0..<columns).map { Self.divisor(squares[$0] / count - (sums[$0] / count) * (sums[$0] / count)) }
    }
  }

  /// The examples with shifted and scaled features.
  func applied(to dataset: Dataset) throws(DataError) -> Dataset {
    do {
      var result = try Matrix<Float>(rows: dataset.count, columns: dataset.featureCount)
      let shared = means.count == 1
      result.withMutableView { target in
        dataset.features.withView { source in
          for i in 0..<source.rows {
            let (from, to) = (source.row(i), target.row(i))
            for j in 0..<source.columns {
              let k = shared ? 0 : j
              to[j] = (from[j] - means[k]) / deviations[k]
            }
          }
        }
      }
      return dataset.replacingFeatures(result)
    } catch {
      throw .outOfMemory(error.description)
    }
  }

  private static func divisor(_ variance: Double) -> Float {
    let deviation = Float(max(variance, 0).squareRoot())
    return deviation > 1e-12 ? deviation : 1
  }
}
