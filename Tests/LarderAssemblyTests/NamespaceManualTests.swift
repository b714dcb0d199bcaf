import Foundation
import LarderAssembly
import Testing

/// docs/namespaces.md says what is so.
@Suite struct NamespaceManualTests {
    private func manual() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(
            contentsOf: root.appendingPathComponent("docs/namespaces.md"), encoding: .utf8)
    }

    private func examples() throws -> [String] {
        try manual().split(separator: "```yaml\n", omittingEmptySubsequences: false).dropFirst()
            .map { String($0.prefix(upTo: $0.range(of: "```")?.lowerBound ?? $0.endIndex)) }
    }

    @Test func `its examples are configurations, without warnings but for what has no effect`()
        throws
    {
        let examples = try examples()
        #expect(examples.count == 2)
        for example in examples {
            let loaded = try NamespaceConfigurationTests.load(example)
            #expect(loaded.configuration.namespaces.isEmpty == false)
            #expect(loaded.warnings.allSatisfy { $0.message.hasSuffix("' has no effect yet") })
        }
    }

    @Test func `its tables have all keys and their defaults`() throws {
        let manual = try manual()
        let text =
            "namespaces: [{ match: \"a:{b}\", origin: { use: c, get: \"/{b}\" }, ttl: never }]"
        let printed = try NamespaceConfigurationTests.load(
            text + "\norigins: { c: { http: http://d } }"
        ).configuration.yaml
        // What a namespace prints as its value in force, the table has as its default.
        for (key, value) in [
            ("jitter", "10%"), ("negative-ttl", "5s"), ("refresh-at", "90%"), ("wait", "5s"),
            ("lease", "30s"), ("limit", "64"), ("connect-timeout", "3s"), ("timeout", "30s"),
        ] {
            #expect(manual.contains("| `\(key)` | \(value) |"), "\(key)")
            #expect(printed.contains("\(key): \(value)\n"), "\(key)")
        }
        for key in [
            "match", "name", "origin", "ttl", "idle", "stale", "stale-if-error", "early-refresh",
            "timeout", "write", "placement", "priority", "budget", "cache", "use", "get",
            "get-many",
            "set", "delete", "tags", "cache-control", "replicas", "headers",
        ] {
            #expect(manual.contains("| `\(key)` |"), "\(key)")
        }
    }
}
