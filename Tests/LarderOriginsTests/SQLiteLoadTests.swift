import LarderCore
import Testing

@testable import LarderOrigins

/// What an SQLite origin makes of rows.
@Suite(.serialized) struct SQLiteLoadTests {
    private let file: SQLiteFile

    init() throws { file = try SQLiteFile() }

    private func keys(_ texts: [String]) -> [Key] { texts.map { Key(Array($0.utf8)) } }

    @Test func `a row is a value, no row and NULL are none`() async throws {
        try file.run(
            "INSERT INTO products (id, body) VALUES (1, 'shoe'), (2, NULL), (3, ''), (4, 0)")
        let origin = try file.products()
        #expect(await origin.load("1") == .loaded(Loaded(Array("shoe".utf8))))
        #expect(await origin.load("2") == .absent)
        #expect(await origin.load("3") == .loaded(Loaded([])))
        #expect(await origin.text("4") == "0")
        #expect(await origin.load("5") == .absent)
        let many = await origin.load(keys(["5", "4", "3", "2", "1"]))
        #expect(many.map(\.text) == [nil, "0", "", nil, "shoe"])
        #expect(many[0] == .absent && many[3] == .absent)
    }

    @Test func `values of all kinds are bytes`() async throws {
        try file.run(
            "INSERT INTO products (id, body) VALUES (1, x'00ff00'), (2, -9007199254740993), "
                + "(3, 1.5)"
        )
        let origin = try file.products()
        #expect(await origin.load("1") == .loaded(Loaded([0, 255, 0])))
        #expect(await origin.text("2") == "-9007199254740993")
        #expect(await origin.text("3") == "1.5")
    }

    @Test func `tags and ttl come from their columns`() async throws {
        try file.run(
            "INSERT INTO products VALUES (1, 'a', 'shoes, red', 60), (2, 'b', NULL, NULL),"
                + " (3, 'c', '', 'soon')")
        var queries = SQLiteQueries.whole(
            get: "SELECT tags, seconds AS TTL, body FROM products WHERE id = ?1")
        queries.getMany =
            "SELECT id, tags, seconds AS ttl, body FROM products"
            + " WHERE id IN (SELECT value FROM json_each(?1))"
        queries.tagColumn = "Tags"
        queries.ttlColumn = "ttl"
        let origin = SQLiteOrigin(try file.database(), queries)
        var first = Loaded(Array("a".utf8), ttl: .seconds(60))
        first.tags = [Array("shoes".utf8), Array("red".utf8)]
        let second = Loaded(Array("b".utf8))
        let many = await origin.load(keys(["1", "2", "3"]))
        #expect(many.prefix(2) == [.loaded(first), .loaded(second)])
        #expect(many[2].cause == .corrupt)
        #expect(await origin.load("1") == .loaded(first))
        #expect(await origin.load("3").cause == .corrupt)
    }

    @Test func `many keys agree with each alone`() async throws {
        try file.run("CREATE TABLE loose (name TEXT COLLATE NOCASE, body)")
        try file.run("INSERT INTO loose VALUES ('Ann', 'x'), ('bob', 'y'), ('007', 'z')")
        try file.run("INSERT INTO products (id, body) VALUES (42, 'answer'), (7, 'seven')")
        var loose = SQLiteQueries.whole(get: "SELECT body FROM loose WHERE name = ?1")
        loose.getMany =
            "SELECT name, body FROM loose WHERE name IN (SELECT value FROM json_each(?1))"
        let texts = ["42", "042", "Ann", "ANN", "bob", "7", "007", "", "x'y", "\"q\\", "\n\t"]
        let database = try file.database()
        for queries in [loose, .products] {
            let origin = SQLiteOrigin(database, queries)
            let many = await origin.load(keys(texts))
            for (index, text) in texts.enumerated() {
                #expect(many[index] == (await origin.load(text)), "\(text)")
            }
            #expect(many.contains { $0.text != nil })
        }
    }

    @Test func `many keys are one query where it can be`() async throws {
        var queries = SQLiteQueries.products
        // Without a value of its own `get` tells which way was taken.
        queries.get = "SELECT 'alone'"
        try file.run("INSERT INTO products (id, body) VALUES (1, 'a'), (2, 'b'), (3, NULL)")
        let origin = SQLiteOrigin(try file.database(), queries)
        #expect(await origin.load(keys(["1", "2", "3"])).map(\.text) == ["a", "b", nil])
        #expect(await origin.load(keys(["1", "9"])).map(\.text) == ["a", "alone"])
        #expect(await origin.text("1") == "alone")
        let binary = await origin.load([Key([0xFF]), Key([UInt8(ascii: "1")])])
        #expect(binary.map(\.text) == ["alone", "alone"])
    }

    @Test func `keys of several parts are loaded together`() async throws {
        let origin = SQLiteOrigin(try file.database(), .named)
        #expect(await origin.write("ann:north", [1]) == .applied)
        #expect(await origin.write("bob:south", [2]) == .applied)
        let texts = ["ann:south", "bob:south", "ann:north", "ann", "bob:north"]
        let outcomes = await origin.load(keys(texts))
        #expect(outcomes[1] == .loaded(Loaded([2])) && outcomes[2] == .loaded(Loaded([1])))
        #expect(outcomes[0] == .absent && outcomes[4] == .absent)
        #expect(outcomes[3].failure?.detail == "not two parts")
    }

    @Test(arguments: [
        "1 OR 1=1", "1; DROP TABLE products", "' OR ''='", "1)--", "?1", "\"", "null", "[1]",
    ])
    func `a key is a value and no text of the statement`(key: String) async throws {
        try file.run("INSERT INTO products (id, body) VALUES (1, 'secret')")
        let origin = try file.products()
        #expect(await origin.load(key) == .absent)
        #expect(await origin.load(keys([key, key + "x"])) == [.absent, .absent])
        #expect(await origin.remove(key) == .applied)
        #expect(try file.column("SELECT body FROM products") == ["secret"])
        let named = SQLiteOrigin(try file.database(), .named)
        #expect(await named.write("\(key):x", Array(key.utf8)) == .applied)
        #expect(await named.text("\(key):x") == key)
    }

    @Test func `binary keys and keys of 64 KB are keys`() async throws {
        var queries = SQLiteQueries.whole(get: "SELECT body FROM named WHERE name = ?1")
        queries.set = "INSERT INTO named (name, body) VALUES (?1, ?2)"
        let origin = SQLiteOrigin(try file.database(), queries)
        let long = [UInt8](repeating: UInt8(ascii: "k"), count: 65_536)
        for bytes in [[0xFF, 0x00, 0xFE], [0], [UInt8](0...255), long] {
            let entry = Entry(key: Key(bytes), value: bytes, created: Tick(nanoseconds: 0))
            #expect(await origin.write([entry]) == [.applied])
            #expect(await origin.load([Key(bytes)]) == [.loaded(Loaded(bytes))])
            #expect(
                await origin.load([Key(bytes), Key([1])]) == [.loaded(Loaded(bytes)), .absent])
        }
    }

    @Test func `a value above the limit is refused, and only it`() async throws {
        try file.run(
            "INSERT INTO products (id, body) VALUES (1, zeroblob(1000)), (2, zeroblob(1001))")
        let origin = try file.products { $0.valueBytesMax = 1_000 }
        #expect(await origin.text("1")?.utf8.count == 1_000)
        #expect(await origin.load("2").failure?.detail == "a value is larger than 1000 bytes")
        let many = await origin.load(keys(["1", "2"]))
        #expect(many.map(\.cause) == [nil, .refused])
    }
}
