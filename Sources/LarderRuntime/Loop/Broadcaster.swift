public import LarderCore

/// Sends to many connections of one loop what was written once.
///
/// Only within `ConnectionHandler.deliver`, on the loop's thread.
public struct Broadcaster {
    private let loop: LoopCore

    init(_ loop: LoopCore) {
        self.loop = loop
    }

    /// Bytes that one batch should not exceed by much: about what the loop's output holds.
    public var batchBytesMax: Int { loop.configuration.outputBufferBytes }

    /// Begins the next batch. What was written before is sent, and its ranges mean nothing any
    /// more.
    public func beginBatch() {
        loop.beginBroadcast()
    }

    /// Whether the next batch should begin.
    public var isFull: Bool { loop.output.isFull }

    /// Writes what `send` is to send.
    ///
    /// - Returns: Where it is; empty when there was no room for it.
    public func write(_ body: (inout OutputBuffer) -> Void) -> Range<Int> {
        loop.writeBroadcast(body)
    }

    /// Sends a part of the batch to a connection of this loop, behind all that was sent before.
    /// Nothing happens if it is over.
    public func send(_ range: Range<Int>, to id: ConnectionID) {
        loop.broadcast(range, to: id)
    }
}
