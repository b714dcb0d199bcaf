import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// Puts bytes behind the value of a key, or in front of it: a long one is not put together
    /// under the lock.
    @inline(never)
    func extend(
        _ write: MemcachedWrite, _ key: RawSpan, _ hash: UInt64, by piece: RawSpan
    ) -> (reply: MemcachedReplyLine, version: UInt64) {
        var (reply, version, start) = (MemcachedReplyLine.stored, UInt64(0), 0)
        var write = write
        func plan(_ access: inout KeyAccess) -> Int? {
            start = access.valueLength
            let isTooLong = start + piece.byteCount > store.valueMax
            reply = refusal(of: &write, &access, hash) ?? (isTooLong ? .notStored : .stored)
            return reply == .stored ? start + piece.byteCount : nil
        }
        func finish(_ access: inout KeyAccess) {
            if write.asksForVersion { version = cas(&access, hash) ?? 0 }
        }
        let outcome: PutOutcome
        if write.mode == .prepend {
            outcome = store.prepend(
                piece, to: key, hash, database: 0, at: now, if: { plan(&$0) != nil },
                finish: finish)
        } else {
            outcome = store.edit(
                key, hash, database: 0, at: now, to: plan,
                { bytes in
                    bytes.write(piece, at: start)
                    return true
                }, finish: finish)
        }
        if outcome != .stored {
            reply = .outOfMemory
            count(.outOfMemory)
        }
        count(.sets)
        return (reply, version)
    }
}
