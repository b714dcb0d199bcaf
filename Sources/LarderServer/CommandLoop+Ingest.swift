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
        guard let key = Self.keyIndex(of: arguments.call(in: bytes), valueAt: index) else {
            return nil
        }
        let ingest = Ingest()
        ingest.prefix.append(bytes.extracting(position..<offset))
        // The ingest's own list is empty, so the parser reads the request again up to here.
        let prefix = ingest.prefix
        _ = try unsafe ingest.arguments.parse(
            &connection.requests, prefix.span.bytes, from: 0, limits: limits)
        beginValue(ingest, arguments.call(in: bytes)[key], index: index, length: length)
        return ingest
    }

    private func beginValue(_ ingest: Ingest, _ key: RawSpan, index: Int, length: Int) {
        ingest.builder = store.makeLargeBuilder(for: store.hash(key), byteCount: length)
        ingest.index = index
        ingest.lineEndLeft = 2
    }

    /// Place of the key whose value is the argument at `index`, in the commands that store values.
    private static func keyIndex(of call: borrowing Call, valueAt index: Int) -> Int? {
        guard index >= 2, let command = CommandTable.shared.command(call[0]) else { return nil }
        switch command {
        case .set, .setnx, .getset: return index == 2 ? 1 : nil
        case .setex, .psetex: return index == 3 ? 1 : nil
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
                ingest.values.append((ingest.index, ingest.builder?.finish()))
                ingest.builder = nil
                ingest.arguments.skipLargeArgument(&connection.requests)
            }
            // What follows the value stands right behind what came before it.
            var request = ingest.prefix
            request.append(bytes.extracting(position..<bytes.byteCount))
            let whole = unsafe request.span.bytes
            let step = try ingest.arguments.parse(
                &connection.requests, whole, from: 0, limits: limits)
            switch step {
            case .request(let end):
                streamed = ingest.values
                run(ingest.arguments.call(in: whole), on: &connection, into: &output)
                streamed = []
                return (position + end - ingest.prefix.count, true)
            case .largeArgument(let index, let length, let offset):
                let call = ingest.arguments.call(in: whole)
                guard length <= shared.valueMax, let key = Self.keyIndex(of: call, valueAt: index)
                else { throw ProtocolFailure(.invalidBulkLength, at: offset) }
                beginValue(ingest, call[key], index: index, length: length)
                position += offset - ingest.prefix.count
                ingest.prefix = Array(request[..<offset])
            case .needMore, .empty, .inlineRequest:
                return (position, false)
            }
        }
    }

    /// Stores the argument at `index`, which may have been streamed.
    @inline(__always)
    func put(
        _ index: Int, of call: borrowing Call, in access: inout KeyAccess,
        expiry: Moment = .never
    ) -> PutOutcome {
        guard streamed.isEmpty else {
            return Self.putStreamed(streamed, index, of: call, in: &access, expiry)
        }
        return access.put(call[index], expiry: expiry)
    }

    @inline(never)
    private static func putStreamed(
        _ streamed: [(index: Int, value: LargeValue?)], _ index: Int, of call: borrowing Call,
        in access: inout KeyAccess, _ expiry: Moment
    ) -> PutOutcome {
        guard let value = streamed.first(where: { $0.index == index }) else {
            return access.put(call[index], expiry: expiry)
        }
        return access.put(large: value.value, expiry: expiry)
    }
}
