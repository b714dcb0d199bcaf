import LarderAssembly
import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire

// What commands, expiry and eviction did to keys is told when no shard is locked any more.
extension CommandLoop {
    /// Tells what a command did, whose reply starts at `start`.
    @inline(never)
    mutating func tellEvents(
        of names: @autoclosure () -> EventNames, on connection: inout ClientConnection,
        from start: Int, into output: inout OutputBuffer
    ) {
        let noted = events.takeAll()
        noteEvictions(noted)
        guard !noted.isEmpty, shared.pubsub.hasTopics else { return }
        let names = names()
        let end = output.count
        for message in messages(names.translate(noted)) {
            _ = publish(message, from: &connection, &output)
        }
        if output.count > end, !names.areBehindReply {
            output.moveToEnd(start..<end)
        }
    }

    /// Tells what a command of memcached did.
    mutating func tellEvents(
        of command: MemcachedCommand, on connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        let names = EventNames(command.verb)
        tellEvents(of: names, on: &connection, from: output.count, into: &output)
    }

    /// Tells what happened outside of commands.
    mutating func tellEvents() {
        let noted = events.takeAll()
        noteEvictions(noted)
        guard !noted.isEmpty, shared.pubsub.hasTopics else { return }
        for message in messages(EventNames().translate(noted)) {
            published |= shared.pubsub.publish(message, from: nil).loops
        }
    }

    /// The messages of those events that are to be sent.
    private func messages(_ events: [KeyspaceEvent]) -> [PublishedMessage] {
        let classes = shared.eventClasses
        var messages: [PublishedMessage] = []
        for event in events where !classes.isDisjoint(with: event.classes) {
            let name = Array(event.name.utf8)
            if classes.contains(.keyspace) {
                let channel = Array("__keyspace@\(event.database)__:".utf8) + event.key
                messages.append(PublishedMessage(channel, name, isShard: false))
            }
            if classes.contains(.keyevent) {
                let channel = Array("__keyevent@\(event.database)__:".utf8) + name
                messages.append(PublishedMessage(channel, event.key, isShard: false))
            }
        }
        return messages
    }
}

extension OutputBuffer {
    /// Puts a reply behind what was appended after it. Not when large values are sent from where
    /// they lie: those stand where they stand.
    fileprivate mutating func moveToEnd(_ reply: Range<Int>) {
        guard referencedBytes == 0, !isOverflowed, !reply.isEmpty else { return }
        var (first, second) = ([UInt8](), [UInt8]())
        withBytes { bytes in
            first = bytes.extracting(reply).bytes
            second = bytes.extracting(reply.upperBound..<bytes.byteCount).bytes
        }
        truncate(to: reply.lowerBound)
        unsafe append(second.span.bytes)
        unsafe append(first.span.bytes)
    }
}
