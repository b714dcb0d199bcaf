import Foundation
import LarderAssembly
import LarderTesting
import Testing

/// `examples/shop`, as its README has it: with a SQLite file.
@Suite(.onOwnThread) struct ShopExampleTests {
    private static let shop = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("examples/shop")

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
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
        process.arguments = [folder.file("shop.db"), "\n" + text]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
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
