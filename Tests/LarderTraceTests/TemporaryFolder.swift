import Glibc

/// A folder for one test, removed with what is in it when the test ends.
final class TemporaryFolder {
    let path: String

    init() throws {
        let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? P_tmpdir
        var template = Array("\(base)/larder-trace-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SystemFailure(code: errno) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        for name in names { unsafe unlink("\(path)/\(name)") }
        unsafe rmdir(path)
    }

    /// Files in the folder.
    var names: [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Creates a file and returns its path.
    func write(_ bytes: some Sequence<UInt8>, as name: String) throws -> String {
        let file = "\(path)/\(name)"
        guard let stream = unsafe fopen(file, "w") else { throw SystemFailure(code: errno) }
        defer { unsafe fclose(stream) }
        let content = Array(bytes)
        guard unsafe fwrite(content, 1, content.count, stream) == content.count else {
            throw SystemFailure(code: errno)
        }
        return file
    }

    /// The bytes of a file.
    func read(_ name: String) throws -> [UInt8] {
        guard let stream = unsafe fopen("\(path)/\(name)", "r") else {
            throw SystemFailure(code: errno)
        }
        defer { unsafe fclose(stream) }
        var content: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while case let count = unsafe fread(&part, 1, part.count, stream), count > 0 {
            content += part[..<count]
        }
        return content
    }
}

struct SystemFailure: Error {
    let code: Int32
}
