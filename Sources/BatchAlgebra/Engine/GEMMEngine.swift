/// What computes the products of dense layers.
public enum GEMMEngine: String, Sendable, Hashable, CaseIterable, Codable {
  /// Whichever is the fastest for a layer, a pass and a batch, by the thresholds of the compute context.
  case auto
  /// OpenBLAS alone, on weights as plain matrices.
  case openBLAS = "openblas"
  /// The package's own kernels alone, on weights in panels.
  case kernels
}
