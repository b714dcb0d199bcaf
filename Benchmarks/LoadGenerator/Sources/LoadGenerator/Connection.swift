/// One connection: sends a batch of requests, and the next one when all replies have come.
///
/// Belongs to one thread.
final class Connection {
    let socket: Socket
    private let conversation: Conversation
    private let output: Memory
    private var unsent = 0..<0
    private let input: Memory
    private var received = 0
    private var batch: [Request] = []
    private var answered = 0
    private var sentAt: UInt64 = 0

    init(_ plan: Plan, _ conversation: Conversation) throws(LoadFailure) {
        self.conversation = conversation
        output = Memory(byteCount: conversation.requestBytesMax * plan.pipeline)
        input = Memory(byteCount: max(65_536, conversation.replyBytesMax + 4096))
        batch.reserveCapacity(plan.pipeline)
        socket = try Socket(plan)
    }

    var hasUnsentBytes: Bool { !unsent.isEmpty }
    var isAnswered: Bool { answered == batch.count }

    /// Sends the next requests. All earlier ones are answered.
    func send(_ count: Int, of stream: inout KeyStream) throws(LoadFailure) {
        batch.removeAll(keepingCapacity: true)
        answered = 0
        var end = 0
        for _ in 0..<count {
            let request = stream.nextRequest()
            let template = conversation.template(for: request)
            unsafe template.write(Key.text(request.key), to: output.address(at: end))
            end += template.byteCount
            batch.append(request)
        }
        unsent = 0..<end
        sentAt = Clock.now()
        try flush()
    }

    func flush() throws(LoadFailure) {
        guard hasUnsentBytes else { return }
        let count = try unsafe socket.send(output.bytes(unsent))
        unsent = unsent.lowerBound + count..<unsent.upperBound
    }

    /// Takes what has come and judges it.
    func receive(into tally: inout Tally) throws(LoadFailure) {
        let room = input.byteCount - received
        received += try unsafe socket.receive(into: input.address(at: received), atMost: room)
        let before = answered
        var start = 0
        while answered < batch.count, let length = judge(from: start, into: &tally) {
            start += length
            answered += 1
        }
        if answered > before {
            tally.latency.record(Clock.now() &- sentAt, count: answered - before)
            tally.requests += answered - before
        }
        if start < received { input.shift(start..<received) }
        received -= start
    }

    /// The length of the next reply, or nothing while it is not whole or the stream is lost.
    private func judge(from start: Int, into tally: inout Tally) -> Int? {
        guard start < received, tally.wrong == 0 else { return nil }
        let request = batch[answered]
        let reply = unsafe input.bytes(start..<received)
        switch unsafe conversation.judge(request, reply) {
        case .hit(let length):
            if request.isGet { (tally.gets, tally.hits) = (tally.gets + 1, tally.hits + 1) }
            return length
        case .miss(let length):
            tally.gets += 1
            return length
        case .refused(let length):
            tally.refused += 1
            note(unsafe String(decoding: reply.prefix(min(length, 120)), as: UTF8.self), in: &tally)
            return length
        case .wrong:
            tally.wrong += 1
            note(unsafe String(decoding: reply.prefix(120), as: UTF8.self), in: &tally)
            return nil
        case .needsMore:
            return nil
        }
    }

    private func note(_ reply: String, in tally: inout Tally) {
        tally.firstFailure = tally.firstFailure ?? reply
    }
}
