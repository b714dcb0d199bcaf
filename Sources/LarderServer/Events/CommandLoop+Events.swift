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
        if !tellings.isCollecting { shared.leases.reviewChanges() }
        let noted = events.takeAll()
        guard !noted.isEmpty, shared.pubsub.hasTopics || wantedKinds.contains(.evictions)
        else { return }
        let names = names()
        let end = output.count
        guard !tellings.isCollecting else {
            let position = names.areBehindReply(noted) ? end : start
            if !tellings.add(noted, names, of: connection, at: position) {
                events.noteLost(noted.count)
            }
            return
        }
        tell(noted, names, on: &connection, into: &output)
        if output.count > end, !names.areBehindReply(noted) {
            output.moveToEnd(start..<end)
        }
    }

    /// Tells watchers and subscribers what happened to keys. A client that receives it itself has
    /// it in its output.
    mutating func tell(
        _ noted: [KeyEvent], _ names: EventNames, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) {
        noteEvictions(noted)
        guard shared.pubsub.hasTopics else { return }
        let classes = shared.eventClasses
        for event in names.translate(noted) {
            for message in event.messages(classes) {
                _ = publish(message, from: &connection, &output)
            }
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
        shared.leases.reviewChanges()
        let noted = events.takeAll()
        noteEvictions(noted)
        guard !noted.isEmpty, shared.pubsub.hasTopics else { return }
        let classes = shared.eventClasses
        for event in EventNames().translate(noted) {
            for message in event.messages(classes) {
                let publication = shared.pubsub.publish(message, from: nil)
                published |= publication.loops
                if publication.lostCount > 0 { events.noteLost(publication.lostCount) }
            }
        }
    }
}

extension KeyspaceEvent {
    /// The messages for it, if such events are sent. They are made one event after the other: only
    /// the inboxes, which are bounded, hold many.
    fileprivate func messages(_ sent: EventClasses) -> [PublishedMessage] {
        var messages: [PublishedMessage] = []
        guard !sent.isDisjoint(with: classes) else { return messages }
        let name = Array(name.utf8)
        if sent.contains(.keyspace) {
            let channel = Array("__keyspace@\(database)__:".utf8) + key
            messages.append(PublishedMessage(TopicName(channel), name, isEvent: true))
        }
        if sent.contains(.keyevent) {
            let channel = Array("__keyevent@\(database)__:".utf8) + name
            messages.append(PublishedMessage(TopicName(channel), key, isEvent: true))
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
