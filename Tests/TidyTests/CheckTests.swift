import Testing

/// Every check finds what it forbids, and nothing beside it.
@Suite struct CheckTests {
    private func file(_ path: String, _ text: String) -> [TextFile] {
        [TextFile(path: path, text: text)]
    }

    private func lines(_ count: Int) -> String { String(repeating: "\n", count: count) }

    @Test(arguments: [
        ("Sources/A/B.swift", 300, 0, false), ("Sources/A/B.swift", 301, 0, true),
        ("Sources/A/B.swift", 400, 400, false), ("Sources/A/B.swift", 401, 400, true),
        ("Sources/A/B.swift", 501, 501, true), ("Tests/ATests/B.swift", 400, 0, false),
        ("Tests/ATests/B.swift", 401, 0, true), ("docs/a.md", 999, 0, false),
    ])
    func `finds long files`(path: String, count: Int, entry: Int, isFound: Bool) {
        let found = Lengths.files(
            file(path, lines(count)), allowed: entry == 0 ? [:] : [path: entry])
        #expect(found.isEmpty != isFound)
    }

    @Test(arguments: [(350, 349), (350, 300), (350, 0)])
    func `a file that shrank lowers its entry`(entry: Int, count: Int) {
        let path = "Sources/A/B.swift"
        let found = Lengths.files(file(path, lines(count)), allowed: [path: entry])
        #expect(found.map(\.path) == [path])
        #expect(found.first?.advice.contains(count > 300 ? "to 349" : "remove it") == true)
    }

    @Test func `an entry for a file that is gone is found`() {
        #expect(Lengths.files([], allowed: ["Sources/A/B.swift": 310]).count == 1)
    }

    @Test(arguments: [(40, false), (41, true), (71, true)])
    func `finds long functions`(count: Int, isFound: Bool) {
        let text = "struct S {\n    func f() {" + lines(count - 1) + "    }\n}\n"
        let found = Lengths.functions(file("Sources/A/B.swift", text), allowed: [:])
        #expect(found.map(\.path) == (isFound ? ["Sources/A/B.swift#f"] : []))
    }

    @Test func `an entry allows a long function, but not above the hard limit`() {
        func found(_ count: Int) -> [Finding] {
            let text = "func f() {" + lines(count - 1) + "}"
            return Lengths.functions(file("a.swift", text), allowed: ["a.swift#f": count])
        }
        #expect(found(70).isEmpty)
        #expect(found(71).count == 1)
    }

    @Test func `finds long lines by columns, not by bytes`() {
        let wide = String(repeating: "é", count: 100)
        #expect(Lengths.lines(file("a.swift", wide)).isEmpty)
        #expect(Lengths.lines(file("a.swift", "\n" + wide + "x")).map(\.line) == [2])
    }

    @Test(arguments: [
        ("Sources/LarderCore/A.swift", "print(1)"), ("Sources/A/B.swift", "x = try! f()"),
        ("Tests/T/B.swift", "x as! Int"), ("Tests/T/B.swift", "try await Task.sleep(for: t)"),
        ("Tests/T/B.swift", "Thread.sleep(1)"), ("Tests/T/B.swift", "usleep(5)"),
        ("Tests/T/B.swift", "sleep(1)"), ("Sources/A/B.swift", "DispatchQueue.main"),
        ("Tests/T/B.swift", "XCTAssert(x)"), ("Sources/A/B.swift", "Task.detached { }"),
    ])
    func `finds banned calls`(path: String, text: String) {
        #expect(BannedCalls.findings(file(path, "\n" + text)).map(\.line) == [2])
    }

    @Test(arguments: [
        ("Sources/LarderCommand/A.swift", "print(1)"), ("Sources/A/B.swift", "writer.print(1)"),
        ("Sources/A/B.swift", "func print(_ x: Int)"), ("Sources/A/B.swift", "// print(1)"),
        ("Sources/A/B.swift", "let s = \"try! x\""), ("Sources/A/B.swift", "try !x"),
        ("Sources/A/B.swift", "imprint(1)"), ("docs/a.md", "try! x"),
    ])
    func `lets similar text pass`(path: String, text: String) {
        #expect(BannedCalls.findings(file(path, text)).isEmpty)
    }

    @Test func `finds marks without a reason`() {
        let mark = "final class A: @unchecked Sendable {}"
        let bad = ["\(mark)", "// Fast.\n\(mark)", "// Safety: x\n\n\(mark)", "let a = 1\n\(mark)"]
        for text in bad {
            #expect(Unsafe.unexplained(file("a.swift", text)).count == 1, "\(text)")
        }
        let good = [
            "// Safety: x\n\(mark)", "// Safety: x\n// more\n@safe\n\(mark)",
            mark + " // Safety: x",
        ]
        for text in good {
            #expect(Unsafe.unexplained(file("a.swift", text)).isEmpty, "\(text)")
        }
        #expect(Unsafe.unexplained(file("a.swift", "nonisolated(unsafe) var a = 1")).count == 1)
    }

    @Test func `counts marks and traps over all files`() {
        let text = "// Safety: x\nnonisolated(unsafe) var a = 1\nfatalError(\"\")"
        let files = file("a.swift", text) + file("b.swift", text)
        let exact = ["nonisolated(unsafe)": 2, "fatalError(": 2]
        #expect(Unsafe.budgets(files, allowed: exact).isEmpty)
        #expect(Unsafe.budgets(files, allowed: ["fatalError(": 2]).count == 1)
        #expect(Unsafe.budgets(files, allowed: exact.mapValues { $0 + 1 }).count == 2)
    }

    @Test func `finds pointers outside of Memory folders`() {
        let text = "let a: UnsafeRawPointer\nlet b: UnsafeMutablePointer<Int>"
        let path = "Sources/LarderMemory/A.swift"
        #expect(Unsafe.pointers(file(path, text), allowed: [:]).count == 1)
        #expect(Unsafe.pointers(file(path, text), allowed: [path: 2]).isEmpty)
        #expect(Unsafe.pointers(file(path, text), allowed: [path: 3]).count == 1)
        #expect(Unsafe.pointers(file("Sources/A/Memory/A.swift", text), allowed: [:]).isEmpty)
        #expect(Unsafe.pointers(file(path, "// UnsafeRawPointer"), allowed: [:]).isEmpty)
    }

    @Test func `the ratchet records what the checks then allow`() {
        let text = "func f() {" + lines(60) + "fatalError() }" + lines(300)
        let files = file("Sources/A/B.swift", text + "let a: UnsafeRawPointer")
        let ratchet = Ratchet(measuring: files)
        #expect(ratchet.functionLines == ["Sources/A/B.swift#f": 61])
        #expect(Lengths.files(files, allowed: ratchet.fileLines).isEmpty)
        #expect(Lengths.functions(files, allowed: ratchet.functionLines).isEmpty)
        #expect(Unsafe.budgets(files, allowed: ratchet.budgets).isEmpty)
        #expect(Unsafe.pointers(files, allowed: ratchet.unsafePointers).isEmpty)
        #expect(Ratchet(measuring: []) == Ratchet())
    }
}
