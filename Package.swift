// swift-tools-version: 6.3
import PackageDescription

/// One list for every target, tests included: a rule with exceptions is not a rule.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // Spans of our own storage: `@_lifetime` on what returns them.
    .enableExperimentalFeature("Lifetimes"),
]

/// A layer of the architecture (ARCHITECTURE.md). Arrows go down only: `dependencies` is the import
/// table, and the build fails on an import that is not in it.
func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A C library from the system, behind a module map.
func system(_ name: String, pkgConfig: String, package: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

let package = Package(
    name: "larder",
    products: [
        .executable(name: "larder", targets: ["LarderCommand"]),
        .executable(name: "larder-policy-loop", targets: ["LarderPolicyLoop"]),
    ],
    targets: [
        // Pure Swift.
        layer("LarderCore"),
        layer("LarderPolicy", ["LarderCore"]),
        layer("LarderWire", ["LarderCore"]),
        layer("LarderResilience", ["LarderCore"]),
        layer("LarderMemory", ["LarderCore", "LarderPolicy"]),
        layer("LarderHierarchy", ["LarderCore", "LarderResilience"]),
        // With C libraries.
        layer("LarderTrace", ["LarderCore", "CZstd"]),
        layer("LarderSimulator", ["LarderCore", "LarderPolicy", "LarderTrace"]),
        layer("LarderRuntime", ["LarderCore", "CLibevent", "CUring", "CSocket", "COpenSSL"]),
        layer("LarderOrigins", ["LarderCore", "CCurl", "CSQLite", "CZlib"]),
        layer(
            "LarderAssembly",
            ["LarderCore", "LarderMemory", "LarderRuntime", "LarderOrigins", "CYAML"]),
        layer(
            "LarderServer",
            [
                "LarderCore", "LarderPolicy", "LarderMemory", "LarderWire", "LarderRuntime",
                "LarderAssembly", "LarderResilience", "LarderHierarchy", "CPrefetch",
                "CLongDouble",
            ]),
        .executableTarget(
            name: "LarderCommand",
            dependencies: [
                "LarderCore", "LarderPolicy", "LarderMemory", "LarderWire", "LarderRuntime",
                "LarderTrace", "LarderSimulator", "LarderAssembly", "LarderServer",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "larder-hotpath", dependencies: ["LarderCore", "LarderMemory", "LarderWire"],
            path: "Benchmarks/HotPath", swiftSettings: strict),
        .executableTarget(
            name: "larder-flights",
            dependencies: ["LarderCore", "LarderResilience", "LarderHierarchy"],
            path: "Benchmarks/Flights", swiftSettings: strict),
        .executableTarget(
            name: "LarderPolicyLoop", dependencies: ["LarderCore", "LarderPolicy", "LarderTrace"],
            swiftSettings: strict),
        layer("LarderTesting", ["LarderCore"]),
        // C.
        system("CLibevent", pkgConfig: "libevent", package: "libevent-dev"),
        system("CUring", pkgConfig: "liburing", package: "liburing-dev"),
        system("COpenSSL", pkgConfig: "openssl", package: "libssl-dev"),
        system("CYAML", pkgConfig: "yaml-0.1", package: "libyaml-dev"),
        system("CZstd", pkgConfig: "libzstd", package: "libzstd-dev"),
        system("CSQLite", pkgConfig: "sqlite3", package: "libsqlite3-dev"),
        system("CZlib", pkgConfig: "zlib", package: "zlib1g-dev"),
        // Its header needs libcurl4-openssl-dev.
        .target(name: "CCurl"),
        .systemLibrary(name: "CSocket"),
        .systemLibrary(name: "CPrefetch"),
        .systemLibrary(name: "CLongDouble"),
        // Tests.
        tests("LarderCoreTests", ["LarderCore", "LarderTesting"]),
        tests("LarderPolicyTests", ["LarderCore", "LarderPolicy", "LarderTesting"]),
        tests("LarderWireTests", ["LarderCore", "LarderWire", "LarderTesting"]),
        tests(
            "LarderHierarchyTests",
            ["LarderCore", "LarderResilience", "LarderHierarchy", "LarderTesting"]),
        tests("LarderResilienceTests", ["LarderCore", "LarderResilience", "LarderTesting"]),
        tests(
            "LarderMemoryTests", ["LarderCore", "LarderPolicy", "LarderMemory", "LarderTesting"]),
        tests(
            "LarderTraceTests", ["LarderCore", "LarderTrace", "LarderTesting", "LarderCommand"]),
        tests(
            "LarderSimulatorTests",
            ["LarderCore", "LarderPolicy", "LarderTrace", "LarderSimulator", "LarderTesting"]),
        tests(
            "LarderRuntimeTests",
            ["LarderCore", "LarderRuntime", "LarderTesting", "CSocket", "COpenSSL"]),
        tests("LarderOriginsTests", ["LarderCore", "LarderOrigins", "LarderTesting"]),
        tests(
            "LarderAssemblyTests",
            ["LarderCore", "LarderMemory", "LarderRuntime", "LarderAssembly", "LarderTesting"]
        ),
        tests(
            "LarderServerTests",
            [
                "LarderCore", "LarderPolicy", "LarderMemory", "LarderWire", "LarderRuntime",
                "LarderAssembly", "LarderHierarchy", "LarderServer", "LarderTesting",
            ]),
        tests("LarderTestingTests", ["LarderCore", "LarderTesting"]),
        .testTarget(name: "TidyTests", exclude: ["ratchet.json"], swiftSettings: strict),
    ]
)
