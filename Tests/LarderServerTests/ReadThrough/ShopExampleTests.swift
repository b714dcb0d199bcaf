import Foundation
import LarderAssembly
import LarderTesting
import Testing

/// `examples/shop`, as its README has it: with a SQLite file.
@Suite(.onOwnThread) struct ShopExampleTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let shop = root.appendingPathComponent("examples/shop")

    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder([
            "larder.yaml", "larder.yaml.runtime.yaml", "shop.db", "shop.db-wal", "shop.db-shm",
        ])
        let catalogue = Self.shop.appendingPathComponent("catalogue.sql")
        _ = try sqlite(String(contentsOf: catalogue, encoding: .utf8))
        let text = try String(
            contentsOf: Self.shop.appendingPathComponent("larder.yaml"), encoding: .utf8)
        folder.write(
            text.replacing("sqlite: shop.db", with: "sqlite: \(folder.file("shop.db"))"),
            to: "larder.yaml")
    }

    /// Runs statements as the shop's own program would.
    private func sqlite(_ text: String) throws -> String {
        try SQLiteShell.run(text, in: folder.file("shop.db"))
    }

    /// The lines that begin with `redis-cli` or `redis-benchmark` in the part of a README about
    /// read-through, as a shell splits them, and what their comments say.
    private static func lines(of file: String) throws -> [(words: [String], comment: String)] {
        let text = try String(
            contentsOf: root.appendingPathComponent(file), encoding: .utf8)
        let part = text.split(separator: "\n## ").first {
            $0.contains("redis-cli -p 5273 get product:1")
        }
        let lines = (part ?? "").split(separator: "\n").filter { $0.hasPrefix("redis-") }
        return lines.map { line in
            let halves = line.replacing("redis-cli -p 5273 ", with: "")
                .components(separatedBy: "  # ")
            var words: [String] = []
            for (number, piece) in halves[0].components(separatedBy: "'").enumerated() {
                if number % 2 == 1 {
                    words.append(piece)
                } else {
                    words += piece.split(separator: " ").map(String.init)
                }
            }
            return (words, halves.count > 1 ? halves[1].trimmingPrefix(" ").description : "")
        }
    }

    /// Each line is run as it stands, and does what its comment says. Fails when a README has a
    /// line, or a comment, that is not known here.
    @Test(arguments: ["README.md", "examples/shop/README.md"])
    func `each line of the README does what its comment says`(file: String) throws {
        let lines = try Self.lines(of: file)
        let sources = ConfigurationSources(
            arguments: try ServeArguments([folder.file("larder.yaml")]), environment: [:])
        let fixture = try ServerFixture(sources: sources)
        let client = try fixture.client()
        let query = "SELECT body FROM products WHERE id = "
        for (words, comment) in lines {
            if words[0] == "redis-benchmark" {
                #expect(comment == "no stampede of 200 clients")
                try crowd(fixture, words)
                continue
            }
            let reply = try client.ask(words)
            switch comment {
            case "says asked=2: once for each product": #expect(reply.contains(",asked=2,"))
            case "loaded from SQLite, once":
                let body = try sqlite(query + "'1'").dropLast()
                #expect(reply == LoadedGetTests.bulk(String(body)))
                _ = try sqlite("UPDATE products SET body = 'x' WHERE id = '1'")
                #expect(try client.ask(words) == reply, "it was loaded twice")
            case "written to SQLite first":
                #expect(reply == "+OK\r\n")
                #expect(try sqlite(query + "'1'") == words[2] + "\n")
            case "loads chairs and tables anew":
                #expect(reply.hasPrefix(":"))
                _ = try sqlite("UPDATE products SET body = 'desk' WHERE id = '2'")
                #expect(try client.ask("GET", "product:2") == "$4\r\ndesk\r\n")
                #expect(try client.ask("GET", "product:1") == "$1\r\nx\r\n")
            default: Issue.record("nobody knows what '\(comment)' means")
            }
        }
        #expect(
            lines.map(\.words.first) == ["get", "redis-benchmark", "info", "larder", "set"])
    }

    /// What `redis-benchmark -c N get KEY` does first: many clients ask at a time.
    private func crowd(_ fixture: ServerFixture, _ words: [String]) throws {
        let clients = try (0..<200).map { _ in try fixture.client() }
        for client in clients { try client.send(TestClient.request(Array(words.suffix(2)))) }
        for client in clients {
            #expect(String(decoding: try client.reply(), as: UTF8.self).contains("table"))
        }
    }

    @Test func `its three lines do what they say`() throws {
        let sources = ConfigurationSources(
            arguments: try ServeArguments([folder.file("larder.yaml")]), environment: [:])
        let fixture = try ServerFixture(sources: sources)
        let client = try fixture.client()
        let chair = "{\"name\": \"chair\", \"price\": 49}"
        #expect(try client.ask("GET", "product:1") == LoadedGetTests.bulk(chair))
        let armchair = "{\"name\": \"armchair\"}"
        #expect(try client.ask("SET", "product:1", armchair) == "+OK\r\n")
        let query = "SELECT body FROM products WHERE id = '1'"
        #expect(try sqlite(query) == armchair + "\n")
        #expect(try client.ask("GET", "product:2").contains("table"))
        _ = try sqlite("UPDATE products SET body = 'desk' WHERE id = '2'")
        #expect(try client.ask("GET", "product:2").contains("table"))
        #expect(try client.ask("LARDER", "BAN", "TAG", "furniture").hasPrefix(":"))
        #expect(try client.ask("GET", "product:2") == "$4\r\ndesk\r\n")
        #expect(
            try client.ask("MGET", "product:3", "product:9")
                == "*2\r\n\(LoadedGetTests.bulk("{\"name\": \"lamp\", \"price\": 19}"))$-1\r\n")
        #expect(try client.ask("DEL", "product:3") == ":1\r\n")
        #expect(try sqlite("SELECT count(*) FROM products") == "2\n")
    }
}
