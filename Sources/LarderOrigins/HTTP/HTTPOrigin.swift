public import LarderCore

/// Which addresses of a service a namespace's keys have.
public struct HTTPPaths: Sendable {
    /// A path with its query behind the service's address, percent-encoded where it comes from the
    /// key.
    public typealias Path = @Sendable (Key) throws(KeyRefusal) -> String

    /// What a load GETs.
    public var get: Path
    /// What a write PUTs to; without it writes are refused.
    public var put: Path?
    /// What a removal DELETEs; without it removals are refused.
    public var delete: Path?

    /// Paths for loads, and for what else there is.
    public init(get: @escaping Path, put: Path? = nil, delete: Path? = nil) {
        self.get = get
        self.put = put
        self.delete = delete
    }
}

/// An HTTP service as the origin of one namespace.
public struct HTTPOrigin: Origin {
    private let service: HTTPService
    private let paths: HTTPPaths

    /// The namespaces of one service share it: its connections, its limits, its health.
    public init(_ service: HTTPService, _ paths: HTTPPaths) {
        self.service = service
        self.paths = paths
    }

    /// The service's.
    public var name: String { service.name }

    /// GETs all of them at once.
    public func load(_ requests: [LoadRequest]) async -> [LoadOutcome] {
        await Self.inOrder(requests) { request in
            do throws(KeyRefusal) {
                let path = try paths.get(request.key)
                return await service.load(path, request)
            } catch {
                return .failed(service.refusal(error))
            }
        }
    }

    /// PUTs all of them at once.
    public func write(_ entries: [Entry]) async -> [WriteOutcome] {
        await Self.inOrder(entries) { entry in
            do throws(KeyRefusal) {
                guard let put = paths.put else { throw KeyRefusal("no put: is configured") }
                return await service.change(entry.key, .put, try put(entry.key), entry.value)
            } catch {
                return .refused(service.refusal(error))
            }
        }
    }

    /// DELETEs all of them at once.
    public func remove(_ keys: [Key]) async -> [WriteOutcome] {
        await Self.inOrder(keys) { key in
            do throws(KeyRefusal) {
                guard let delete = paths.delete else {
                    throw KeyRefusal("no delete: is configured")
                }
                return await service.change(key, .delete, try delete(key), [])
            } catch {
                return .refused(service.refusal(error))
            }
        }
    }

    /// The key, or all if it is no key, is loaded from the primary for a while.
    public func invalidated(_ scope: Ban.Scope) {
        service.invalidated(scope)
    }

    /// One task for each, except for a single one.
    private static func inOrder<Item: Sendable, Outcome: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async -> Outcome
    ) async -> [Outcome] {
        if items.count == 1 { return [await body(items[0])] }
        return await withTaskGroup(of: (Int, Outcome).self) { group in
            for (index, item) in items.enumerated() {
                group.addTask { (index, await body(item)) }
            }
            var outcomes = [Outcome?](repeating: nil, count: items.count)
            for await (index, outcome) in group { outcomes[index] = outcome }
            return outcomes.compactMap { $0 }
        }
    }
}
