// swift-tools-version: 6.3
import PackageDescription

// An import says whether it shows in the public interface.
let swiftSettings: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("InternalImportsByDefault")]

let package = Package(
  name: "batchwise",
  products: [
    .library(name: "Batchwise", targets: ["Batchwise"]),
    .library(name: "BatchFoundation", targets: ["BatchFoundation"]),
    .library(name: "BatchAlgebra", targets: ["BatchAlgebra"]),
    .library(name: "BatchFormats", targets: ["BatchFormats"]),
    .library(name: "BatchData", targets: ["BatchData"]),
    .library(name: "BatchTraining", targets: ["BatchTraining"]),
    .library(name: "BatchProfiling", targets: ["BatchProfiling"]),
    .library(name: "BatchScience", targets: ["BatchScience"]),
    .library(name: "BatchCharts", targets: ["BatchCharts"]),
    .library(name: "BatchReport", targets: ["BatchReport"]),
    .executable(name: "batchwise", targets: ["BatchwiseCLI"]),
  ],
  traits: [
    .trait(
      name: "Tool",
      description: "The command-line tool, which needs swift-argument-parser. A package that takes the libraries alone "
        + "switches it off with `traits: []`."),
    .default(enabledTraits: ["Tool"]),
  ],
  dependencies: [
    // For the tool alone: the libraries depend on nothing but the system libraries below.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // System libraries. A missing one is reported by SwiftPM with the apt package that brings it.
    .systemLibrary(
      name: "COpenBLAS", path: "CSystemLibs/COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CLAPACKE", path: "CSystemLibs/CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
    .systemLibrary(
      name: "CZlib", path: "CSystemLibs/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // Libraries, in the order in which they may import one another.
    .target(name: "CBatchKernels"),
    .target(name: "BatchFoundation", swiftSettings: swiftSettings),
    .target(
      name: "BatchAlgebra", dependencies: ["CBatchKernels", "COpenBLAS", "CLAPACKE", "BatchFoundation"],
      swiftSettings: swiftSettings),
    .target(
      name: "BatchFormats", dependencies: ["CZlib", "BatchFoundation", "BatchAlgebra"], swiftSettings: swiftSettings),
    .target(
      name: "BatchCharts", dependencies: ["BatchFoundation", "BatchFormats"], swiftSettings: swiftSettings),
    .target(
      name: "BatchData", dependencies: ["BatchFoundation", "BatchAlgebra", "BatchFormats"],
      swiftSettings: swiftSettings),
    .target(
      name: "BatchTraining",
      dependencies: ["CBatchKernels", "BatchFoundation", "BatchAlgebra", "BatchFormats", "BatchData"],
      swiftSettings: swiftSettings),
    .target(
      name: "BatchProfiling",
      dependencies: ["CBatchKernels", "COpenBLAS", "BatchFoundation", "BatchAlgebra"],
      swiftSettings: swiftSettings),
    .target(
      name: "BatchScience",
      dependencies: [
        "BatchFoundation", "BatchAlgebra", "BatchFormats", "BatchData", "BatchTraining", "BatchProfiling",
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "BatchReport",
      dependencies: [
        "BatchFoundation", "BatchAlgebra", "BatchFormats", "BatchData", "BatchTraining", "BatchProfiling",
        "BatchScience", "BatchCharts",
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "Batchwise",
      dependencies: [
        "BatchFoundation", "BatchAlgebra", "BatchFormats", "BatchData", "BatchTraining", "BatchProfiling",
        "BatchScience", "BatchCharts", "BatchReport",
      ],
      swiftSettings: swiftSettings),

    // The tool.
    .executableTarget(
      name: "BatchwiseCLI",
      dependencies: [
        "Batchwise",
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["Tool"])),
      ],
      swiftSettings: swiftSettings),

    // Tests: one target a library, and what they share.
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .target(
      name: "BatchTestSupport", dependencies: ["Batchwise"], path: "Tests/BatchTestSupport",
      swiftSettings: swiftSettings),
    // The Swift half of scripts/check-formats.
    .executableTarget(
      name: "format-samples", dependencies: ["Batchwise", "BatchData"], path: "Tests/FormatSamples",
      swiftSettings: swiftSettings),
    // The Swift half of scripts/parity.
    .executableTarget(
      name: "parity-tables", dependencies: ["BatchAlgebra", "BatchData", "BatchTestSupport"],
      path: "Tests/ParityTables", swiftSettings: swiftSettings),
    // The program behind scripts/fuzz.
    .executableTarget(
      name: "fuzz", dependencies: ["Batchwise", "BatchTestSupport", "CZlib"], path: "Tests/Fuzzing",
      exclude: ["Profiles"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "BatchAlgebraTests", dependencies: ["BatchAlgebra", "BatchTestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "BatchFoundationTests", dependencies: ["BatchFoundation", "BatchTestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "BatchFormatsTests", dependencies: ["BatchFormats", "BatchTestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "BatchDataTests", dependencies: ["BatchData", "BatchTestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "BatchTrainingTests", dependencies: ["BatchTraining", "BatchTestSupport", "CAllocationCounter"],
      resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "BatchProfilingTests", dependencies: ["BatchProfiling", "BatchTestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "BatchScienceTests", dependencies: ["BatchScience", "BatchTestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "BatchChartsTests", dependencies: ["BatchCharts", "BatchTestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "BatchReportTests", dependencies: ["BatchReport", "BatchTestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "BatchwiseCLITests", dependencies: ["BatchwiseCLI", "BatchTestSupport"], swiftSettings: swiftSettings),
  ]
)
