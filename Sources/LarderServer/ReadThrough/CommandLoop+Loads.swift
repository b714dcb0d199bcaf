import LarderCore
import LarderHierarchy
import LarderMemory
import LarderWire

// Having keys loaded that commands need, for a whole pipeline at once.
extension CommandLoop {
    /// Keys that are looked for in the requests behind one that waits.
    private static var aheadKeysMax: Int { 128 }

    /// Notes what the command at hand needs; it has to end without a reply, and is run again.
    ///
    /// - Returns: Why it may not wait for that any more.
    mutating func want(
        _ keys: [Wanted], _ connection: inout ClientConnection
    ) -> SourceFailure? {
        let wait = wait(of: &connection)
        if let vain = wait.begin(keys) {
            return SourceFailure(source: vain.plan.origin, cause: .overloaded)
        }
        connection.isWaiting = true
        breaksAhead = true
        wanted = keys
        return nil
    }

    /// What a connection waits for, which can be told from now on that it has come.
    func wait(of connection: inout ClientConnection) -> ConnectionWait {
        if let wait = connection.wait { return wait }
        let wait = ConnectionWait(connection.client.id)
        connection.wait = wait
        shared.namespaces.post.begin(connection.client.id)
        return wait
    }

    /// Asks the sources for all that is wanted. Afterwards the connection waits, unless all has
    /// come at once: then the command is to be run again now.
    @inline(never)
    mutating func startLoads(_ connection: inout ClientConnection) {
        guard let reads, let wait = connection.wait else { return }
        for place in Set(wanted.compactMap(\.plan.source)) {
            let mine = wanted.filter { $0.plan.source == place }
            let needs = mine.map { wanted in
                (need: need(of: wanted), waiter: Optional(wait.nextWaiter()))
            }
            let source = reads.source(at: place)
            for (index, answer) in source.need(needs).enumerated() {
                switch answer {
                case (.waits, let id):
                    guard let id, let waiter = needs[index].waiter else { continue }
                    wait.expect(mine[index].key, waiter, from: source, id)
                case (.held, _): continue
                case (.failed(let failure), _): wait.note(.failed(failure), of: mine[index].key)
                }
            }
        }
        wanted.removeAll(keepingCapacity: true)
        connection.isWaiting = wait.isWaiting
    }

    /// What a source is told of a key that is to be loaded.
    func need(of wanted: Wanted) -> Need<FillToken> {
        let key = unsafe wanted.key.bytes.span.bytes
        let point = store.loadPoint(of: key, wanted.hash, database: 0, at: now)
        return Need(
            wanted.key, at: point.token, binding: wanted.plan.binding,
            refreshing: wanted.loaded, validator: point.validator)
    }

    /// Adds what the requests behind the one at `index` will miss, up to the first of them that is
    /// no plain read.
    @inline(never)
    mutating func wantAhead(
        after index: Int, of count: Int, in bytes: RawSpan, _ connection: ClientConnection
    ) {
        if index > 0 { connection.wait?.forgetTries() }
        guard connection.gate.isEmpty, connection.transaction == nil, connection.database == 0
        else { return }
        for next in index + 1..<count {
            let call = ahead.call(next, in: bytes)
            guard let command = table.command(call[0]), command.isPlainRead,
                table.traits[Int(command.rawValue)].accepts(argumentCount: call.count)
            else { return }
            for place in command.loadedPlaces(call) { wantAhead(call[place]) }
        }
    }

    /// The same for memcached's commands.
    @inline(never)
    mutating func wantCommandsAhead(
        after index: Int, of count: Int, in bytes: RawSpan, _ connection: ClientConnection
    ) {
        if index > 0 { connection.wait?.forgetTries() }
        guard connection.gate.isEmpty else { return }
        for next in index + 1..<count {
            let call = ahead.call(next, in: bytes)
            guard [.get, .gets].contains(ahead.command(next).verb) else { return }
            for place in 0..<call.count { wantAhead(call[place]) }
        }
    }

    private mutating func wantAhead(_ key: RawSpan) {
        guard wanted.count < Self.aheadKeysMax, let plan = reads?.plan(for: key),
            plan.source != nil
        else { return }
        let hash = store.hash(key)
        switch store.standing(of: key, hash, database: 0, at: now) {
        case .fresh, .negative: return
        case .stale where plan.staleMilliseconds > 0: return
        case .stale, .absent: break
        }
        let name = Key(key.bytes)
        guard !wanted.contains(where: { $0.key == name }) else { return }
        wanted.append(Wanted(name, hash, plan))
    }
}
