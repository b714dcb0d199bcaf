import LarderAssembly
import LarderTesting

/// A server with a configuration of origins and namespaces, and a SQLite file. All go with this.
final class OriginWorld {
    let fixture: ServerFixture
    let script: ServerScript
    private let folder: ScratchFolder

    /// `HTTP`, `PORT` and `FILE` in `text` become the address of the script, its port and the path
    /// of the file, in which `sql` has been run.
    init(_ text: String, sql: String = "SELECT 1", maxValueBytes: Int? = nil) throws {
        script = try ServerScript()
        folder = try ScratchFolder([
            "larder.yaml", "larder.yaml.runtime.yaml", "shop.db", "shop.db-wal", "shop.db-shm",
        ])
        let file = folder.file("shop.db")
        _ = try SQLiteShell.run(sql, in: file)
        folder.write(
            text.replacing("HTTP", with: "http://127.0.0.1:PORT")
                .replacing("PORT", with: "\(script.port)").replacing("FILE", with: file),
            to: "larder.yaml")
        let sources = ConfigurationSources(
            arguments: try ServeArguments([folder.file("larder.yaml")]), environment: [:])
        fixture = try ServerFixture(sources: sources) {
            if let maxValueBytes { $0.memory.maxValueBytes = maxValueBytes }
        }
    }

    /// What another program finds in the file.
    func sqlite(_ text: String) throws -> String {
        try SQLiteShell.run(text, in: folder.file("shop.db"))
    }
}
