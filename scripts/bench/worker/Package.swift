// swift-tools-version: 6.3
import PackageDescription

// The side of the benchmarks that runs this engine: a package of its own, built against the public interface alone.
let package = Package(
  name: "batchwise-bench-worker",
  dependencies: [.package(name: "batchwise", path: "../../..")],
  targets: [
    // The libraries themselves, not the umbrella: SwiftPM builds a target anew when a module that it names has changed,
    // and what Batchwise re-exports it does not see. An old worker on new libraries would measure neither.
    .executableTarget(
      name: "BenchWorker",
      dependencies: [
        "BatchFoundation", "BatchAlgebra", "BatchData", "BatchTraining", "BatchProfiling", "BatchScience",
      ].map {
        .product(name: $0, package: "batchwise")
      })
  ]
)
