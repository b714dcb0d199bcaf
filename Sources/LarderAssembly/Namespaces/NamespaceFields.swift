import LarderCore

/// The keys of a namespace that stand for themselves.
enum NamespaceFields {
    /// Keys with a meaning of their own.
    static let others = ["match", "name", "origin"]

    static let all: [Field<NamespaceConfiguration>] =
        timing + [
            Field("write", \.write, .name()),
            Field("placement", \.placement, .name()),
            Field("priority", \.priority, .priority),
            Field("budget", \.budget, .budget),
            Field("cache", \.caching, .name()),
        ]

    private static let timing: [Field<NamespaceConfiguration>] = [
        Field("ttl", \.ttl, .optional(.span, nilAs: "never")),
        Field("idle", \.idle, .optional(.span, nilAs: "never")),
        Field("jitter", \.jitter, .share),
        Field("stale", \.stale, .window),
        Field("stale-if-error", \.staleIfError, .window),
        Field("negative-ttl", \.negativeTTL, .window),
        Field("refresh-at", \.refreshAt, .optional(.innerShare, nilAs: "off")),
        Field("early-refresh", \.earlyRefresh, .beta),
        Field("wait", \.wait, .span),
        Field("timeout", \.timeout, .optional(.span, nilAs: "origin")),
        Field("lease", \.lease, .span),
    ]

    /// Keys that say nothing without an origin.
    static let needingOrigin = [
        "stale", "stale-if-error", "negative-ttl", "refresh-at", "early-refresh", "wait", "timeout",
    ]

    /// Keys that say nothing when nothing is kept.
    static let needingCache = [
        "ttl", "idle", "jitter", "stale", "stale-if-error", "negative-ttl", "refresh-at",
        "early-refresh", "placement", "priority", "budget",
    ]

    /// Whether the key called `name` says something in `namespace`.
    static func isMeant(_ name: String, in namespace: NamespaceConfiguration) -> Bool {
        (namespace.origin != nil || needingOrigin.contains(name) == false)
            && (namespace.caching == .yes || needingCache.contains(name) == false)
    }
}

/// The keys of an origin that stand for themselves.
enum OriginFields {
    static let others = OriginConfiguration.Source.keys + ["replicas", "headers"]

    static let all: [Field<OriginConfiguration>] = [
        Field("limit", \.limit, .limit),
        Field("timeout", \.timeout, .span),
        Field("connect-timeout", \.connectTimeout, .span),
    ]
}

extension Form where Value == Duration {
    /// Ten years: what is longer is for ever.
    private static let spanMax = Duration.seconds(3650 * 86_400)

    static let span = Form(
        "a duration is a number with ms, s, m, h or d, from 1ms to 3650d, such as 2.5s",
        read: { text in
            let span = try? Duration(parsing: text)
            return span.flatMap { (.milliseconds(1)...spanMax).contains($0) ? $0 : nil }
        },
        write: { $0.text })

    static let window = Form(
        "a duration is a number with ms, s, m, h or d, at most 3650d, such as 2.5s; 0s: none",
        read: { text in
            let window = try? Duration(parsing: text)
            return window.flatMap { (.zero...spanMax).contains($0) ? $0 : nil }
        },
        write: { $0.text })
}

extension Form where Value == Ratio {
    static let share = Form(
        "a share is a number with %, from 0% to 100%, such as 10%",
        read: { text in text.hasSuffix("%") ? try? Ratio(parsing: text) : nil },
        write: { $0.description })

    static let innerShare = Form(
        "a share is a number with %, above 0% and below 100%, such as 90%",
        read: { text in
            let share = share.read([text])
            return share.flatMap { (1..<1_000_000).contains($0.millionths) ? $0 : nil }
        },
        write: { $0.description })
}

extension Form where Value == ClosedRange<Ratio>? {
    static let budget = Form(
        "it is two shares of the memory, such as 10%..40%, or none",
        read: { text in
            guard text != "none" else { return .some(nil) }
            let ends = text.split(separator: "..", omittingEmptySubsequences: false)
                .compactMap { Form<Ratio>.share.read([String($0)]) }
            guard ends.count == 2, ends[0] <= ends[1], ends[1].millionths > 0 else { return nil }
            return .some(ends[0]...ends[1])
        },
        write: { $0.map { "\($0.lowerBound)..\($0.upperBound)" } ?? "none" })
}

extension Form where Value == Double {
    static let beta = Form(
        "it is a number from 0 (never early) to 10, such as 1.5",
        read: { text in
            guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }),
                let number = Double(text), number <= 10
            else { return nil }
            return number
        },
        write: { "\($0)" })
}

extension Form where Value == Priority {
    static let priority = Form.word([("low", .low), ("normal", .normal), ("high", .high)])
}

extension Form where Value == Int {
    static let limit = Form(
        "it is a whole number from 1 to 100000, such as 64",
        read: { text in
            CountText.read(text).flatMap { (1...100_000).contains($0) ? $0 : nil }
        },
        write: { "\($0)" })
}
