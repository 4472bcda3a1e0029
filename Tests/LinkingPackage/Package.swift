// swift-tools-version: 6.3
import PackageDescription

// A package that links one library by the URL of a tagged commit, for scripts/check-package, which sets the variables.
let package = Package(
  name: "linking",
  dependencies: [
    .package(
      url: Context.environment["BATCHWISE_URL"] ?? "",
      exact: Version(Context.environment["BATCHWISE_VERSION"] ?? "") ?? "0.0.0",
      traits: [])
  ],
  targets: [
    .executableTarget(name: "Contracts", dependencies: [.product(name: "BatchAlgebra", package: "batchwise")])
  ]
)
