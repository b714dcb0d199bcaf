import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire

extension CommandLoop {
    /// Begins to stream the argument at `index`, whose bytes start at `offset`.
    ///
    /// - Returns: `nil` when the command has no use for it, so that it is waited for like any
    ///   other.
    @inline(never)
    func makeIngest(
        _ bytes: RawSpan, from position: Int, index: Int, length: Int, offset: Int,
        on connection: inout ClientConnection
    ) throws(ProtocolFailure) -> Ingest? {
        guard let key = Self.keyIndex(of: arguments.call(in: bytes), valueAt: index),
            !mayWait(arguments.call(in: bytes), key)
        else { return nil }
        let ingest = Ingest()
        ingest.prefix.append(bytes.extracting(position..<offset))
        // The ingest's own list is empty, so the parser reads the request again up to here.
        let prefix = ingest.prefix
        _ = try unsafe ingest.arguments.parse(
            &connection.requests, prefix.span.bytes, from: 0, limits: limits)
        let hash = store.hash(arguments.call(in: bytes)[key])
        beginValue(ingest, hash, index: index, length: length)
        return ingest
    }

    /// Whether the command may have to wait for a load, and is kept whole for that.
    private func mayWait(_ call: borrowing Call, _ key: Int) -> Bool {
        guard let reads else { return false }
        return call[0].equalsIgnoringCase("msetnx") || reads.plan(for: call[key])?.source != nil
    }

    private func beginValue(_ ingest: Ingest, _ hash: UInt64, index: Int, length: Int) {
        ingest.builder = store.makeLargeBuilder(for: hash, byteCount: length)
        ingest.index = index
        ingest.lineEndLeft = 2
    }

    /// Hash of the key whose value is the next argument; `nil` when the command has no value there.
    private func keyHash(_ ingest: Ingest, valueAt index: Int) -> UInt64? {
        let prefix = ingest.prefix
        let whole = unsafe prefix.span.bytes
        let call = ingest.arguments.call(in: whole)
        return Self.keyIndex(of: call, valueAt: index).map { store.hash(call[$0]) }
    }

    private mutating func run(
        _ ingest: Ingest, on connection: inout ClientConnection, into output: inout OutputBuffer
    ) {
        let prefix = ingest.prefix
        streamed = ingest.values
        unsafe run(ingest.arguments.call(in: prefix.span.bytes), on: &connection, into: &output)
        streamed = StreamedValues()
    }

    /// Place of the key whose value is the argument at `index`, in the commands that store values.
    private static func keyIndex(of call: borrowing Call, valueAt index: Int) -> Int? {
        guard index >= 2, let command = CommandTable.shared.command(call[0]) else { return nil }
        switch command {
        case .set, .setnx, .getset: return index == 2 ? 1 : nil
        case .setex, .psetex: return index == 3 ? 1 : nil
        case .larder: return index == 3 && call[1].equalsIgnoringCase("set") ? 2 : nil
        case .mset, .msetnx: return index % 2 == 0 ? index - 1 : nil
        default: return nil
        }
    }

    /// Goes on with the request of `ingest`, of which `bytes` holds what follows.
    ///
    /// - Returns: How many bytes are done with, and whether the request is too.
    @inline(never)
    mutating func resume(
        _ ingest: Ingest, _ bytes: RawSpan, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) throws(ProtocolFailure) -> (consumed: Int, isDone: Bool) {
        var position = 0
        while true {
            if ingest.builder != nil {
                position += ingest.feed(bytes.extracting(position..<bytes.byteCount))
                guard ingest.isFed else { return (position, false) }
                ingest.values[ingest.index] = .some(ingest.builder?.finish())
                ingest.builder = nil
                ingest.arguments.skipLargeArgument(&connection.requests)
            }
            // What follows the value stands right behind what came before it: the parser goes on
            // as if both were in one place, and only the new part is added to the old.
            let start = position - ingest.prefix.count
            let step = try ingest.arguments.parse(
                &connection.requests, bytes, from: start, limits: limits)
            switch step {
            case .request(let end):
                ingest.keep(bytes.extracting(position..<end))
                run(ingest, on: &connection, into: &output)
                return (end, true)
            case .largeArgument(let index, let length, let offset):
                ingest.keep(bytes.extracting(position..<offset))
                guard length <= shared.valueMax, let hash = keyHash(ingest, valueAt: index)
                else { throw ProtocolFailure(.invalidBulkLength, at: offset) }
                beginValue(ingest, hash, index: index, length: length)
                position = offset
            case .needMore, .empty, .inlineRequest:
                return (position, false)
            }
        }
    }

    /// Stores the argument at `index`, which may have been streamed.
    @inline(__always)
    func put(
        _ index: Int, of call: borrowing Call, in access: inout KeyAccess,
        expiry: Moment? = nil
    ) -> PutOutcome {
        guard streamed.isEmpty else {
            return Self.putStreamed(streamed, index, of: call, in: &access, expiry)
        }
        return access.put(call[index], expiry: expiry)
    }

    @inline(never)
    private static func putStreamed(
        _ streamed: StreamedValues, _ index: Int, of call: borrowing Call,
        in access: inout KeyAccess, _ expiry: Moment?
    ) -> PutOutcome {
        guard let value = streamed[index] else {
            return access.put(call[index], expiry: expiry)
        }
        return access.put(large: value, expiry: expiry)
    }
}
