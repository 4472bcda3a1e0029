import BatchTraining

extension StepResult {
  /// The moments of the gradients of all parameters; nil where nobody asked for norms.
  var totalMoments: GradientMoments? {
    layerMoments?.reduce(GradientMoments(examples: 0, exampleSquares: 0, meanSquare: 0), +)
  }
}
