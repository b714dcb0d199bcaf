import Foundation

/// The working tree that holds this file.
enum Repository {
    /// Ends with a slash.
    static let root: String = {
        let levels = "Tests/TidyTests/Reading/Repository.swift".split(separator: "/").count
        return #filePath.split(separator: "/").dropLast(levels).reduce("/") { "\($0)\($1)/" }
    }()

    static let ratchetPath = "Tests/TidyTests/ratchet.json"

    /// All files that are tracked or could be: what `.gitignore` names is left out.
    static let paths: Result<[String], any Error> = Result {
        let git = Process()
        git.executableURL = URL(filePath: "/usr/bin/env")
        git.arguments = [
            "git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z", "--cached", "--others",
            "--exclude-standard", "--deduplicate",
        ]
        // A hook of git names its own repository here.
        git.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("GIT_") }
        let output = Pipe()
        git.standardOutput = output
        try git.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        git.waitUntilExit()
        guard git.terminationStatus == 0 else { throw ReadingFailure.git(git.terminationStatus) }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            .filter(isFile)
    }

    /// Whether the path is a file itself: a link leads to what is read at its own place.
    private static func isFile(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: root + path)
        return attributes?[.type] as? FileAttributeType == .typeRegular
    }

    /// The files that are valid UTF-8.
    static let files: Result<[TextFile], any Error> = paths.flatMap { paths in
        Result {
            try paths.compactMap { path in
                let bytes = try Data(contentsOf: URL(filePath: root + path))
                guard !bytes.contains(0), let text = String(bytes: bytes, encoding: .utf8) else {
                    return nil
                }
                return TextFile(path: path, text: text)
            }
        }
    }

    static func ratchet() throws -> Ratchet {
        let bytes = try Data(contentsOf: URL(filePath: root + ratchetPath))
        return try JSONDecoder().decode(Ratchet.self, from: bytes)
    }

    static func write(_ ratchet: Ratchet) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = try encoder.encode(ratchet) + Data("\n".utf8)
        try bytes.write(to: URL(filePath: root + ratchetPath))
    }
}

enum ReadingFailure: Error {
    /// `git ls-files` ended with this status.
    case git(Int32)
}
