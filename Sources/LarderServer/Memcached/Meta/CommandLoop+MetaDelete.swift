import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// `md`.
    func metaDelete(_ call: borrowing Call, _ output: inout OutputBuffer) {
        count(.metaCommands)
        let flags: MetaFlags
        do throws(MetaRefusal) {
            // To leave a stale entry, it would have to note that.
            flags = try MetaFlags(call, 1..<call.count, unsupported: "I")
        } catch {
            return output.appendRefusal("CLIENT_ERROR invalid or duplicate flag")
        }
        guard !flags.hasLongOpaque else {
            return output.appendRefusal("CLIENT_ERROR opaque token too long")
        }
        var status: StaticString = "NF"
        var isDeleted = false
        flags.withKey(call[0]) { key in
            let hash = store.hash(key)
            store.withKey(key, hash, database: 0, at: now) { access in
                if access.exists, let version = flags.version {
                    guard cas(&access, hash) == version else {
                        status = "EX"
                        return
                    }
                }
                isDeleted = access.exists
                access.remove()
            }
        }
        count(isDeleted ? .deleteHits : .deleteMisses)
        if isDeleted { status = "HD" }
        if !isDeleted || !flags.has("q") { output.appendMeta(status, call, flags) }
    }
}
