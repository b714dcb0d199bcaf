/// The targets of `Package.swift` and what each may import.
struct LayerTable {
    private(set) var dependencies: [String: Set<String>] = [:]
    private(set) var systemTargets: Set<String> = []

    /// Layers that must build without any C library, so that who imports them installs nothing.
    static let pure: Set = [
        "LarderCore", "LarderPolicy", "LarderWire", "LarderMemory", "LarderResilience",
        "LarderHierarchy",
    ]

    /// Reads the calls that declare targets: their first string is the name, the others the rest.
    init(manifest: SwiftText) {
        for call in ["layer(", "tests(", "target(", "executableTarget(", "testTarget("] {
            for strings in manifest.strings(inCallsOf: SwiftText(call)) {
                dependencies[strings[0]] = Set(strings.dropFirst())
            }
        }
        for call in ["system(", "systemLibrary("] {
            systemTargets.formUnion(manifest.strings(inCallsOf: SwiftText(call)).map { $0[0] })
        }
    }
}

enum Imports {
    /// Modules that come with Swift and the C library.
    private static let platform: Set = ["Glibc", "Swift", "Synchronization"]
    private static let platformOfShells: Set = ["Foundation", "FoundationEssentials"]
    /// Dispatch for its semaphore, by which a test waits for an event; queues are banned.
    private static let platformOfTests: Set = ["Dispatch", "Foundation", "Testing"]

    static func findings(_ files: [TextFile], table: LayerTable) -> [Finding] {
        files.flatMap { imports(of: $0, table: table) } + impure(table)
    }

    private static func imports(of file: TextFile, table: LayerTable) -> [Finding] {
        guard let swift = file.swift, let target = file.target else { return [] }
        let allowed = modules(for: target, table: table)
        return swift.imports.compactMap { module, line in
            guard !allowed.contains(module) else { return nil }
            return Finding(
                file.path, line: line,
                "\(target) may not import \(module): arrows go down only (Package.swift).")
        }
    }

    private static func modules(for target: String, table: LayerTable) -> Set<String> {
        let allowed = platform.union(table.dependencies[target] ?? [])
        if target.hasSuffix("Tests") { return allowed.union(platformOfTests) }
        return LayerTable.pure.contains(target) ? allowed : allowed.union(platformOfShells)
    }

    private static func impure(_ table: LayerTable) -> [Finding] {
        LayerTable.pure.sorted().flatMap { layer in
            (table.dependencies[layer] ?? []).intersection(table.systemTargets).sorted().map {
                Finding("Package.swift", "\(layer) is pure Swift and may not depend on \($0).")
            }
        }
    }
}

extension SwiftText {
    /// The modules of the import declarations with their lines.
    var imports: [(module: String, line: Int)] {
        let kinds: Set = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
        return tokens.indices.compactMap { index in
            guard tokens[index].text == "import", index + 1 < tokens.endIndex else { return nil }
            let name = kinds.contains(tokens[index + 1].text) ? index + 2 : index + 1
            guard name < tokens.endIndex else { return nil }
            return (tokens[name].text, tokens[index].line)
        }
    }

    /// The string literals among the arguments of each call that has some.
    fileprivate func strings(inCallsOf call: SwiftText) -> [[String]] {
        occurrences(of: call).compactMap { start in
            var depth = 1
            let arguments = tokens[(start + call.tokens.count)...].prefix { token in
                if token.text == "(" { depth += 1 }
                if token.text == ")" { depth -= 1 }
                return depth > 0
            }
            let literals = arguments.filter { $0.text.hasPrefix("\"") }
            return literals.isEmpty ? nil : literals.map { String($0.text.dropFirst().dropLast()) }
        }
    }
}
