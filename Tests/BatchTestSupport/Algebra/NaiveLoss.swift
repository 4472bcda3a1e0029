import Glibc

/// A loss summed over the examples, with its gradient with respect to what the network put out, row after row.
public struct NaiveLoss {
  /// The sum of the examples' losses.
  public var total: Double
  /// The gradient of the sum.
  public var gradient: [Double]

  /// −log softmax(z)[label] of each row of logits, rows × `classes`; by the log-sum-exp with the peak taken out.
  public static func softmaxCrossEntropy(_ logits: [Double], classes: Int, labels: [Int]) -> NaiveLoss {
    var loss = NaiveLoss(total: 0, gradient: [])
    for (i, label) in labels.enumerated() {
      let z = Array(logits[i * classes..<(i + 1) * classes])
      let p = softmax(z)
      let peak = z.max() ?? 0
      loss.total += peak + log(z.reduce(0) { $0 + exp($1 - peak) }) - z[label]
      for j in 0..<classes { loss.gradient.append(p[j] - (j == label ? 1 : 0)) }
    }
    return loss
  }

  /// log(1 + eᶻ) − z·t of each logit.
  public static func binaryCrossEntropy(_ logits: [Double], targets: [Double]) -> NaiveLoss {
    var loss = NaiveLoss(total: 0, gradient: [])
    for (z, t) in zip(logits, targets) {
      let softplus = z > 30 ? z + exp(-z) : log1p(exp(z))
      loss.total += softplus - z * t
      loss.gradient.append(1 / (1 + exp(-z)) - t)
    }
    return loss
  }

  /// The squared error of each row, averaged over its `columns` columns.
  public static func squaredError(_ outputs: [Double], targets: [Double], columns: Int) -> NaiveLoss {
    var loss = NaiveLoss(total: 0, gradient: [])
    for (y, t) in zip(outputs, targets) {
      loss.total += (y - t) * (y - t) / Double(columns)
      loss.gradient.append(2 * (y - t) / Double(columns))
    }
    return loss
  }

  /// eᶻ/Σeᶻ of one row.
  public static func softmax(_ z: [Double]) -> [Double] {
    let peak = z.max() ?? 0
    let terms = z.map { exp($0 - peak) }
    let sum = terms.reduce(0, +)
    return terms.map { $0 / sum }
  }
}
