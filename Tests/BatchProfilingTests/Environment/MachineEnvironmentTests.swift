import BatchAlgebra
import BatchProfiling
import Testing

@Suite struct MachineEnvironmentTests {
  @Test func readsThisMachine() {
    let environment = MachineEnvironment.current()
    #expect(environment.processors == ThreadTeam.availableProcessors)
    #expect(environment.memory > 100_000_000)
    #expect(!environment.processor.isEmpty && !environment.blasCore.isEmpty)
    #expect(environment.system.hasPrefix("Linux "))
    #expect(environment.date.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
  }

  @Test func findsTheLoadedBLAS() {
    #expect(LoadedLibraries.paths().contains { $0.contains("openblas") })
  }
}
