import LarderCore
import LarderTesting

@testable import LarderOrigins

/// A file with a table of products, as another program would make and use it.
final class SQLiteFile {
    let folder: ScratchFolder
    let path: String
    private let shop: SQLiteConnection
    private let limit = SQLiteLimit(deadline: Tick(nanoseconds: .max))

    init(usesWriteAheadLog: Bool = true) throws {
        folder = try ScratchFolder(["shop.db", "shop.db-wal", "shop.db-shm", "shop.db-journal"])
        path = folder.write("", to: "shop.db")
        var configuration = SQLiteConfiguration(path: path)
        configuration.usesWriteAheadLog = usesWriteAheadLog
        shop = try SQLiteConnection(configuration, isReader: false, limit: limit)
        try run("CREATE TABLE products (id INTEGER PRIMARY KEY, body, tags TEXT, seconds)")
        try run("CREATE TABLE named (name TEXT, place TEXT, body, UNIQUE (name, place))")
    }

    /// Runs a statement as the other program.
    func run(_ text: String) throws { try shop.run(text) }

    /// What a query returns in its first column.
    func column(_ text: String) throws -> [String?] {
        let statement = try shop.statement(text)
        defer { statement.reset() }
        var rows: [String?] = []
        while try statement.step() {
            rows.append(
                try statement.bytes(0, max: 1 << 20).map { String(decoding: $0, as: UTF8.self) })
        }
        return rows
    }

    func database(
        _ change: (inout SQLiteConfiguration) -> Void = { _ in }
    ) throws -> SQLiteDatabase {
        var configuration = SQLiteConfiguration(path: path)
        configuration.timeout = .seconds(30)
        change(&configuration)
        return try SQLiteDatabase(name: "catalog", configuration)
    }

    /// The table `products` by id.
    func products(
        _ change: (inout SQLiteConfiguration) -> Void = { _ in }
    ) throws -> SQLiteOrigin {
        SQLiteOrigin(try database(change), .products)
    }
}

extension SQLiteQueries {
    /// The part of a key is the key.
    static func whole(get: String) -> SQLiteQueries {
        SQLiteQueries(get: get) { [$0.bytes] }
    }

    static var products: SQLiteQueries {
        var queries = whole(get: "SELECT body FROM products WHERE id = ?1")
        queries.getMany =
            "SELECT id, body FROM products WHERE id IN (SELECT value FROM json_each(?1))"
        queries.set =
            "INSERT INTO products (id, body) VALUES (?1, ?2) "
            + "ON CONFLICT (id) DO UPDATE SET body = excluded.body"
        queries.delete = "DELETE FROM products WHERE id = ?1"
        return queries
    }

    /// `name:place`, of which the parts are columns.
    static var named: SQLiteQueries {
        var queries = SQLiteQueries(
            get: "SELECT body FROM named WHERE name = ?1 AND place = ?2"
        ) { key throws(KeyRefusal) in
            let parts = key.bytes.split(separator: UInt8(ascii: ":")).map { Array($0) }
            guard parts.count == 2 else { throw KeyRefusal("not two parts") }
            return parts
        }
        queries.getMany =
            "SELECT name, place, body FROM json_each(?1) AS a JOIN json_each(?2) AS b USING (key) "
            + "JOIN named ON name = a.value AND place = b.value"
        queries.set = "INSERT OR REPLACE INTO named VALUES (?1, ?2, ?3)"
        return queries
    }
}
