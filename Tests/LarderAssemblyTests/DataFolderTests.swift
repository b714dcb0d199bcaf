import Glibc
import LarderAssembly
import Testing

@Suite struct DataFolderTests {
    /// Runs `body` with the path of a new folder, which is removed afterwards.
    private func withFolder(_ body: (String) throws -> Void) throws {
        var template = Array("\(P_tmpdir)/larder-test-XXXXXX".utf8CString)
        let path = unsafe mkdtemp(&template).map { unsafe String(cString: $0) }
        let folder = path ?? ""
        #expect(folder.isEmpty == false)
        defer {
            for name in ["a/b/larder.lock", "larder.lock", "file"] {
                _ = unsafe unlink("\(folder)/\(name)")
            }
            for name in ["a/b/larder.lock", "a/b", "a", ""] {
                _ = unsafe rmdir("\(folder)/\(name)")
            }
        }
        try body(folder)
    }

    private func failure(_ path: String) -> DataFolderError? {
        do throws(DataFolderError) {
            _ = try DataFolder(locking: path)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a second server is told whose the folder is`() throws {
        try withFolder { path in
            let folder = try DataFolder(locking: path)
            #expect(failure(path) == .inUse(path: path, pid: Int(getpid())))
            #expect(
                failure(path)?.description
                    == "the data folder '\(path)' is in use by another server"
                    + " (process \(getpid())); stop it, or set 'data' to another one")
            #expect(folder.path == path)
        }
    }

    @Test func `the folder is free again when its owner ends`() throws {
        try withFolder { path in
            do {
                let folder = try DataFolder(locking: path)
                #expect(failure(folder.path) != nil)
            }
            #expect(failure(path) == nil)
        }
    }

    @Test func `a lock file left by a crash locks nothing`() throws {
        try withFolder { path in
            // What a killed process leaves: its id in the file, and no lock.
            let file = unsafe open("\(path)/larder.lock", O_RDWR | O_CREAT, 0o600)
            _ = unsafe write(file, "4711\n", 5)
            #expect(flock(file, LOCK_EX) == 0)
            #expect(failure(path) == .inUse(path: path, pid: 4711))
            close(file)
            #expect(failure(path) == nil)
        }
    }

    @Test func `missing folders are made, for owner and group only`() throws {
        try withFolder { path in
            let folder = try DataFolder(locking: "\(path)/a//b/")
            var status = stat()
            #expect(unsafe stat("\(path)/a/b", &status) == 0)
            #expect(status.st_mode & 0o007 == 0)
            #expect(folder.path == "\(path)/a//b/")
        }
    }

    @Test func `a file in the way is named`() throws {
        try withFolder { path in
            close(unsafe open("\(path)/file", O_RDWR | O_CREAT, 0o600))
            #expect(failure("\(path)/file") == .notAFolder(path: "\(path)/file"))
            #expect(failure("\(path)/file/x") == .notAFolder(path: "\(path)/file"))
            #expect(
                failure("\(path)/file")?.description
                    == "the data folder '\(path)/file' is a file; set 'data' to a folder")
        }
    }

    @Test func `a folder that cannot be made or written is named with the reason`() throws {
        #expect(
            failure("/proc/larder")?.description
                == "the data folder '/proc/larder' cannot be created: No such file or directory;"
                + " set 'data' to another one")
        try withFolder { path in
            #expect(unsafe mkdir("\(path)/larder.lock", 0o700) == 0)
            #expect(
                failure(path)?.description
                    == "the data folder '\(path)' cannot be written: Is a directory;"
                    + " give this user the right to, or set 'data' to another one")
            _ = unsafe rmdir("\(path)/larder.lock")
        }
    }
}
