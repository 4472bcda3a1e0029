import BatchAlgebra
import BatchTestSupport
import BatchTraining
import Testing

/// A hundred updates by every optimizer and its variants, against PyTorch's and the papers' in double precision.
@Suite struct OptimizerParityTests {
  @Test(arguments: OptimizerReference.names, GEMMEngine.allCases)
  func goesWhereTheReferenceGoes(_ variant: String, _ engine: GEMMEngine) throws {
    let reference = try Fixture.load("optimizers_\(variant)", as: OptimizerReference.self)
    try check(reference, engine, Double.self)
    try check(reference, engine, Float.self)
  }

  private func check<S: Scalar>(_ reference: OptimizerReference, _ engine: GEMMEngine, _: S.Type) throws {
    let differences = try reference.differences(engine, as: S.self)
    #expect(differences.map(\.updates) == [1, 10, 100])
    for (updates, difference) in differences {
      #expect(
        difference <= OptimizerReference.tolerance[S.self], "\(reference.optimizer) in \(S.self), \(updates)")
    }
  }
}
