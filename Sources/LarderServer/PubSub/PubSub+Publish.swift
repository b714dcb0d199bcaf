import LarderCore
import LarderRuntime
import LarderWire
import Synchronization

// Messages on their way: from the publisher to the inboxes of loops, and out of them.
extension PubSub {
    /// Puts a message into the inboxes of all loops that have subscribers for it. `publisher` is to
    /// wait when an inbox is full; `nil` for what cannot wait.
    func publish(_ message: PublishedMessage, from publisher: ConnectionID?) -> Publication {
        var publication = Publication()
        guard hasTopics else { return publication }
        state.withLock { state in
            state.sequence += 1
            let kind = message.isShard ? TopicKind.shard : .channel
            if let topic = state.topics[kind.rawValue][message.channel] {
                state.deliver(message, pattern: nil, topic, &publication)
            }
            if !message.isShard { state.deliverToPatterns(message, &publication) }
            guard publication.loops != 0 else { return }
            publication.sequence = state.sequence
            if let publisher { publication.mustWait = state.holds(publisher, publication.loops) }
        }
        if publication.mustWait { waits.add(1, ordering: .relaxed) }
        return publication
    }

    /// Takes what waits for a loop, which will send it later: until then it counts, and publishers
    /// wait.
    func takeDeliveries(of loop: Int) -> [Delivery] {
        state.withLock { state in
            defer { state.inboxes[loop].deliveries = [] }
            return state.inboxes[loop].deliveries
        }
    }

    /// Takes what waits for a loop that sends everything now, and who waits for that.
    func takeInbox(of loop: Int) -> Inbox {
        state.withLock { state in
            let inbox = state.inboxes[loop]
            state.inboxes[loop] = Inbox()
            return inbox
        }
    }
}

extension PubSub.State {
    fileprivate mutating func deliver(
        _ message: PublishedMessage, pattern: TopicName?, _ topic: PubSub.Topic,
        _ publication: inout PubSub.Publication
    ) {
        publication.receiverCount += topic.count
        for loop in topic.receivers.indices where !topic.receivers[loop].isEmpty {
            guard !message.isEvent || inboxes[loop].byteCount < PubSub.eventBytesMax else {
                publication.lostCount += 1
                continue
            }
            publication.loops |= 1 << UInt64(loop)
            inboxes[loop].byteCount += message.byteCount
            inboxes[loop].deliveries.append(
                Delivery(
                    message: message, pattern: pattern, receivers: topic.receivers[loop],
                    list: topic.lists[loop], sequence: sequence))
        }
    }

    fileprivate mutating func deliverToPatterns(
        _ message: PublishedMessage, _ publication: inout PubSub.Publication
    ) {
        let patterns = patterns
        patterns.forEach(matching: message.channel) { pattern in
            guard let topic = topics[TopicKind.pattern.rawValue][pattern] else { return }
            deliver(message, pattern: pattern, topic, &publication)
        }
    }

    /// Notes a publisher with the first of these loops for which too much waits.
    fileprivate mutating func holds(_ publisher: ConnectionID, _ loops: UInt64) -> Bool {
        for loop in inboxes.indices
        where loops & 1 << UInt64(loop) != 0 && inboxes[loop].byteCount > PubSub.inboxBytesMax {
            // One command may publish many messages.
            if inboxes[loop].waiting.last != publisher { inboxes[loop].waiting.append(publisher) }
            return true
        }
        return false
    }
}
