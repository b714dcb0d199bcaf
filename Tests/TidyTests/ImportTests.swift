import Testing

@Suite struct ImportTests {
    private let manifest = """
        func layer(_ name: String) -> Target { .target(name: name) }
        let package = Package(
            name: "larder",
            targets: [
                layer("LarderCore"),
                layer("LarderMemory", ["LarderCore"]),
                layer("LarderRuntime", ["LarderCore", "CUring"]),
                .executableTarget(name: "LarderCommand", dependencies: ["LarderRuntime"]),
                system("CUring", pkgConfig: "liburing", package: "liburing-dev"),
                .systemLibrary(name: "CSocket"),
                tests("LarderCoreTests", ["LarderCore"]),
            ])
        """

    private var table: LayerTable { LayerTable(manifest: SwiftText(manifest)) }

    @Test func `reads the table from the manifest`() {
        let expected: [String: Set<String>] = [
            "LarderCore": [], "LarderMemory": ["LarderCore"],
            "LarderRuntime": ["LarderCore", "CUring"], "LarderCommand": ["LarderRuntime"],
            "LarderCoreTests": ["LarderCore"],
        ]
        #expect(table.dependencies == expected)
        #expect(table.systemTargets == ["CUring", "CSocket"])
    }

    @Test(arguments: [
        ("Sources/LarderMemory/A.swift", "import LarderRuntime"),
        ("Sources/LarderCore/A.swift", "public import Foundation"),
        ("Sources/LarderCore/A.swift", "import struct Foundation.Data"),
        ("Sources/LarderRuntime/A.swift", "import CSocket"),
        ("Sources/LarderMemory/B/A.swift", "@testable import CUring"),
        ("Tests/LarderCoreTests/A.swift", "import LarderMemory"),
        ("Sources/LarderCommand/A.swift", "import XCTest"),
    ])
    func `finds imports against the table`(path: String, text: String) {
        let found = Imports.findings([TextFile(path: path, text: "// A\n\(text)\n")], table: table)
        #expect(found.map(\.line) == [2])
    }

    @Test(arguments: [
        ("Sources/LarderMemory/A.swift", "import LarderCore\nimport Synchronization"),
        ("Sources/LarderRuntime/A.swift", "internal import CUring\nimport Foundation"),
        ("Tests/LarderCoreTests/A.swift", "@testable import LarderCore\nimport Testing"),
        ("Benchmarks/A.swift", "import Anything"),
    ])
    func `lets imports of the table pass`(path: String, text: String) {
        #expect(Imports.findings([TextFile(path: path, text: text)], table: table).isEmpty)
    }

    @Test func `finds a pure layer that depends on a C library`() {
        let impure = manifest.replacing(
            #"layer("LarderMemory", ["LarderCore"])"#, with: #"layer("LarderMemory", ["CUring"])"#)
        let found = Imports.findings([], table: LayerTable(manifest: SwiftText(impure)))
        #expect(found.map(\.path) == ["Package.swift"])
    }
}
