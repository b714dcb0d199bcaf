@testable import LarderRuntime
@testable import LarderServer
import LarderWire
import Testing

/// Subscriptions and messages between loops, without any loop.
struct MessageOrderTests {
    private func id(_ number: UInt32, loop: UInt16) -> ConnectionID {
        ConnectionID(serial: UInt64(number) + 1, loop: loop, slot: number)
    }

    private func name(_ text: String) -> TopicName { TopicName(Array(text.utf8)) }

    private func message(_ channel: String, _ byteCount: Int = 1) -> PublishedMessage {
        PublishedMessage(name(channel), [UInt8](repeating: 0, count: byteCount), isShard: false)
    }

    @Test func `a full inbox holds publishers back, and loses nothing`() {
        let pubsub = PubSub(loopCount: 2)
        let publisher = id(0, loop: 0)
        _ = pubsub.subscribe(Receiver(id: id(1, loop: 1), version: .v2), .channel, name("news"))
        var held: [Bool] = []
        for _ in 0..<12 {
            held.append(pubsub.publish(message("news", 1 << 20), from: publisher).mustWait)
        }
        #expect(held == [Bool](repeating: false, count: 7) + [Bool](repeating: true, count: 5))
        #expect(pubsub.waitCount == 5)
        // What nobody can hold back is taken all the same.
        #expect(pubsub.publish(message("news"), from: nil).mustWait == false)
        let inbox = pubsub.takeInbox(of: 1)
        #expect(inbox.deliveries.count == 13)
        // Once, however often it was held back.
        #expect(inbox.waiting == [publisher])
        #expect(pubsub.takeInbox(of: 1).deliveries.isEmpty)
        #expect(pubsub.publish(message("news"), from: publisher).mustWait == false)
    }

    @Test func `what was taken but not sent still holds publishers back`() {
        let pubsub = PubSub(loopCount: 1)
        let publisher = id(0, loop: 0)
        _ = pubsub.subscribe(Receiver(id: id(1, loop: 0), version: .v2), .channel, name("news"))
        for _ in 0..<9 { _ = pubsub.publish(message("news", 1 << 20), from: publisher) }
        #expect(pubsub.takeDeliveries(of: 0).count == 9)
        #expect(pubsub.publish(message("news"), from: publisher).mustWait)
        let inbox = pubsub.takeInbox(of: 0)
        #expect(inbox.deliveries.count == 1 && inbox.waiting == [publisher])
        #expect(pubsub.publish(message("news"), from: publisher).mustWait == false)
    }

    @Test func `too many key events are lost and counted, messages are not`() {
        let pubsub = PubSub(loopCount: 1)
        _ = pubsub.subscribe(Receiver(id: id(1, loop: 0), version: .v2), .channel, name("news"))
        let payload = [UInt8](repeating: 0, count: 1 << 20)
        let event = PublishedMessage(name("news"), payload, isEvent: true)
        let lost = (0..<40).reduce(0) { sum, _ in
            sum + pubsub.publish(event, from: nil).lostCount
        }
        #expect(lost == 40 - PubSub.eventBytesMax >> 20)
        #expect(pubsub.publish(message("news"), from: nil).lostCount == 0)
        #expect(pubsub.takeInbox(of: 0).deliveries.count == PubSub.eventBytesMax >> 20 + 1)
    }

    @Test func `messages have one order over all loops`() {
        let pubsub = PubSub(loopCount: 3)
        for loop in 0..<3 {
            let receiver = Receiver(id: id(UInt32(loop), loop: UInt16(loop)), version: .v3)
            _ = pubsub.subscribe(receiver, .channel, name("news"))
        }
        let sent = (0..<20).map { _ in pubsub.publish(message("news"), from: nil) }
        #expect(sent.allSatisfy { $0.receiverCount == 3 && $0.loops == 0b111 })
        #expect(sent.map(\.sequence) == sent.map(\.sequence).sorted())
        for loop in 0..<3 {
            let inbox = pubsub.takeInbox(of: loop)
            #expect(inbox.deliveries.map(\.sequence) == sent.map(\.sequence))
        }
    }

    @Test func `a subscription lies between two messages`() {
        let pubsub = PubSub(loopCount: 1)
        let (first, second) = (id(0, loop: 0), id(1, loop: 0))
        _ = pubsub.subscribe(Receiver(id: first, version: .v2), .channel, name("news"))
        let before = pubsub.publish(message("news"), from: nil).sequence
        let begin = pubsub.subscribe(Receiver(id: second, version: .v2), .channel, name("news"))
        #expect(begin == before)
        _ = pubsub.publish(message("news"), from: nil)
        let end = pubsub.unsubscribe(first, .channel, name("news"))
        #expect(end == before + 1)
        _ = pubsub.publish(message("news"), from: nil)
        let receivers = pubsub.takeInbox(of: 0).deliveries.map { $0.receivers.map(\.id) }
        #expect(receivers == [[first], [first, second], [second]])
        _ = pubsub.unsubscribe(second, .channel, name("news"))
        #expect(pubsub.hasTopics == false)
        #expect(pubsub.publish(message("news"), from: nil).receiverCount == 0)
    }

    @Test func `who receives one stream is told from who receives several`() {
        let pubsub = PubSub(loopCount: 1)
        let (first, second, third) = (id(0, loop: 0), id(1, loop: 0), id(2, loop: 0))
        var queue = DeliveryQueue()
        for (client, channels) in [(first, ["a"]), (second, ["a", "b"]), (third, ["b"])] {
            for channel in channels {
                let receiver = Receiver(id: client, version: .v2)
                queue.setSeen(client, pubsub.subscribe(receiver, .channel, name(channel)))
            }
        }
        for channel in ["a", "b", "a"] { _ = pubsub.publish(message(channel), from: nil) }
        queue.append(pubsub.takeInbox(of: 0).deliveries)
        let all = queue.removeAll()
        let streams = queue.beginBatch(all[...])
        #expect(streams.map(\.places) == [[0, 2], [1]])
        let alone = streams.indices.map { number in
            streams[number].receivers.map { queue.isAlone($0, in: number) }
        }
        #expect(alone == [[true, false], [false, true]])
        // Who has seen a part of a batch already gets the rest by itself.
        queue.setSeen(first, all[0].sequence)
        _ = queue.beginBatch(all[...])
        #expect(queue.isAlone(Receiver(id: first, version: .v2), in: 0) == false)
        #expect(queue.isAlone(Receiver(id: third, version: .v2), in: 1))
    }
}
