import LarderCore
import LarderMemory
import LarderWire

/// What RENAME, RENAMENX and COPY ask for.
struct TransferRules {
    /// Database of the new key.
    var database: Int
    /// The old key goes.
    var removesSource: Bool
    /// The new key may exist.
    var overwrites: Bool
}

/// How a transfer ended.
enum TransferResult {
    case noSource
    case targetExists
    case done(PutOutcome)
}

extension CommandLoop {
    mutating func rename(
        _ call: borrowing Call, _ connection: ClientConnection, isConditional: Bool,
        _ output: inout OutputBuffer
    ) {
        let rules = TransferRules(
            database: connection.database, removesSource: true, overwrites: !isConditional)
        switch transfer(call, connection, rules) {
        case .noSource: output.appendError("ERR no such key")
        case .targetExists: output.appendInteger(0)
        case .done(let outcome):
            output.append(outcome) { output in
                if isConditional { output.appendInteger(1) } else { output.appendSimple("OK") }
            }
        }
    }

    mutating func copy(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let options = CopyOptions(call, connection.database, store.databaseCount, &output)
        else { return }
        if options.database == connection.database, call[1].isEqual(to: call[2]) {
            return output.appendError("ERR source and destination objects are the same")
        }
        let rules = TransferRules(
            database: options.database, removesSource: false, overwrites: options.replaces)
        switch transfer(call, connection, rules) {
        case .noSource:
            store.countMiss(call[1], hashes[0], database: connection.database)
            output.appendInteger(0)
        case .targetExists: output.appendInteger(0)
        case .done(let outcome): output.append(outcome) { $0.appendInteger(1) }
        }
    }

    /// Stores the entry of the first key under the second one too, or instead.
    private mutating func transfer(
        _ call: borrowing Call, _ connection: ClientConnection, _ rules: TransferRules
    ) -> TransferResult {
        hashes.removeAll(keepingCapacity: true)
        var set = ShardSet()
        for index in 1...2 {
            hashes.append(store.hash(call[index]))
            store.insertShard(of: hashes[index - 1], into: &set)
        }
        // A large value is copied without a lock, before the attempt that stores the copy.
        var copy = ValueCopy()
        return store.untilDone(set) {
            copy.make(store, for: hashes[1])
            return tryTransfer(call, connection, rules, set, &copy)
        }
    }

    /// - Returns: `nil` when there has to be a copy of a large value first.
    private func tryTransfer(
        _ call: borrowing Call, _ connection: ClientConnection, _ rules: TransferRules,
        _ set: ShardSet, _ copy: inout ValueCopy
    ) -> TransferResult? {
        var result: TransferResult?
        let namespace = rules.database == 0 ? reads?.number(for: call[2]) ?? 0 : 0
        store.withShards(set, database: connection.database, at: now) { keys in
            var source: MovingEntry?
            keys.withKey(call[1], hashes[0]) { source = MovingEntry($0) }
            guard var source else {
                result = .noSource
                return
            }
            let isSame =
                rules.database == connection.database && call[1].isEqual(to: call[2])
            keys.withKey(call[2], hashes[1], database: rules.database) { access in
                if access.exists, !rules.overwrites {
                    result = .targetExists
                } else if isSame {
                    result = .done(.stored)
                } else {
                    // Pieces belong to a shard: within it a value changes its key as it is.
                    let staysInShard = rules.removesSource && set.isSingle
                    source.join(namespace)
                    result = source.store(in: &access, staysInShard, &copy).map { .done($0) }
                }
            }
            guard case .done(.stored)? = result, rules.removesSource, !isSame else { return }
            keys.withKey(call[1], hashes[0]) { $0.remove() }
        }
        return result
    }
}

/// A copy of a large value in the shard of its new key.
struct ValueCopy {
    /// What has to be copied, or was.
    private(set) var original: LargeValue?
    private var copy: LargeValue?
    private var isMade = false

    /// Asks for a copy of `value`.
    mutating func want(_ value: LargeValue) {
        (original, copy, isMade) = (value, nil, false)
    }

    /// Makes the copy that was asked for.
    mutating func make(_ store: ByteStore, for hash: UInt64) {
        guard let original, !isMade else { return }
        copy = store.makeLarge(
            from: .large(original), byteCount: original.byteCount, for: hash)
        isMade = true
    }

    /// The copy of `value`, which is `nil` itself when there was no memory for it; `nil` when there
    /// is none yet.
    func made(of value: LargeValue) -> LargeValue?? {
        isMade && original === value ? .some(copy) : nil
    }
}

/// An entry on its way to another key, out of the store's memory unless it is a large one.
struct MovingEntry {
    private var value: [UInt8] = []
    private let large: LargeValue?
    private let expiry: Moment
    private let flags: UInt32
    private var provenance: Provenance?

    /// The entry; `nil` when there is none.
    init?(_ access: borrowing KeyAccess) {
        guard access.exists else { return nil }
        expiry = access.expiry
        flags = access.flags
        provenance = access.provenance
        large = access.largeValue
        if large == nil { access.copyValue(into: &value) }
    }

    /// Gives it to a key of this namespace, 0 for none. Where it was not loaded for nobody knows
    /// how to load it again, and it ends with its freshness.
    mutating func join(_ namespace: UInt16) {
        guard var joining = provenance, joining.namespace != namespace else { return }
        joining.namespace = namespace
        (joining.end, joining.consideredFrom) = (joining.freshUntil, joining.freshUntil)
        provenance = joining
    }

    /// Stores it.
    ///
    /// - Returns: `nil` when it is a large value and has to be copied first.
    func store(
        in access: inout KeyAccess, _ staysInShard: Bool, _ copy: inout ValueCopy
    ) -> PutOutcome? {
        guard let large else {
            return unsafe access.put(
                value.span.bytes, expiry: expiry, flags: flags, provenance: provenance)
        }
        if staysInShard {
            return access.put(
                large: large, expiry: expiry, flags: flags, provenance: provenance)
        }
        guard let made = copy.made(of: large) else {
            copy.want(large)
            return nil
        }
        return access.put(
            large: made, expiry: expiry, flags: flags, provenance: provenance)
    }
}

/// The options of COPY.
struct CopyOptions {
    var database: Int
    var replaces = false

    /// Reads them; `nil` after an error was written.
    init?(
        _ call: borrowing Call, _ current: Int, _ databaseCount: Int,
        _ output: inout OutputBuffer
    ) {
        database = current
        var index = 3
        while index < call.count {
            if call[index].equalsIgnoringCase("replace") {
                replaces = true
            } else if call[index].equalsIgnoringCase("db"), index + 1 < call.count {
                index += 1
                guard let number = DatabaseNumber.read(call[index], databaseCount, &output) else {
                    return nil
                }
                database = number
            } else {
                output.appendSyntaxError()
                return nil
            }
            index += 1
        }
    }
}
