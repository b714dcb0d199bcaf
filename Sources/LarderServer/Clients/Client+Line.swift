import LarderCore
import LarderRuntime
import LarderWire
import Synchronization

/// The request that a client is in, as far as CLIENT LIST shows it.
struct RequestInHand {
    /// Bytes of it as it was sent, and of its arguments alone.
    var byteCount = 0
    var argumentBytes = 0

    init() {}

    init(_ call: borrowing Call) {
        byteCount = "*\(call.count)\r\n".utf8.count
        for index in 0..<call.count {
            let length = call[index].byteCount
            argumentBytes += length
            byteCount += "$\(length)\r\n".utf8.count + length + 2
        }
    }
}

extension Client {
    /// The line of CLIENT LIST, in the fields of redis 7.0.
    ///
    /// Buffers for reading and writing belong to the loop here, so a client has none of its own:
    /// `qbuf-free`, `rbs` and `rbp` are zero.
    func line(at now: Tick, inHand: RequestInHand = RequestInHand()) -> String {
        let texts = described
        let active = lastActive.load(ordering: .relaxed)
        let idle = now.nanoseconds > active ? (now.nanoseconds - active) / 1_000_000_000 : 0
        let age = (now.nanoseconds &- connectedAt.nanoseconds) / 1_000_000_000
        let output = gauge?.outputBytes ?? 0
        let queuedMemory = queuedBytes.load(ordering: .relaxed)
        let input = inHand.byteCount + (gauge?.inputBytes ?? 0)
        let total = inHand.byteCount + (gauge?.heldBytes ?? 0) + queuedMemory
        let library =
            texts.libraryName.isEmpty && texts.libraryVersion.isEmpty
            ? "" : " lib-name=\(texts.libraryName) lib-ver=\(texts.libraryVersion)"
        return "id=\(id.serial) addr=\(address) laddr=\(localAddress) fd=\(descriptor)"
            + " name=\(texts.name) age=\(age) idle=\(idle) flags=\(flags)"
            + " db=\(database.load(ordering: .relaxed)) \(subscriptionCounts.line)"
            + " multi=\(queued.load(ordering: .relaxed)) qbuf=\(input) qbuf-free=0"
            + " argv-mem=\(inHand.argumentBytes) multi-mem=\(queuedMemory)"
            + " rbs=0 rbp=0 obl=0 oll=\(output > 0 ? 1 : 0) omem=\(output) tot-mem=\(total)"
            + " events=\(output > 0 ? "rw" : "r") cmd=\(commandName) user=\(texts.userName)"
            + " redir=-1 resp=\(protocolVersion.load(ordering: .relaxed))" + library
    }

    /// Redis's letters, in its order.
    private var flags: String {
        var letters = subscriptionCounts.isSubscriber ? "P" : ""
        if queued.load(ordering: .relaxed) >= 0 { letters += "x" }
        if isPostponed.load(ordering: .relaxed) { letters += "b" }
        if isLocalSocket { letters += "U" }
        if gauge?.isExempt == true { letters += "e" }
        return letters.isEmpty ? "N" : letters
    }

    private var commandName: String {
        let place = lastCommand.load(ordering: .relaxed)
        return place < 0 ? "NULL" : CommandTable.shared.names[place]
    }
}
