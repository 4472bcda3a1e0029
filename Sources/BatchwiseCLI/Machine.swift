import Batchwise

/// The checks before the first product.
enum Machine {
  /// Sees to it that the libraries can be used and that the environment asks for what there is.
  static func prepare() throws {
    try BLASLibrary.prepare()
    try InstructionSet.requireUsable()
    try GEMMEngine.requireUsable()
  }
}
