import BatchAlgebra

/// A size that may be off a multiple, and what is compared.
public enum AlignedDimension: String, Sendable, Hashable, Codable, CaseIterable {
  /// The number of examples.
  case batch
  /// The number of the layer's inputs.
  case inputs
  /// The number of the layer's outputs.
  case outputs
}

/// The products of a study of alignment: every size between two multiples, and the multiples.
///
/// For each batch size of the plan, rounded up to a multiple, all sizes from there down to the multiple before; and the
/// same for both widths of each layer, at the first and the last of these batch sizes.
struct AlignmentPairs {
  let alignment: Int
  let plan: GEMMProfilePlan

  /// The multiples to which the plan's batch sizes are rounded up, ascending.
  var multiples: [Int] { Set(plan.batchSizes.map(roundedUp)).sorted() }

  func roundedUp(_ size: Int) -> Int { (size + alignment - 1) / alignment * alignment }

  /// The sizes from the multiple before up to a multiple.
  private func residues(below multiple: Int) -> [Int] { Array(max(1, multiple - alignment)...multiple) }

  /// A layer with one of its widths off the multiple.
  private func variants(_ layer: LayerShape, _ dimension: AlignedDimension) -> [LayerShape] {
    switch dimension {
    case .batch: [layer]
    case .inputs:
      residues(below: roundedUp(layer.inputs)).map { LayerShape(inputs: $0, outputs: layer.outputs) }
    case .outputs:
      residues(below: roundedUp(layer.outputs)).map { LayerShape(inputs: layer.inputs, outputs: $0) }
    }
  }

  /// All layers, each once.
  var layers: [LayerShape] {
    var seen: Set<LayerShape> = []
    return plan.layers.flatMap { layer in AlignedDimension.allCases.flatMap { variants(layer, $0) } }.filter {
      seen.insert($0).inserted
    }
  }

  /// The products of one dimension.
  private func products(_ layer: LayerShape, _ pass: GEMMPlan.Pass, _ dimension: AlignedDimension) -> [GEMMPointKey] {
    let batches =
      dimension == .batch ? multiples.flatMap(residues) : [multiples.first, multiples.last].compactMap { $0 }
    return variants(layer, dimension).flatMap { variant in
      Set(batches).sorted().flatMap { plan.products(variant, pass, batch: $0) }
    }
  }

  /// All products, each once.
  var products: [GEMMPointKey] {
    var seen: Set<GEMMPointKey> = []
    return plan.layers.flatMap { layer in
      plan.passes.flatMap { pass in AlignedDimension.allCases.flatMap { products(layer, pass, $0) } }
    }.filter { seen.insert($0).inserted }
  }
}
