// swift-tools-version: 6.3
import PackageDescription

// The side of the benchmarks that runs this engine: a package of its own, built against the public interface alone.
let package = Package(
  name: "batchwise-bench-worker",
  dependencies: [.package(name: "batchwise", path: "../../..")],
  targets: [
    .executableTarget(name: "BenchWorker", dependencies: [.product(name: "Batchwise", package: "batchwise")])
  ]
)
