import LarderCore
import LarderRuntime
import LarderWire

// Messages go out at the end of a turn, all of them at once: what the same subscribers get is
// written once, and one send to each carries it. A subscriber that says something is brought up to
// date before, so that its replies are behind the messages that came first.
extension CommandLoop {
    /// Takes what other loops and this one have published for the subscribers of this one.
    private mutating func takeDeliveries() {
        queue.append(shared.pubsub.takeDeliveries(of: context.index))
    }

    /// Writes to one connection the messages up to number `last`, which is not in the future.
    mutating func catchUp(
        _ connection: inout ClientConnection, through last: UInt64, _ output: inout OutputBuffer
    ) {
        let id = connection.client.id
        guard let subscriptions = connection.subscriptions, last > queue.seen(id) else { return }
        takeDeliveries()
        context.requestOwnDelivery()
        write(connection, subscriptions, through: last, &output)
    }

    /// The same with all that was announced to this loop.
    @inline(never)
    mutating func catchUp(
        _ connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let subscriptions = connection.subscriptions, context.isDeliveryDue else { return }
        takeDeliveries()
        write(connection, subscriptions, through: queue.last, &output)
    }

    private mutating func write(
        _ connection: ClientConnection, _ subscriptions: Subscriptions, through last: UInt64,
        _ output: inout OutputBuffer
    ) {
        let id = connection.client.id
        let seen = queue.seen(id)
        guard last > seen else { return }
        for delivery in queue.deliveries
        where delivery.sequence > seen && delivery.sequence <= last {
            if subscriptions.matches(delivery) { delivery.append(to: &output, connection.version) }
        }
        queue.setSeen(id, last)
    }

    /// Sends all messages to the subscribers of this loop.
    mutating func deliver(through broadcaster: Broadcaster) {
        let inbox = shared.pubsub.takeInbox(of: context.index)
        queue.append(inbox.deliveries)
        let all = queue.removeAll()
        let contexts = inbox.waiting.isEmpty ? [] : shared.pubsub.contexts
        defer { for id in inbox.waiting { contexts[Int(id.loop)].resume(id) } }
        var start = 0
        while start < all.count {
            var end = start
            var byteCount = 0
            while end < all.count, byteCount < broadcaster.batchBytesMax {
                byteCount += all[end].encodedBytesMax
                end += 1
            }
            deliver(all[start..<end], through: broadcaster)
            start = end
        }
    }

    private mutating func deliver(_ batch: ArraySlice<Delivery>, through broadcaster: Broadcaster) {
        broadcaster.beginBatch()
        var others: [ConnectionID: Receiver] = [:]
        let streams = queue.beginBatch(batch)
        for (number, stream) in streams.enumerated() {
            for receiver in stream.receivers where !queue.isAlone(receiver, in: number) {
                others[receiver.id] = receiver
            }
            for version in [RESPVersion.v2, .v3] {
                send(batch, stream, number, version, through: broadcaster)
            }
        }
        if !others.isEmpty { send(batch, to: others, through: broadcaster) }
    }

    /// Sends a stream to those who get nothing else.
    private func send(
        _ batch: ArraySlice<Delivery>, _ stream: DeliveryQueue.Stream, _ number: Int,
        _ version: RESPVersion, through broadcaster: Broadcaster
    ) {
        var range = 0..<0
        for receiver in stream.receivers
        where receiver.version == version && queue.isAlone(receiver, in: number) {
            if range.isEmpty {
                if broadcaster.isFull { broadcaster.beginBatch() }
                range = broadcaster.write { output in
                    for place in stream.places { batch[place].append(to: &output, version) }
                }
            }
            broadcaster.send(range, to: receiver.id)
        }
    }

    /// Sends to each of some connections what it gets out of several streams, in order.
    private func send(
        _ batch: ArraySlice<Delivery>, to receivers: [ConnectionID: Receiver],
        through broadcaster: Broadcaster
    ) {
        var places: [ConnectionID: [(place: Int, version: RESPVersion)]] = [:]
        for place in batch.indices {
            for receiver in batch[place].receivers
            where receivers[receiver.id] != nil && batch[place].sequence > queue.seen(receiver.id) {
                places[receiver.id, default: []].append((place, receiver.version))
            }
        }
        for (id, places) in places {
            if broadcaster.isFull { broadcaster.beginBatch() }
            let range = broadcaster.write { output in
                for (place, version) in places { batch[place].append(to: &output, version) }
            }
            broadcaster.send(range, to: id)
        }
    }

    /// Wakes the loops for which something was published.
    @inline(never)
    mutating func announce() {
        let contexts = shared.pubsub.contexts
        for loop in contexts.indices where published & 1 << UInt64(loop) != 0 {
            if loop == context.index {
                context.requestOwnDelivery()
            } else {
                contexts[loop].requestDelivery()
            }
        }
        published = 0
    }
}
