import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// PUBLISH and SPUBLISH.
    mutating func publish(
        _ call: borrowing Call, isShard: Bool, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        guard shared.pubsub.hasTopics else { return output.appendInteger(0) }
        let message = PublishedMessage(TopicName(call[1].bytes), call[2].bytes, isShard: isShard)
        let count = publish(message, from: &connection, &output)
        output.appendInteger(Int64(count))
    }

    /// Publishes a message. A publisher that receives it itself has it before its reply.
    ///
    /// - Returns: Number of receivers.
    mutating func publish(
        _ message: PublishedMessage, from connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) -> Int {
        let publication = shared.pubsub.publish(message, from: connection.client.id)
        published |= publication.loops
        if publication.mustWait { connection.isHeld = true }
        if publication.lostCount > 0 { events.noteLost(publication.lostCount) }
        // A reply that is not sent would take the message along, which comes later then.
        if connection.subscriptions != nil, connection.gate.isDisjoint(with: .silent) {
            catchUp(&connection, through: publication.sequence, &output)
        }
        return publication.receiverCount
    }

    /// PUBSUB.
    func pubsub(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        if call[1].equalsIgnoringCase("channels") {
            appendNames(.channel, call, &output)
        } else if call[1].equalsIgnoringCase("shardchannels") {
            appendNames(.shard, call, &output)
        } else if call[1].equalsIgnoringCase("numsub") {
            appendCounts(.channel, call, &output)
        } else if call[1].equalsIgnoringCase("shardnumsub") {
            appendCounts(.shard, call, &output)
        } else if call[1].equalsIgnoringCase("numpat") {
            output.appendInteger(Int64(shared.pubsub.count(.pattern)))
        } else {
            output.appendHelp(of: "PUBSUB", HelpText.pubsub)
        }
    }

    private func appendNames(
        _ kind: TopicKind, _ call: borrowing Call, _ output: inout OutputBuffer
    ) {
        guard call.count <= 3 else {
            output.append("-ERR unknown subcommand or wrong number of arguments for '")
            output.appendPrintable(call[1], max: 128)
            return output.append("'. Try PUBSUB HELP.\r\n")
        }
        let pattern = call.count == 3 ? TopicName(call[2].bytes) : nil
        let names = shared.pubsub.names(kind, matching: pattern).map(\.bytes)
        output.appendArrayHeader(names.count)
        for name in names { unsafe output.appendBulk(name.span.bytes) }
    }

    private func appendCounts(
        _ kind: TopicKind, _ call: borrowing Call, _ output: inout OutputBuffer
    ) {
        output.appendArrayHeader((call.count - 2) * 2)
        for index in 2..<call.count {
            output.appendBulk(call[index])
            let count = shared.pubsub.receiverCount(kind, TopicName(call[index].bytes))
            output.appendInteger(Int64(count))
        }
    }
}
