// swift-tools-version: 6.3
import PackageDescription

/// Fuzzers of the codecs, apart from the main package: they need a sanitizer and coverage in the
/// code they drive, and so compile it themselves (`Sources/LarderCore` and `Sources/LarderWire` are
/// links to it). Run `Scripts/fuzz`.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

let instruments = [
    "-sanitize=fuzzer,address", "-profile-generate", "-profile-coverage-mapping",
    "-parse-as-library",
]
let instrumented = strict + [.unsafeFlags(instruments)]
let linked: [LinkerSetting] = [
    .unsafeFlags(["-sanitize=fuzzer,address", "-profile-generate", "-use-ld=lld"])
]

func fuzzer(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["LarderCore", "LarderWire", "FuzzSupport"],
        swiftSettings: instrumented, linkerSettings: linked)
}

let package = Package(
    name: "fuzz",
    targets: [
        .target(name: "LarderCore", swiftSettings: instrumented),
        .target(name: "LarderWire", dependencies: ["LarderCore"], swiftSettings: instrumented),
        .target(
            name: "FuzzSupport", dependencies: ["LarderWire", "CFuzzer"],
            swiftSettings: instrumented),
        fuzzer("RESPFuzz"),
        fuzzer("MemcachedFuzz"),
        .systemLibrary(name: "CFuzzer"),
    ]
)
