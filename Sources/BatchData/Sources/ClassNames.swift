/// The names of the classes of the picture sets, whose files hold only numbers.
enum ClassNames {
  static let fashion = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
  ]
  static let digits = (0...9).map { String($0) }

  /// The first training labels of Fashion-MNIST, by which it is told from MNIST whatever its folder is called.
  private static let fashionBeginning: [UInt8] = [9, 0, 0, 3, 0, 2, 7, 2, 5, 5, 0, 9, 5, 5, 7, 9]

  static func areFashion(_ trainingLabels: [UInt8]) -> Bool { trainingLabels.starts(with: fashionBeginning) }
}
