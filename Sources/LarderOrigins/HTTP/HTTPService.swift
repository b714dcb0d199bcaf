import LarderCore

/// An HTTP service with its replicas: connections, limits and health, for all its namespaces.
public final class HTTPService: Sendable {
    /// The configured name, as failures and metrics show it.
    public let name: String
    let client: HTTPClient
    private let configuration: HTTPConfiguration
    private let bases: [HTTPBase]
    private let replicas: Guarded<ReplicaSet>
    private let hasher = KeyHasher(seed: .random(in: 0...UInt64.max))

    /// Starts the service's thread; connections are made when they are needed.
    ///
    /// - Throws: What cannot be in the configuration.
    public init(
        name: String, _ configuration: HTTPConfiguration
    ) throws(OriginConfigurationError) {
        try configuration.validate()
        self.name = name
        self.configuration = configuration
        var bases: [HTTPBase] = []
        for address in [configuration.primary] + configuration.replicas {
            bases.append(try HTTPBase(address))
        }
        self.bases = bases
        replicas = Guarded(
            ReplicaSet(count: bases.count, primaryAfterWrite: configuration.primaryAfterWrite))
        client = try HTTPClient(HTTPSettings(configuration))
    }

    /// Requests that were refused because too many were on their way.
    public var overloadCount: Int { client.overloadCount }

    /// Loads from the nearest healthy replica.
    func load(_ path: String, _ request: LoadRequest) async -> LoadOutcome {
        let start = MonotonicClock.now()
        let hash = hash(request.key)
        let index = replicas.withLock { $0.choose(hash: hash, at: start) }
        do throws(KeyRefusal) {
            let base = bases[index]
            let address = try base.address(of: path, bytesMax: configuration.addressBytesMax)
            var headers = configuration.headers.map(\.line)
            headers += ["Accept-Encoding: gzip"] + Self.conditions(request.validator)
            let get = HTTPRequest(
                method: .get, address: address, headers: headers,
                deadline: start.advanced(by: configuration.timeout))
            let result = await follow(get, from: base)
            note(result, of: index, since: start)
            return outcome(of: result, isConditional: request.validator != nil)
        } catch {
            return .failed(refusal(error))
        }
    }

    /// Writes to the primary.
    func change(
        _ key: Key, _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]
    ) async -> WriteOutcome {
        let start = MonotonicClock.now()
        do throws(KeyRefusal) {
            let address = try bases[0].address(of: path, bytesMax: configuration.addressBytesMax)
            var headers = configuration.headers.map(\.line)
            // libcurl would wait for the server's word before a long body.
            if method == .put {
                headers += ["Content-Type: \(configuration.contentType)", "Expect:"]
            }
            let request = HTTPRequest(
                method: method, address: address, headers: headers, body: body,
                deadline: start.advanced(by: configuration.timeout))
            // Before, for what others see of it meanwhile; after, for the replicas' lag.
            let hash = hash(key)
            replicas.withLock { $0.changed(hash: hash, at: start) }
            let result = await client.perform(request)
            let end = MonotonicClock.now()
            replicas.withLock { $0.changed(hash: hash, at: end) }
            note(result, of: 0, since: start)
            return writeOutcome(of: result, method)
        } catch {
            return .refused(refusal(error))
        }
    }

    var respectsCacheControl: Bool { configuration.respectsCacheControl }
    var tagHeader: String? { configuration.tagHeader }

    func invalidated(_ scope: Ban.Scope) {
        let now = MonotonicClock.now()
        if case .key(let key) = scope {
            let hash = hash(key)
            replicas.withLock { $0.changed(hash: hash, at: now) }
        } else {
            replicas.withLock { $0.changedSomewhere(at: now) }
        }
    }

    func refusal(_ refusal: KeyRefusal) -> SourceFailure {
        SourceFailure(source: name, cause: .refused, detail: refusal.reason, isKeys: true)
    }

    private func hash(_ key: Key) -> UInt64 {
        unsafe hasher.hash(key.bytes.span.bytes, salt: UInt64(key.database))
    }

    private static func conditions(_ validator: Validator?) -> [String] {
        guard let validator else { return [] }
        let tag = String(decoding: validator.tag, as: UTF8.self)
        let modified = String(decoding: validator.modified, as: UTF8.self)
        // From an origin, perhaps long ago: only what is a header's value goes into a header.
        return [HTTPHeader("If-None-Match", tag), HTTPHeader("If-Modified-Since", modified)]
            .filter { !$0.value.isEmpty && $0.isWellFormed }.map(\.line)
    }

    /// Performs a request, and those that its redirects lead to, by the rules.
    private func follow(_ first: HTTPRequest, from base: HTTPBase) async -> HTTPResult {
        var request = first
        for _ in 0..<max(1, configuration.redirectsMax + 1) {
            let result = await client.perform(request)
            guard case .answered(let answer) = result, let next = answer.redirect,
                [301, 302, 303, 307, 308].contains(answer.status)
            else { return result }
            guard configuration.redirectsMax > 0 else { break }
            guard let site = HTTPBase.site(of: next) else { return Self.wrongRedirect() }
            if site != base.site {
                let isWeaker = base.isSecure && !site.hasPrefix("https:")
                guard configuration.mayRedirectElsewhere, !isWeaker else {
                    return Self.wrongRedirect()
                }
                // What proves to one host who we are is not shown to another.
                request.headers = []
            }
            request.address = next
        }
        let detail =
            configuration.redirectsMax == 0
            ? "a redirect, and none is followed"
            : "more than \(configuration.redirectsMax) redirects"
        return .failed(HTTPFailure(cause: .refused, detail: detail, wasSent: true))
    }

    private static func wrongRedirect() -> HTTPResult {
        .failed(
            HTTPFailure(
                cause: .refused, detail: "a redirect to another host or scheme", wasSent: true))
    }

    private func note(_ result: HTTPResult, of index: Int, since start: Tick) {
        let now = MonotonicClock.now()
        switch result {
        case .answered(let answer) where answer.status < 500:
            let latency = Duration.nanoseconds(Int64(now.nanoseconds - start.nanoseconds))
            replicas.withLock { $0.answered(index, after: latency) }
        case .failed(let failure) where !failure.isServers: break
        default: replicas.withLock { $0.failed(index, at: now) }
        }
    }
}
