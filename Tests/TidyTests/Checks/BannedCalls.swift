/// Something that this code does not do, where, and what it does in its place.
struct BannedCall {
    let pattern: SwiftText
    let name: String
    let instead: String
    let isBanned: @Sendable (TextFile) -> Bool

    init(_ name: String, instead: String, where isBanned: @escaping @Sendable (TextFile) -> Bool) {
        self.pattern = SwiftText(name)
        self.name = name
        self.instead = instead
        self.isBanned = isBanned
    }
}

enum BannedCalls {
    private static let anywhere: @Sendable (TextFile) -> Bool = { _ in true }
    private static let inTests: @Sendable (TextFile) -> Bool = { $0.path.hasPrefix("Tests/") }
    /// Their results go to standard output.
    private static let programs: Set = ["LarderCommand", "LarderPolicyLoop"]
    private static let inLibraries: @Sendable (TextFile) -> Bool = {
        $0.path.hasPrefix("Sources/") && !programs.contains($0.target ?? "")
    }

    private static let waiting = "tell a ManualClock the time, or wait for the event itself"

    static let all = [
        BannedCall("print(", instead: "return the text, or log it", where: inLibraries),
        BannedCall("debugPrint(", instead: "return the text, or log it", where: anywhere),
        BannedCall("dump(", instead: "return the text, or log it", where: anywhere),
        BannedCall("Thread.sleep", instead: waiting, where: inTests),
        BannedCall("Task.sleep", instead: waiting, where: inTests),
        BannedCall("sleep(", instead: waiting, where: inTests),
        BannedCall("usleep(", instead: waiting, where: inTests),
        BannedCall("nanosleep(", instead: waiting, where: inTests),
        BannedCall(
            "try!", instead: "a throwing function, or 'try #require' in tests", where: anywhere),
        BannedCall(
            "as!", instead: "a type that needs no cast, or 'as?' and a guard", where: anywhere),
        BannedCall("DispatchQueue", instead: "a loop or a task that has an owner", where: anywhere),
        BannedCall("Task.detached", instead: "a task group that somebody owns", where: anywhere),
        BannedCall("NSLock(", instead: "Guarded<State>", where: anywhere),
        BannedCall(
            "Mutex", instead: "Guarded, whose lock the thread sanitizer understands",
            where: inLibraries),
        BannedCall("XCTAssert", instead: "#expect of Swift Testing", where: anywhere),
    ]

    static func findings(_ files: [TextFile], calls: [BannedCall] = all) -> [Finding] {
        files.flatMap { file in
            calls.filter { $0.isBanned(file) }.flatMap { call in
                places(of: call.pattern, in: file).map { line in
                    Finding(
                        file.path, line: line, "'\(call.name)' is not used here: \(call.instead).")
                }
            }
        }
    }

    /// The lines of free calls: `print(` but not `writer.print(` or `func print(`.
    private static func places(of pattern: SwiftText, in file: TextFile) -> [Int] {
        guard let swift = file.swift else { return [] }
        return swift.occurrences(of: pattern).compactMap { index in
            let before = index > 0 ? swift.tokens[index - 1].text : ""
            return [".", "func"].contains(before) ? nil : swift.tokens[index].line
        }
    }
}
