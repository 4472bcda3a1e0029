import BatchScience

extension MatchedComparison {
  /// `10 epochs`, `540 updates`, `15.1 s of training`.
  var amountText: String {
    switch budget {
    case .epochs:
      amount == amount.rounded() ? "\(Int(amount)) epochs" : "\(NumberFormat.significant(amount, digits: 3)) epochs"
    case .updates: "\(NumberFormat.grouped(Int(amount))) updates"
    case .seconds: "\(NumberFormat.duration(amount)) of training"
    }
  }
}
