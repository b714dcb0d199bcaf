import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// `set`, which most writes are: what `carryOut` does, without what only others need.
    /// `mutating` as `get` is.
    mutating func set(
        _ command: MemcachedCommand, _ call: borrowing Call, _ output: inout OutputBuffer
    ) {
        guard wantedKinds.isEmpty else { return write(command, call, &output) }
        let (key, value) = (call[0], call[1])
        let expiry = MemcachedExpiry.moment(command.expiry, now: now)
        var outcome = PutOutcome.stored
        store.withKey(key, store.hash(key), database: 0, at: now) { access in
            guard let expiry else { return access.remove() }
            outcome = access.put(
                value, expiry: expiry.unlessNever, flags: command.flags, isVersioned: true)
            // What is there now is no longer what the client believes.
            if outcome != .stored { access.remove() }
        }
        count(.sets)
        if outcome != .stored { count(.outOfMemory) }
        if !command.isQuiet { output.append(outcome == .stored ? .stored : .outOfMemory) }
    }
}
