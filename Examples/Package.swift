// swift-tools-version: 6.3
import PackageDescription

// A package of its own that links Batchwise the way a user's does; the tests build and run it.
let package = Package(
  name: "batchwise-examples",
  dependencies: [.package(name: "batchwise", path: "..")],
  targets: [
    .executableTarget(name: "TrainDots", dependencies: [.product(name: "Batchwise", package: "batchwise")]),
    .executableTarget(name: "TrainWithARule", dependencies: [.product(name: "Batchwise", package: "batchwise")]),
  ]
)
