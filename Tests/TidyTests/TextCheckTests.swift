import Testing

/// Comments, names, paths and links.
@Suite struct TextCheckTests {
    /// Put together here, so that this file holds none of them in a comment or a path.
    private static let promise = "TO" + "DO"

    @Test(arguments: [
        "// \(promise): later", "/// \(promise)(ann): later", "// \(promise)(ann, ) x",
        "/* \(promise) */", "// \(promise)(ann, 12): x, \(promise): y", "// FIX" + "ME: x",
        "// XX" + "X", "// let x = 5", "// return f()", "// if x {", "// }",
    ])
    func `finds comments that are promises or code`(text: String) {
        let file = TextFile(path: "Sources/A/B.swift", text: "let a = 1\n" + text)
        #expect(Comments.findings([file]).map(\.line) == [2])
    }

    @Test(arguments: [
        "// \(promise)(ann, 12): later", "// let us see", "/// let x = 5", "let s = \"FIXME\"",
        "// if it fits, it stays (always).", "// return early: nothing is to be done",
    ])
    func `lets other comments pass`(text: String) {
        #expect(Comments.findings([TextFile(path: "Sources/A/B.swift", text: text)]).isEmpty)
    }

    @Test func `reads the comments of scripts too`() {
        let script = TextFile(
            path: "Scripts/a", text: "#!/usr/bin/env bash\ntrue # \(Self.promise)")
        #expect(Comments.findings([script]).map(\.line) == [2])
    }

    @Test(arguments: [
        "Sources/A/Utils/B.swift", "Sources/A/Helpers.swift", "a b.md", "Sources/Common/A.swift",
        "Sources/v2/A.swift", "Sources/New/A.swift", "Sources/A/ShardUtils.swift",
    ])
    func `finds names that say nothing`(path: String) {
        #expect(Names.findings([path]).map(\.path) == [path])
    }

    @Test func `lets other names pass`() {
        let paths = ["Sources/LarderCore/Tick.swift", ".ci/run", "docs/newcomers.md", "Makefile"]
        #expect(Names.findings(paths).isEmpty)
    }

    @Test(arguments: ["work", "root", "home"])
    func `finds paths of one machine`(folder: String) {
        let texts = [
            "cd /\(folder)/x", "\"/\(folder)/\"", "file:///\(folder)/x", "a\n=/\(folder)/b",
        ]
        for text in texts {
            let file = TextFile(path: "a.md", text: text)
            #expect(MachinePaths.findings([file]).count == 1, "\(text)")
        }
        for text in ["docs/\(folder)/x", "$d/\(folder)/", "/\(folder)s/", "/x/\(folder)/"] {
            let file = TextFile(path: "a.md", text: text)
            #expect(MachinePaths.findings([file]).isEmpty, "\(text)")
        }
    }

    @Test(arguments: [
        "[a](missing.md)", "x [a](../a.md#part)", "![a](docs/x.png)", "[a](./docs/) [b](c)",
    ])
    func `finds links that lead nowhere`(link: String) {
        let file = TextFile(path: "a.md", text: "# A\n\(link)")
        let found = DocLinks.findings([file], paths: ["a.md", "docs/b.md"])
        #expect(found.map(\.line) == [2])
    }

    @Test(arguments: [
        "[a](a.md)", "[a](docs/b.md#part)", "[a](docs/)", "[a](docs)", "[a](https://a.b/c)",
        "[a](#part)", "`[a](missing.md)`", "```\n[a](missing.md)\n```",
    ])
    func `lets other links pass`(link: String) {
        let file = TextFile(path: "a.md", text: link)
        #expect(DocLinks.findings([file], paths: ["a.md", "docs/b.md"]).isEmpty)
    }

    @Test func `a link starts at its own document`() {
        let file = TextFile(path: "docs/b.md", text: "[up](../a.md) [here](b.md) [wrong](a.md)")
        let found = DocLinks.findings([file], paths: ["a.md", "docs/b.md"])
        #expect(found.count == 1)
    }
}
