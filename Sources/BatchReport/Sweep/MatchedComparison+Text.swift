import BatchScience

extension MatchedComparison {
  /// `10 epochs`, `540 updates`, `15.1 s of training`.
  var amountText: String {
    switch budget {
    case .epochs:
      amount == amount.rounded()
        ? NumberFormat.count(Int(amount), "epoch") : "\(NumberFormat.significant(amount, digits: 3)) epochs"
    case .updates: NumberFormat.count(Int(amount), "update")
    case .seconds: "\(NumberFormat.duration(amount)) of training"
    }
  }
}
