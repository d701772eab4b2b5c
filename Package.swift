// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors in our targets only; dependencies keep theirs.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// -O3 in debug builds too: tests run over real pictures. No contraction: results are equal on every instruction set.
let kernelSettings: [CSetting] = [.unsafeFlags(["-O3", "-ffp-contract=off"])]

// Modules that compute are optimised in debug builds too: the tests fit models and read real pictures. Checks stay.
let computing: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let grdb: [Target.Dependency] = [
  .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
]

let package = Package(
  name: "audit",
  products: [.executable(name: "audit", targets: ["audit"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.0"),
  ],
  targets: [
    .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
    // Optimised in debug builds too: what a compiler keeps in registers across a setjmp shows only then.
    .target(
      name: "CImageCodecs", cSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [
        .linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("webp"), .linkedLibrary("webpdemux"),
        .linkedLibrary("gif"), .linkedLibrary("tiff"), .linkedLibrary("z"),
      ]),
    .target(name: "CKernels", cSettings: kernelSettings),
    .target(name: "CChild"),
    .target(name: "COnnxRuntime", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),

    .target(name: "AuditCore", swiftSettings: strict),
    .target(name: "AuditDigest", dependencies: ["CCrypto"], swiftSettings: computing),
    .target(name: "AuditImages", dependencies: ["AuditCore", "CImageCodecs", "CKernels"], swiftSettings: computing),
    .target(
      name: "AuditDataset", dependencies: ["AuditCore", "AuditDigest", "AuditImages"], swiftSettings: computing),
    .target(name: "AuditWorker", dependencies: ["AuditCore", "AuditDigest", "CChild"], swiftSettings: computing),
    .target(name: "AuditMetrics", dependencies: ["AuditCore", "CKernels"], swiftSettings: computing),
    .target(name: "AuditStatistics", dependencies: ["AuditCore", "CKernels"], swiftSettings: computing),
    .target(
      name: "AuditQuality",
      dependencies: ["AuditCore", "AuditDigest", "AuditImages", "AuditStatistics", "CKernels"], swiftSettings: computing
    ),
    .target(
      name: "AuditReference",
      dependencies: [
        "AuditCore", "AuditDataset", "AuditDigest", "AuditImages", "AuditInference", "AuditMetrics", "AuditProbe",
        "AuditStatistics", "CKernels",
      ], swiftSettings: computing),
    .target(
      name: "AuditSchema", path: "schema",
      resources: [
        .embedInCode("v001_initial.sql"), .embedInCode("v002_currency_and_advice.sql"),
        .embedInCode("v003_quality.sql"), .embedInCode("v004_against.sql"),
        .embedInCode("v005_parts.sql"), .embedInCode("v006_facets.sql"), .embedInCode("v007_labels.sql"),
        .embedInCode("v008_excerpt.sql"),
        .embedInCode("views.sql"),
      ], swiftSettings: strict),
    .target(
      name: "AuditStore", dependencies: ["AuditCore", "AuditDigest", "AuditSchema"] + grdb, swiftSettings: strict),
    .target(
      name: "AuditScan",
      dependencies: [
        "AuditCore", "AuditDataset", "AuditDigest", "AuditImages", "AuditInference", "AuditMetrics", "AuditProbe",
        "AuditQuality", "AuditReference", "AuditStatistics", "AuditStore", "AuditWorker",
      ], swiftSettings: strict),
    .target(name: "AuditProbe", dependencies: ["AuditCore", "AuditDigest", "CKernels"], swiftSettings: computing),
    .target(
      name: "AuditInference", dependencies: ["AuditCore", "AuditDigest", "AuditWorker", "COnnxRuntime"],
      swiftSettings: strict),
    .target(
      name: "AuditReport",
      dependencies: [
        "AuditCore", "AuditDataset", "AuditDigest", "AuditImages", "AuditMetrics", "AuditProbe", "AuditQuality",
        "AuditReference", "AuditStore",
      ],
      resources: [.embedInCode("Page/report.css")]
        + [
          "core", "state", "rows", "decisions", "cut", "viewer", "galleries", "table", "filter", "map", "keys", "begin",
        ].map { .embedInCode("Page/Script/\($0).js") }, swiftSettings: strict),
    .target(
      name: "AuditExport", dependencies: ["AuditCore", "AuditDataset", "AuditDigest", "AuditQuality", "AuditStore"],
      swiftSettings: strict),
    .target(
      name: "AuditServe",
      dependencies: [
        "AuditCore", "AuditDataset", "AuditDigest", "AuditExport", "AuditImages", "AuditQuality", "AuditReference",
        "AuditReport", "AuditScan", "AuditStore", .product(name: "FlyingSocks", package: "FlyingFox"),
      ],
      resources: [.embedInCode("App")], swiftSettings: computing),
    .target(name: "AuditDemo", dependencies: ["AuditCore", "AuditImages"], swiftSettings: computing),
    .executableTarget(
      name: "audit",
      dependencies: [
        "AuditCore", "AuditDataset", "AuditDemo", "AuditExport", "AuditInference", "AuditMetrics", "AuditProbe",
        "AuditQuality", "AuditReference", "AuditReport", "AuditScan", "AuditServe", "AuditStore", "AuditWorker",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "audit-bench",
      dependencies: [
        "AuditCore", "AuditDataset", "AuditDemo", "AuditImages", "AuditMetrics", "AuditProbe", "AuditQuality",
        "AuditReference", "AuditScan", "AuditStatistics", "AuditStore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    // Reads files once; `.ci/fuzz` builds it with libFuzzer inside.
    .executableTarget(
      name: "audit-fuzz",
      dependencies: [
        "AuditCore", "AuditDataset", "AuditExport", "AuditImages", "AuditInference", "AuditMetrics", "AuditProbe",
        "AuditReference", "AuditScan", "AuditServe", "AuditStore",
      ], swiftSettings: strict),

    tests(of: "AuditCore", with: []),
    tests(of: "AuditImages", with: ["AuditCore"], hasFixtures: true),
    tests(of: "AuditDataset", with: ["AuditCore", "AuditDemo", "AuditImages"]),
    tests(of: "AuditWorker", with: ["AuditCore", "AuditDigest"]),
    tests(of: "AuditMetrics", with: ["AuditCore", "AuditDigest", "AuditImages", "CKernels"], hasFixtures: true),
    tests(of: "AuditStatistics", with: ["AuditCore", "CKernels"], hasFixtures: true),
    tests(
      of: "AuditQuality",
      with: ["AuditCore", "AuditDemo", "AuditDigest", "AuditImages", "AuditStatistics", "CKernels"], hasFixtures: true),
    tests(of: "AuditReference", with: ["AuditCore", "AuditDigest", "AuditStatistics", "CKernels"]),
    tests(of: "AuditDemo", with: ["AuditCore", "AuditImages"]),
    tests(
      of: "AuditReport",
      with: [
        "AuditCore", "AuditDemo", "AuditDigest", "AuditExport", "AuditImages", "AuditMetrics", "AuditProbe",
        "AuditQuality", "AuditReference", "AuditScan", "AuditStatistics", "AuditStore",
      ]),
    // Also the built server, as a browser asks it.
    tests(of: "AuditServe", with: ["AuditCore", "AuditStore", "audit"], hasFixtures: true),
    tests(of: "AuditExport", with: ["AuditCore", "AuditDigest", "AuditStore"]),
    tests(of: "AuditProbe", with: ["AuditCore", "CKernels"]),
    tests(of: "AuditInference", with: ["AuditCore", "AuditImages", "AuditWorker", "audit"], hasFixtures: true),
    tests(of: "AuditStore", with: ["AuditCore", "AuditDigest", "AuditMetrics", "AuditSchema"] + grdb),
    tests(
      of: "AuditScan",
      with: [
        "AuditCore", "AuditDataset", "AuditDemo", "AuditImages", "AuditInference", "AuditMetrics", "AuditProbe",
        "AuditQuality", "AuditReference", "AuditStatistics", "AuditStore", "AuditWorker",
      ]),
    .testTarget(name: "AuditBenchTests", dependencies: ["audit-bench"], swiftSettings: strict),
    // The built program, as a user runs it.
    .testTarget(
      name: "AuditCLITests",
      dependencies: [
        "audit", "AuditCore", "AuditDemo", "AuditDigest", "AuditExport", "AuditImages", "AuditQuality", "AuditReport",
        "AuditStore",
      ] + grdb,
      resources: [.copy("Fixtures")], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)

/// The tests of one module.
func tests(of module: String, with others: [Target.Dependency], hasFixtures: Bool = false) -> Target {
  .testTarget(
    name: module + "Tests", dependencies: [.byName(name: module)] + others,
    resources: hasFixtures ? [.copy("Fixtures")] : [], swiftSettings: strict)
}
