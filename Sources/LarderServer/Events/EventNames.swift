import LarderAssembly
import LarderMemory
import LarderWire

/// A keyspace event as redis names it.
struct KeyspaceEvent: Equatable {
    let classes: EventClasses
    let name: String
    let database: Int
    let key: [UInt8]
}

/// What the changes of one command are called.
struct EventNames {
    /// How changes belong together.
    private enum Form {
        case plain
        /// An entry goes to another key or database: one event for each end, when both are done.
        case moved(from: String, to: String, source: [UInt8])
        case copied
    }

    /// What a stored value is called.
    private var stored = "set"
    private var storedClass = EventClasses.string
    /// Whether an expiry that is stored with the value is told of too.
    private var tellsExpiry = false
    /// What the removal of an entry is called.
    private var removed = (EventClasses.generic, "del")
    private var form = Form.plain
    private var areBehindReply = false
    private var removalIsBeforeReply = false

    /// For what happens outside of commands.
    init() {}

    /// For a command of memcached: what redis would call it.
    init(_ verb: MemcachedVerb) {
        switch verb {
        case .append, .prepend: stored = "append"
        case .increment, .decrement, .metaArithmetic: stored = "incrby"
        default: tellsExpiry = true
        }
    }

    init(_ command: Command, _ call: borrowing Call) {
        switch command {
        case .set:
            readOptions(ofSet: call)
        case .setex, .psetex:
            tellsExpiry = true
        case .append: stored = "append"
        case .incr, .decr, .incrby, .decrby: stored = "incrby"
        case .incrbyfloat: stored = "incrbyfloat"
        case .setrange: stored = "setrange"
        case .setbit, .bitfield: stored = "setbit"
        case .getset, .getdel, .getex: areBehindReply = true
        case .expire, .pexpire, .expireat, .pexpireat:
            (areBehindReply, removalIsBeforeReply) = (true, true)
        case .rename, .renamenx:
            form = .moved(from: "rename_from", to: "rename_to", source: call[1].bytes)
        case .move: form = .moved(from: "move_from", to: "move_to", source: call[1].bytes)
        case .copy: form = .copied
        default: break
        }
    }

    private mutating func readOptions(ofSet call: borrowing Call) {
        tellsExpiry = true
        // A time that is over removes the entry at once.
        removed = (.expired, "expired")
        for index in 3..<max(3, call.count) {
            if call[index].equalsIgnoringCase("keepttl") { tellsExpiry = false }
            if call[index].equalsIgnoringCase("get") { areBehindReply = true }
        }
    }

    /// Whether the reply is in front of the events, for a client that receives them itself.
    func areBehindReply(_ events: [KeyEvent]) -> Bool {
        areBehindReply && !(removalIsBeforeReply && events.contains { $0.kind == .removed })
    }

    /// What redis would tell of these changes, in its order.
    func translate(_ events: [KeyEvent]) -> [KeyspaceEvent] {
        var told: [KeyspaceEvent] = []
        var target: KeyEvent?
        var source: KeyEvent?
        for event in events {
            switch event.kind {
            case .created, .replaced:
                tellStored(event, &told)
                target = event
            case .removed:
                if case .moved(_, _, let key) = form {
                    // What was in the way of the new key goes without a word.
                    if event.key == key { source = event }
                } else {
                    told.append(event.told(removed.0, removed.1))
                }
            case .expirySet: told.append(event.told(.generic, "expire"))
            case .expiryCleared: told.append(event.told(.generic, "persist"))
            case .expired: told.append(event.told(.expired, "expired"))
            case .evicted: told.append(event.told(.evicted, "evicted"))
            case .missed: told.append(event.told(.missed, "keymiss"))
            }
            guard case .moved(let from, let to, _) = form, let end = target, let start = source
            else { continue }
            told.append(start.told(.generic, from))
            told.append(end.told(.generic, to))
            (target, source) = (nil, nil)
        }
        return told
    }

    private func tellStored(_ event: KeyEvent, _ told: inout [KeyspaceEvent]) {
        switch form {
        case .plain:
            if event.kind == .created { told.append(event.told(.new, "new")) }
            told.append(event.told(storedClass, stored))
            if tellsExpiry, event.hasExpiry { told.append(event.told(.generic, "expire")) }
        case .moved:
            // Redis removes what was there before, so that the key is new.
            told.append(event.told(.new, "new"))
        case .copied:
            told.append(event.told(.new, "new"))
            told.append(event.told(.generic, "copy_to"))
        }
    }
}

extension KeyEvent {
    fileprivate func told(_ classes: EventClasses, _ name: String) -> KeyspaceEvent {
        KeyspaceEvent(classes: classes, name: name, database: database, key: key)
    }
}

extension EventClasses {
    /// What the store has to note so that these can be told.
    var kinds: KeyEventKinds {
        guard isSending else { return [] }
        var kinds: KeyEventKinds = []
        if !isDisjoint(with: [.generic, .string, .new]) { kinds.insert(.writes) }
        // A SET with a time that is over is told as a write that expires.
        if contains(.expired) { kinds.formUnion([.expirations, .writes]) }
        if contains(.evicted) { kinds.insert(.evictions) }
        if contains(.missed) { kinds.insert(.misses) }
        return kinds
    }
}
