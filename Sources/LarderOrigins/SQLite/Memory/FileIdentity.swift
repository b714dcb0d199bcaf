import Glibc

/// Which file a path leads to: equal for the same file, however often it changes.
struct FileIdentity: Hashable {
    private let device: UInt
    private let number: UInt

    /// `nil` if there is none.
    init?(of path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        (device, number) = (UInt(status.st_dev), UInt(status.st_ino))
    }
}
