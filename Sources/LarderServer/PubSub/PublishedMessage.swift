import LarderCore
import LarderRuntime
import LarderWire

/// What a client can subscribe to.
enum TopicKind: Int, CaseIterable {
    case channel, pattern, shard
}

/// What was published, once for all who receive it.
final class PublishedMessage: Sendable {
    let channel: TopicName
    let payload: [UInt8]
    let isShard: Bool
    /// Whether it tells what happened to a key: such are lost when too many wait.
    let isEvent: Bool

    init(
        _ channel: TopicName, _ payload: [UInt8], isShard: Bool = false, isEvent: Bool = false
    ) {
        self.isEvent = isEvent
        self.channel = channel
        self.payload = payload
        self.isShard = isShard
    }

    /// Memory that it holds, about.
    var byteCount: Int { 96 + channel.count + payload.count }
}

/// One who receives a message, and in which form.
struct Receiver: BitwiseCopyable {
    let id: ConnectionID
    var version: RESPVersion
}

/// A message for the subscribers of one topic on one loop.
struct Delivery {
    let message: PublishedMessage
    /// The pattern that matched; `nil` for a channel.
    let pattern: TopicName?
    /// Who was subscribed when it was published.
    let receivers: [Receiver]
    /// A number that no other list of receivers has.
    let list: UInt64
    /// Place in the order of all messages of the server.
    let sequence: UInt64

    /// Appends the message as subscribers of the topic see it.
    func append(to output: inout OutputBuffer, _ version: RESPVersion) {
        output.appendPushHeader(pattern == nil ? 3 : 4, version)
        if let pattern {
            output.appendBulk("pmessage")
            let bytes = pattern.bytes
            unsafe output.appendBulk(bytes.span.bytes)
        } else {
            output.appendBulk(message.isShard ? "smessage" : "message")
        }
        let (channel, payload) = (message.channel.bytes, message.payload)
        unsafe output.appendBulk(channel.span.bytes)
        unsafe output.appendBulk(payload.span.bytes)
    }

    /// Most bytes that `append` writes.
    var encodedBytesMax: Int {
        128 + message.channel.count + message.payload.count + (pattern?.count ?? 0)
    }
}
