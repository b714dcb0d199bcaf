import Glibc

/// A header that is sent to an HTTP origin.
public struct OriginHeader: Sendable, Hashable {
    /// As it is sent.
    public let name: String
    /// The value, or what stands before the secret: `Bearer `.
    public let text: String
    /// Where the rest of the value is; nil: there is none.
    public let secret: Secret?

    /// A place that has a secret. The secret itself is never in the configuration.
    public enum Secret: Sendable, Hashable {
        /// A variable of the environment.
        case environment(String)
        /// A file; a line end behind the secret does not count.
        case file(String)
    }

    /// Most bytes of a secret.
    static let secretBytesMax = 8192

    /// Headers that are made from the request, and would contradict it.
    private static let reserved = [
        "host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "expect",
    ]
    private static let secretWords = [
        "authorization", "cookie", "token", "secret", "password", "key",
    ]

    /// The header that a file has as `name: text`.
    ///
    /// - Throws: What is wrong, without the value.
    init(name: String, reading text: String) throws(OriginTextError) {
        let isName =
            name.isEmpty == false
            && name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte | 32)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        guard isName else {
            throw OriginTextError("'\(name.clipped)' is no name of a header, such as Accept")
        }
        guard Self.reserved.contains(name.lowercased()) == false else {
            throw OriginTextError("\(name) is set by the request itself; leave it away")
        }
        guard text.isEmpty == false, text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
            throw OriginTextError("\(name) is a text of one line, env:NAME or file:PATH")
        }
        let last = text.lastIndex(of: " ").map { text[text.index(after: $0)...] } ?? text[...]
        self.name = name
        secret = Self.secret(last)
        self.text = secret == nil ? text : String(text[..<last.startIndex])
        let isSecret = Self.secretWords.contains { name.lowercased().contains($0) }
        guard isSecret == false || secret != nil else {
            throw OriginTextError(
                "\(name) is a secret, which does not stand here; env:NAME or file:PATH says where"
                    + " it is, behind 'Bearer ' where that is needed")
        }
    }

    private static func secret(_ word: Substring) -> Secret? {
        for (prefix, make) in [("env:", Secret.environment), ("file:", Secret.file)]
        where word.hasPrefix(prefix) && word.count > prefix.count {
            return make(String(word.dropFirst(prefix.count)))
        }
        return nil
    }

    /// As a file has it.
    var fileText: String {
        switch secret {
        case .environment(let name): "\(text)env:\(name)"
        case .file(let path): "\(text)file:\(path)"
        case nil: text
        }
    }

    /// The value to send, with the secret as it is now. For the request only: never to be printed.
    ///
    /// - Throws: `OriginSecretFailure` that names the place which has none.
    public func value() throws(OriginSecretFailure) -> String {
        switch secret {
        case nil: return text
        case .environment(let name):
            guard let value = unsafe getenv(name) else {
                throw OriginSecretFailure(name: self.name, "the environment has no \(name)")
            }
            return try whole(Array(unsafe String(cString: value).utf8), "env:\(name)")
        case .file(let path):
            return try whole(try Self.bytes(of: path, for: self.name), "file:\(path)")
        }
    }

    private static func bytes(
        of path: String, for name: String
    ) throws(OriginSecretFailure) -> [UInt8] {
        do throws(SystemError) {
            return try TextFile.bytes(at: path, byteCountMax: secretBytesMax + 3)
        } catch {
            throw OriginSecretFailure(name: name, "\(path) cannot be read: \(error)")
        }
    }

    private func whole(
        _ bytes: [UInt8], _ place: String
    ) throws(OriginSecretFailure) -> String {
        var secret = bytes[...]
        if secret.last == 10 { secret.removeLast() }
        if secret.last == 13 { secret.removeLast() }
        guard secret.isEmpty == false, secret.count <= Self.secretBytesMax,
            secret.allSatisfy({ $0 >= 32 && $0 != 127 })
        else {
            throw OriginSecretFailure(
                name: name, "\(place) is empty, too long, or has more than one line")
        }
        return text + String(decoding: secret, as: UTF8.self)
    }
}

/// Why a header has no value now, without the value.
public struct OriginSecretFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence with the header and the place.
    public let description: String

    init(name: String, _ reason: String) {
        description = "header \(name): \(reason)"
    }
}
