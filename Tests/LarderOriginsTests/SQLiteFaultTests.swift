import Foundation
import LarderCore
import LarderTesting
import Testing

@testable import LarderOrigins

/// A database that is missing, broken, locked or slow fails with a reason, and is found again.
@Suite(.serialized) struct SQLiteFaultTests {
    private let file: SQLiteFile

    init() throws { file = try SQLiteFile() }

    @Test func `a missing table is a failure with its name`() async throws {
        let queries = SQLiteQueries.whole(get: "SELECT body FROM nowhere WHERE id = ?1")
        let origin = SQLiteOrigin(try file.database(), queries)
        let outcome = await origin.load("1")
        #expect(outcome.failure?.description == "catalog refused: no such table: nowhere")
        try file.run("CREATE TABLE nowhere (id, body)")
        #expect(await origin.load("1") == .absent)
    }

    @Test(arguments: [
        ("SELECT", "incomplete input"),
        ("SELECT body FROM products; DROP TABLE products", "one statement"),
        ("", "one statement"), ("SELECT body FROM products WHERE id = ?2", "2 parameters"),
        ("DELETE FROM products", "readonly"), ("PRAGMA user_version = 7", "readonly"),
    ])
    func `a query that cannot be is refused`(query: String, detail: String) async throws {
        try file.run("INSERT INTO products (id, body) VALUES (1, 'a')")
        let origin = SQLiteOrigin(try file.database(), .whole(get: query))
        let outcome = await origin.load("1")
        #expect(outcome.cause == .refused)
        #expect(outcome.failure?.detail.contains(detail) == true, "\(outcome)")
        #expect(try file.column("SELECT body FROM products") == ["a"])
    }

    @Test func `a file that is missing is unreachable, and found when it is there`() async throws {
        let folder = try ScratchFolder(["later.db", "later.db-wal", "later.db-shm"])
        var configuration = SQLiteConfiguration(path: folder.file("later.db"))
        configuration.timeout = .seconds(30)
        let origin = SQLiteOrigin(
            try SQLiteDatabase(name: "catalog", configuration), .whole(get: "SELECT ?1"))
        #expect(await origin.load("1").cause == .unreachable)
        #expect(folder.text(of: "later.db") == nil, "nobody asked for a new file")
        folder.write("", to: "later.db")
        #expect(await origin.text("1") == "1")
    }

    /// Fails when a connection is kept with a transaction that nobody ends.
    @Test func `a query that begins a transaction locks nobody out`() async throws {
        var queries = SQLiteQueries.whole(get: "SELECT ?1")
        queries.set = "BEGIN IMMEDIATE"
        let origin = SQLiteOrigin(try file.database(), queries)
        for _ in 0..<2 { try #require(await origin.write("1", [1]) == .applied) }
        try file.run("INSERT INTO products (id, body) VALUES (1, 'a')")
        #expect(try file.column("SELECT body FROM products") == ["a"])
    }

    /// Fails when a connection outlives its file: it would read what is gone, for ever.
    @Test(arguments: [true, false])
    func `a file that goes is gone, and another in its place is read`(usesLog: Bool) async throws {
        let file = try SQLiteFile(usesWriteAheadLog: usesLog)
        try file.run("INSERT INTO products (id, body) VALUES (1, 'old')")
        let origin = try file.products { $0.usesWriteAheadLog = usesLog }
        #expect(await origin.text("1") == "old")
        let away = try ScratchFolder(["shop.db", "shop.db-wal", "shop.db-shm"])
        for name in ["shop.db", "shop.db-wal", "shop.db-shm"] {
            try? FileManager.default.moveItem(
                atPath: file.folder.file(name), toPath: away.file(name))
        }
        #expect(await origin.load("1").cause == .unreachable)
        #expect(await origin.write("1", [1]).summary == "refused unreachable")
        let other = try SQLiteFile(usesWriteAheadLog: false)
        try other.run("INSERT INTO products (id, body) VALUES (1, 'new')")
        try FileManager.default.moveItem(atPath: other.path, toPath: file.path)
        #expect(await origin.text("1") == "new")
        #expect(await origin.write("1", Array("newer".utf8)) == .applied)
        #expect(await origin.text("1") == "newer")
    }

    @Test func `what is no database is corrupt`() async throws {
        let folder = try ScratchFolder(["no.db", "no.db-wal", "no.db-shm"])
        let path = folder.write(String(repeating: "this is no database ", count: 100), to: "no.db")
        let database = try SQLiteDatabase(name: "catalog", SQLiteConfiguration(path: path))
        let origin = SQLiteOrigin(database, .products)
        #expect(await origin.load("1").cause == .corrupt)
        #expect(await origin.write("1", [1]).summary == "refused corrupt")
    }

    @Test(arguments: [true, false])
    func `a locked database costs the time limit`(usesLog: Bool) async throws {
        let file = try SQLiteFile(usesWriteAheadLog: usesLog)
        let change: (inout SQLiteConfiguration) -> Void = {
            $0.usesWriteAheadLog = usesLog
            $0.timeout = .milliseconds(300)
        }
        let origin = try file.products(change)
        try file.run("INSERT INTO products (id, body) VALUES (1, 'a')")
        try file.run("BEGIN EXCLUSIVE")
        let load = await origin.load("1")
        if usesLog {
            #expect(load.text == "a", "a writer keeps no reader waiting")
        } else {
            #expect(load.cause == .timeout)
            #expect(load.failure?.detail == "the database is locked, not done in time")
        }
        #expect(await origin.write("1", [1]).summary == "refused timeout")
        let entries = (1...3).map {
            Entry(key: Key(Array("\($0)".utf8)), value: [1], created: Tick(nanoseconds: 0))
        }
        #expect(
            await origin.write(entries).map(\.summary)
                == Array(repeating: "refused timeout", count: 3))
        try file.run("COMMIT")
        let patient = try file.products { $0.usesWriteAheadLog = usesLog }
        #expect(await patient.write("1", Array("b".utf8)) == .applied)
        #expect(await patient.text("1") == "b")
    }

    @Test func `who waits for a lock gets it when it is free`() async throws {
        try file.run("BEGIN EXCLUSIVE")
        let origin = try file.products()
        let write = Task { await origin.write("1", [7]) }
        #expect(await origin.load("1") == .absent)
        try file.run("COMMIT")
        #expect(await write.value == .applied)
    }

    /// Counts up for hours.
    private static let endless =
        "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
        + "SELECT count(*) FROM c WHERE n <> ?1"

    @Test func `a statement that does not end is ended`() async throws {
        let database = try file.database { $0.timeout = .milliseconds(200) }
        let origin = SQLiteOrigin(database, .whole(get: Self.endless))
        let outcomes = await origin.load([Key([1]), Key([2]), Key([3])])
        #expect(outcomes.map(\.cause) == [.timeout, .timeout, .timeout])
        #expect(outcomes[0].failure?.detail == "not done in time")
    }

    @Test func `who leaves ends the statement`() async throws {
        let database = try file.database { $0.readerCount = 1 }
        let slow = SQLiteOrigin(database, .whole(get: Self.endless))
        let load = Task { await slow.load("1") }
        load.cancel()
        #expect(await load.value.failure?.detail == "cancelled")
        // The one thread is free again.
        #expect(await SQLiteOrigin(database, .products).load("1") == .absent)
    }

    @Test func `more calls than may wait are refused`() async throws {
        let database = try file.database {
            $0.readerCount = 1
            $0.waitingMax = 1
        }
        let slow = SQLiteOrigin(database, .whole(get: Self.endless))
        let loads = (0..<4).map { _ in Task { await slow.load("1") } }
        let deadline = ContinuousClock.now + .seconds(20)
        while database.overloadCount < 2, ContinuousClock.now < deadline {
            await Task.yield()
        }
        for load in loads { load.cancel() }
        var details: [String?] = []
        for load in loads { details.append(await load.value.failure?.detail) }
        #expect(details.filter { $0 == "1 calls wait" }.count >= 2)
    }

    @Test func `a change that is refused keeps the others`() async throws {
        try file.run("CREATE TABLE odd (id TEXT PRIMARY KEY, body CHECK (body <> 'even'))")
        var queries = SQLiteQueries.whole(get: "SELECT body FROM odd WHERE id = ?1")
        queries.set = "INSERT INTO odd VALUES (?1, ?2)"
        let origin = SQLiteOrigin(try file.database(), queries)
        let entries = [("a", "odd"), ("b", "even"), ("c", "odd"), ("a", "twice")].map {
            Entry(
                key: Key(Array($0.0.utf8)), value: Array($0.1.utf8), created: Tick(nanoseconds: 0))
        }
        let outcomes = await origin.write(entries).map(\.summary)
        #expect(outcomes == ["applied", "refused refused", "applied", "refused refused"])
        #expect(try file.column("SELECT id FROM odd ORDER BY id") == ["a", "c"])
        #expect(await origin.remove("a").summary == "refused refused", "no such query")
    }

    @Test func `a disk that is full keeps what was there`() async throws {
        let origin = try file.products()
        #expect(await origin.write("1", [1]) == .applied)
        var queries = SQLiteQueries.products
        queries.set = "INSERT INTO products (id, body) VALUES (?1, zeroblob(2000000000))"
        let full = SQLiteOrigin(try file.database(), queries)
        #expect(await full.write("2", [1]).summary == "refused refused")
        #expect(try file.column("SELECT id FROM products") == ["1"])
    }

    @Test func `nothing stays open when a database goes`() async throws {
        // Without another connection: SQLite keeps what it closed as long as one holds a lock.
        let folder = try ScratchFolder(["alone.db", "alone.db-wal", "alone.db-shm"])
        let path = folder.write("", to: "alone.db")
        for _ in 0..<10 {
            let database = try SQLiteDatabase(name: "catalog", SQLiteConfiguration(path: path))
            let origin = SQLiteOrigin(database, .whole(get: "SELECT ?1"))
            #expect(await origin.text("1") == "1")
            #expect(!Self.openFiles(path).isEmpty)
        }
        let deadline = ContinuousClock.now + .seconds(20)
        while !Self.openFiles(path).isEmpty, ContinuousClock.now < deadline { await Task.yield() }
        #expect(Self.openFiles(path) == [])
    }

    private static func openFiles(_ path: String) -> [String] {
        let manager = FileManager.default
        let names = (try? manager.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { name in
            try? manager.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
        }.filter { $0.hasPrefix(path) }
    }
}
