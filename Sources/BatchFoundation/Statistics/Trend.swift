/// Kendall's rank correlation between the values and their order, from −1 to 1.
package func kendallTau(_ values: [Double]) -> Double {
  var balance = 0
  for i in values.indices.dropFirst() {
    for j in 0..<i { balance += values[i] > values[j] ? 1 : values[i] < values[j] ? -1 : 0 }
  }
  return Double(balance) / Double(values.count * (values.count - 1) / 2)
}

/// Takes the line of Theil's slope, the median of the slopes between all pairs, out of the values; their middle stays.
package func removeTrend(from values: inout [Double]) {
  var slopes: [Double] = []
  for i in values.indices.dropFirst() {
    for j in 0..<i { slopes.append((values[i] - values[j]) / Double(i - j)) }
  }
  let slope = medianValue(slopes)
  let middle = Double(values.count - 1) / 2
  for i in values.indices { values[i] -= slope * (Double(i) - middle) }
}
