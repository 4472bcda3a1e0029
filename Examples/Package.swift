// swift-tools-version: 6.3
import PackageDescription

// A package of its own that links Batchwise the way a user's does. The tests take it by the URL of a tagged commit; by
// itself it takes the folder above. Without the trait Tool nothing else is fetched.
let batchwise: Package.Dependency =
  if let url = Context.environment["BATCHWISE_URL"],
    let version = Version(Context.environment["BATCHWISE_VERSION"] ?? "")
  {
    .package(url: url, exact: version, traits: [])
  } else {
    .package(name: "batchwise", path: "..", traits: [])
  }

let package = Package(
  name: "batchwise-examples",
  dependencies: [batchwise],
  targets: [
    .executableTarget(name: "OwnParts", dependencies: [.product(name: "Batchwise", package: "batchwise")]),
    .executableTarget(name: "Recommend", dependencies: [.product(name: "Batchwise", package: "batchwise")]),
    .executableTarget(name: "TrainDots", dependencies: [.product(name: "Batchwise", package: "batchwise")]),
    .executableTarget(name: "TrainWithARule", dependencies: [.product(name: "Batchwise", package: "batchwise")]),
  ]
)
