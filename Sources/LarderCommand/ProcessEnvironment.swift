import Glibc

/// The variables that the process was started with.
enum ProcessEnvironment {
    static var variables: [String: String] {
        var found: [String: String] = [:]
        var place = unsafe environ
        while let text = unsafe place.pointee {
            let line = unsafe String(cString: text)
            if let mark = line.firstIndex(of: "=") {
                found[String(line[..<mark])] = String(line[line.index(after: mark)...])
            }
            unsafe place += 1
        }
        return found
    }
}
