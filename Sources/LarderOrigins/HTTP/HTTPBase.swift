/// The fixed part of an address: scheme, authority and prefix.
struct HTTPBase: Hashable, Sendable {
    /// Without a slash at the end.
    let text: String
    /// `https://host:port` in small letters, with the port always there.
    let site: String

    init(_ text: String) throws(OriginConfigurationError) {
        func wrong(_ problem: String) -> OriginConfigurationError {
            .init(field: "address", problem: problem)
        }
        // The text itself may hold a password, so no message shows it.
        guard let site = Self.site(of: text) else {
            throw wrong("must be http://host or https://host, without a user name")
        }
        guard !text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F || $0 == 0x5C }) else {
            throw wrong("holds a blank or what must be percent-encoded")
        }
        guard !text.contains("?"), !text.contains("#") else {
            throw wrong("a query belongs to get:, not to the address")
        }
        self.site = site
        self.text = text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    var isSecure: Bool { site.hasPrefix("https:") }

    /// Scheme, host and port of an address; `nil` if it is none of ours, or names a user.
    static func site(of address: String) -> String? {
        let lowered = address.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lowered.hasPrefix) else {
            return nil
        }
        let rest = lowered.dropFirst(scheme.count)
        let authority = rest.prefix { !"/?#\\".contains($0) }
        guard !authority.isEmpty, !authority.hasPrefix(":"), !authority.contains("@") else {
            return nil
        }
        let afterHost = authority.hasPrefix("[") ? authority.drop { $0 != "]" } : authority
        if afterHost.contains(":") { return scheme + authority }
        return scheme + authority + (scheme == "https://" ? ":443" : ":80")
    }

    /// Puts a path behind it.
    ///
    /// A path comes from a key, so it is looked at as what a stranger wrote: it cannot leave the
    /// host, end the request line, or climb out of the prefix.
    func address(of path: String, bytesMax: Int) throws(KeyRefusal) -> String {
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw KeyRefusal("the path does not begin with a slash")
        }
        guard text.utf8.count + path.utf8.count <= bytesMax else {
            throw KeyRefusal("the address is longer than \(bytesMax) bytes")
        }
        let isClean = path.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && $0 != 0x23 && $0 != 0x5C
        }
        guard isClean else {
            throw KeyRefusal("the path holds what must be percent-encoded")
        }
        guard !Self.climbs(path) else {
            throw KeyRefusal("the path holds '.' or '..' as a part")
        }
        return text + path
    }

    /// Whether a segment before the query is `.` or `..`, plain or encoded, or would be one for who
    /// decodes slashes before he looks.
    private static func climbs(_ path: String) -> Bool {
        let segments = path.prefix { $0 != "?" }.lowercased()
            .replacing("%2f", with: "/").replacing("%5c", with: "/")
            .split(separator: "/").flatMap { $0.split(separator: ";", maxSplits: 1).prefix(1) }
        return segments.contains { segment in
            let plain = segment.replacing("%2e", with: ".")
            return plain == "." || plain == ".."
        }
    }
}
