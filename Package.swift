// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors in our targets only; dependencies keep theirs.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "audit",
  targets: [
    .target(name: "AuditCore", swiftSettings: strict)
  ],
  swiftLanguageModes: [.v6]
)
