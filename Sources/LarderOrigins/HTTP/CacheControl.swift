import LarderCore

/// What Cache-Control says to a shared cache (RFC 9111 and 5861).
struct CacheControl: Hashable, Sendable {
    private var numbers: [String: UInt64] = [:]
    private var words: Set<String> = []

    /// Seconds above this count as this (RFC 9111, 1.2.2).
    private static let secondsMax: UInt64 = 1 << 31

    init(_ text: String) {
        for part in Self.parts(of: text) {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard let first = pair.first else { continue }
            let name = Self.trimmed(first).lowercased()
            words.insert(name)
            guard pair.count == 2 else { continue }
            let value = Self.trimmed(pair[1].filter { $0 != "\"" })
            numbers[name] = Self.seconds(value)
        }
    }

    /// The lifetime of an answer with this head.
    static func lifetime(of head: HTTPHead) -> LoadedLifetime {
        var lifetime = LoadedLifetime()
        if head.text(of: "vary")?.contains("*") == true { lifetime.isCacheable = false }
        guard let text = head.text(of: "cache-control") else { return lifetime }
        let control = CacheControl(text)
        if control.has("no-store") || control.has("private") { lifetime.isCacheable = false }
        if let seconds = control.number("s-maxage") ?? control.number("max-age") {
            let age = head.text(of: "age").map { Self.seconds($0[...]) } ?? 0
            lifetime.ttl = .seconds(seconds - min(seconds, age))
        }
        if control.has("no-cache") { lifetime.ttl = .zero }
        let mustRevalidate =
            control.has("must-revalidate") || control.has("proxy-revalidate")
            || control.has("no-cache")
        lifetime.stale = control.window("stale-while-revalidate", isNone: mustRevalidate)
        lifetime.staleIfError = control.window("stale-if-error", isNone: mustRevalidate)
        return lifetime
    }

    private func has(_ word: String) -> Bool { words.contains(word) }

    /// A number that is missing or wrong counts as 0: stale is safer than for ever.
    private func number(_ name: String) -> UInt64? {
        has(name) ? numbers[name, default: 0] : nil
    }

    private func window(_ name: String, isNone: Bool) -> Duration? {
        isNone ? .zero : number(name).map { .seconds($0) }
    }

    private static func seconds(_ text: Substring) -> UInt64 {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return 0 }
        return min(UInt64(text) ?? .max, secondsMax)
    }

    private static func trimmed(_ text: some StringProtocol) -> Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var rest = Substring(text).drop(while: isBlank)
        while rest.last.map(isBlank) ?? false { rest.removeLast() }
        return rest
    }

    /// Divided by commas, but not by those in quotes.
    private static func parts(of text: String) -> [String] {
        var parts = [""]
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character == ",", !isQuoted {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}
