extension GEMMPlan: CustomStringConvertible {
  public var description: String {
    "\(pass.rawValue) \(batch)×\(inputs)×\(outputs): \(method)"
  }

  /// The kernel, what it works on, and the cut.
  public var method: String { "\(kernelText) on \(layoutText), \(cutText)" }

  private var kernelText: String {
    switch kernel {
    case .openBLAS: "OpenBLAS"
    case .openBLASPanels: "OpenBLAS a panel"
    default: "\(kernel.rawValue) kernel"
    }
  }

  private var layoutText: String {
    switch layout {
    case .plain: "the plain matrix"
    case .panels(let width): "panels of \(width) columns"
    case .transposed: "the transposed weight"
    }
  }

  private var cutText: String {
    if contractionParts > 1 { return "contraction cut in \(contractionParts)" }
    return switch (rowParts, columnParts) {
    case (1, 1): "on one thread"
    case (let parts, 1): "rows cut in \(parts)"
    case (1, let parts): "columns cut in \(parts)"
    default: "cut in \(rowParts) × \(columnParts) blocks"
    }
  }

  /// Why the plan is what it is.
  public var reason: String {
    isShared ? kernelReason : kernelReason + "; too little work to share"
  }

  private var isShared: Bool { parts > 1 || isWorthSharing }

  private var kernelReason: String {
    if kernel.isOpenBLAS {
      if engine == .openBLAS || layout == .plain { return "OpenBLAS alone was asked for" }
      return !openBLASBatches.contains(batch)
        ? "OpenBLAS multiplies so small a panel without copying it, as fast as the own kernel"
        : "at batches \(openBLASBatches) OpenBLAS is as fast as the own kernel, or faster"
    }
    switch (layout, pass) {
    case (.plain, _): return "a plain matrix is OpenBLAS's"
    case (.panels, .forward), (.panels, .backwardWeights): return "each thread streams its own panels"
    case (.panels, .backwardData) where contractionParts > 1:
      return "up to \(threshold) rows it costs less to add up parts than to fetch panels that "
        + "another thread updates"
    case (.panels, .backwardData):
      return kernel == .ntDot
        ? "a row of a panel is contiguous along the contraction, so no transposed copy is needed"
        : "from \(threshold) rows on they fill vectors, and no sums across vectors are needed"
    case (.transposed, .forward): return "\(outputs) outputs would leave most of a panel empty"
    case (.transposed, .backwardData), (.transposed, .backwardWeights):
      return "the transposed weight's rows are contiguous along the inputs"
    }
  }
}
