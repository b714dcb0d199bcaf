// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "load-generator",
    products: [.executable(name: "larder-load", targets: ["LoadGenerator"])],
    targets: [
        .systemLibrary(name: "CEpoll"),
        .executableTarget(
            name: "LoadGenerator", dependencies: ["CEpoll"], swiftSettings: strict),
        .testTarget(
            name: "LoadGeneratorTests", dependencies: ["LoadGenerator"], swiftSettings: strict),
    ]
)
