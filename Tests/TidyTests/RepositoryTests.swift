import Foundation
import Testing

/// The rules of CONTRIBUTING.md, asked of every file.
@Suite struct RepositoryTests {
    private func files() throws -> [TextFile] { try Repository.files.get() }

    private func expectNone(
        _ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let list = findings.map(\.description).joined(separator: "\n")
        #expect(findings.isEmpty, "\n\(list)", sourceLocation: sourceLocation)
    }

    @Test func `finds the files, this one among them`() throws {
        let paths = try files().map(\.path)
        #expect(paths.contains("Tests/TidyTests/RepositoryTests.swift"))
        #expect(paths.contains("Package.swift"))
        #expect(paths.allSatisfy { !$0.hasPrefix(".build/") })
    }

    @Test func `files are short`() throws {
        expectNone(Lengths.files(try files(), allowed: try Repository.ratchet().fileLines))
    }

    @Test func `functions are short`() throws {
        expectNone(Lengths.functions(try files(), allowed: try Repository.ratchet().functionLines))
    }

    @Test func `lines are short`() throws {
        expectNone(Lengths.lines(try files()))
    }

    @Test func `nobody makes a banned call`() throws {
        expectNone(BannedCalls.findings(try files()))
    }

    @Test func `imports follow the layer table`() throws {
        let files = try files()
        let manifest = try #require(files.first { $0.path == "Package.swift" }?.swift)
        let table = LayerTable(manifest: manifest)
        #expect(table.dependencies["LarderMemory"]?.contains("LarderCore") == true)
        #expect(table.systemTargets.contains("CSocket"))
        expectNone(Imports.findings(files, table: table))
    }

    @Test func `unchecked marks are explained`() throws {
        expectNone(Unsafe.unexplained(try files()))
    }

    @Test func `unchecked marks and traps stay within their budget`() throws {
        expectNone(Unsafe.budgets(try files(), allowed: try Repository.ratchet().budgets))
    }

    @Test func `pointers stay in Memory folders`() throws {
        expectNone(Unsafe.pointers(try files(), allowed: try Repository.ratchet().unsafePointers))
    }

    @Test func `comments promise nothing anonymous`() throws {
        expectNone(Comments.findings(try files()))
    }

    @Test func `names say something`() throws {
        expectNone(Names.findings(try Repository.paths.get()))
    }

    @Test func `paths of one machine are absent`() throws {
        expectNone(MachinePaths.findings(try files()))
    }

    @Test func `links in documents lead somewhere`() throws {
        expectNone(DocLinks.findings(try files(), paths: try Repository.paths.get()))
    }
}

/// `make ratchet`: records the present exceptions, for a reviewer to read in the diff.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["LARDER_RATCHET"] == "write"))
struct RatchetWriting {
    @Test func `records the present exceptions`() throws {
        let ratchet = Ratchet(measuring: try Repository.files.get())
        try Repository.write(ratchet)
        #expect(try Repository.ratchet() == ratchet)
    }
}
