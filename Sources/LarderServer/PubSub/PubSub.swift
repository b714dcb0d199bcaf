import LarderCore
import LarderRuntime
import LarderWire
import Synchronization

/// Who has subscribed to what, and the messages on their way to the loops of the subscribers.
///
/// One lock guards both. So all messages have one order, the same for every subscriber, and a
/// subscription lies between two of them, as in a server with one thread. The lock is held for a
/// look-up and one append for each loop that has receivers, never while anything is sent.
final class PubSub: Sendable {
    /// The subscribers of one topic, by loop.
    struct Topic {
        var receivers: [[Receiver]]
        /// For each loop a number that no other list of receivers has or had.
        var lists: [UInt64]
        var count = 0

        init(loopCount: Int) {
            receivers = [[Receiver]](repeating: [], count: loopCount)
            lists = [UInt64](repeating: 0, count: loopCount)
        }
    }

    /// What waits for one loop.
    struct Inbox {
        var deliveries: [Delivery] = []
        /// Of these, and of those taken out that were not sent yet.
        var byteCount = 0
        /// Publishers that go on when the inbox was emptied.
        var waiting: [ConnectionID] = []
    }

    struct State {
        /// By kind and name.
        var topics: [[TopicName: Topic]] = TopicKind.allCases.map { _ in [:] }
        /// The names of the patterns among them.
        var patterns = PatternIndex()
        var inboxes: [Inbox]
        /// Number of the last message.
        var sequence: UInt64 = 0
        var lastList: UInt64 = 0
    }

    /// What came of a publication.
    struct Publication {
        var receiverCount = 0
        /// The loops that have to deliver, one bit each.
        var loops: UInt64 = 0
        /// Number of the message, when it has receivers.
        var sequence: UInt64 = 0
        /// Loops whose subscribers do not get it, since too much waits there.
        var lostCount = 0
        /// Whether the publisher was noted down to be resumed later.
        var mustWait = false
    }

    /// Bytes that may wait for a loop before publishers have to. Each of them may add what it has
    /// already sent: nothing is lost.
    static let inboxBytesMax = 8 << 20
    /// Bytes that may wait for a loop before key events are lost: who causes those cannot be held
    /// back in the middle of a command, nor can what expires.
    static let eventBytesMax = 32 << 20

    let state: Guarded<State>
    private let loopCount: Int
    /// Topics that have subscribers, so that a server without any need not ask for the lock.
    /// Acquired by publishers: a subscription that was confirmed before is seen.
    private let topicCount = Atomic<Int>(0)
    let waits = Atomic<UInt64>(0)
    private let loops = Guarded<[LoopContext]>([])

    init(loopCount: Int) {
        self.loopCount = loopCount
        state = Guarded(State(inboxes: (0..<loopCount).map { _ in Inbox() }))
    }

    /// The loops, to wake them. Set before any runs.
    var contexts: [LoopContext] {
        get { loops.withLock { $0 } }
        set { loops.withLock { $0 = newValue } }
    }

    /// Whether anybody has subscribed to anything.
    var hasTopics: Bool { topicCount.load(ordering: .acquiring) > 0 }

    /// Times a publisher was held back since too much waited for a loop.
    var waitCount: UInt64 { waits.load(ordering: .relaxed) }

    /// Topics of a kind that have subscribers.
    func count(_ kind: TopicKind) -> Int {
        state.withLock { $0.topics[kind.rawValue].count }
    }

    /// Subscribers of one topic.
    func receiverCount(_ kind: TopicKind, _ name: TopicName) -> Int {
        state.withLock { $0.topics[kind.rawValue][name]?.count ?? 0 }
    }

    /// The names of a kind that have subscribers and match `pattern`, if there is one.
    func names(_ kind: TopicKind, matching pattern: TopicName?) -> [TopicName] {
        let all = state.withLock { Array($0.topics[kind.rawValue].keys) }
        guard let pattern else { return all }
        let bytes = pattern.bytes
        return all.filter { name in
            let name = name.bytes
            return unsafe Glob.matches(name.span.bytes, bytes.span.bytes)
        }
    }

    /// Notes a subscriber.
    ///
    /// - Returns: The number of the last message that is older than the subscription.
    func subscribe(_ receiver: Receiver, _ kind: TopicKind, _ name: TopicName) -> UInt64 {
        state.withLock { state in
            if state.topics[kind.rawValue][name] == nil {
                state.topics[kind.rawValue][name] = Topic(loopCount: loopCount)
                if kind == .pattern { state.patterns.insert(name) }
                topicCount.add(1, ordering: .releasing)
            }
            state.change(kind, name, of: receiver.id) { $0.append(receiver) }
            return state.sequence
        }
    }

    /// Forgets a subscriber.
    ///
    /// - Returns: The number of the last message that was for it.
    /// - Complexity: O(subscribers of the topic on one loop).
    func unsubscribe(_ id: ConnectionID, _ kind: TopicKind, _ name: TopicName) -> UInt64 {
        state.withLock { state in
            state.change(kind, name, of: id) { receivers in
                guard let place = receivers.firstIndex(where: { $0.id == id }) else { return }
                receivers.swapAt(place, receivers.count - 1)
                receivers.removeLast()
            }
            if state.topics[kind.rawValue][name]?.count == 0 {
                state.topics[kind.rawValue][name] = nil
                if kind == .pattern { state.patterns.remove(name) }
                topicCount.subtract(1, ordering: .releasing)
            }
            return state.sequence
        }
    }

    /// From the next message on, a subscriber of the topic gets this form.
    ///
    /// - Returns: The number of the last message in the old form.
    func setVersion(
        _ version: RESPVersion, of id: ConnectionID, _ kind: TopicKind, _ name: TopicName
    ) -> UInt64 {
        state.withLock { state in
            state.change(kind, name, of: id) { receivers in
                guard let place = receivers.firstIndex(where: { $0.id == id }) else { return }
                receivers[place].version = version
            }
            return state.sequence
        }
    }
}

extension PubSub.State {
    /// Changes who of one loop receives what is published on a topic.
    fileprivate mutating func change(
        _ kind: TopicKind, _ name: TopicName, of id: ConnectionID,
        _ body: (inout [Receiver]) -> Void
    ) {
        guard let index = topics[kind.rawValue].index(forKey: name) else { return }
        lastList += 1
        let (loop, list) = (Int(id.loop), lastList)
        Self.change(&topics[kind.rawValue].values[index]) { topic in
            topic.count -= topic.receivers[loop].count
            body(&topic.receivers[loop])
            topic.count += topic.receivers[loop].count
            topic.lists[loop] = list
        }
    }

    private static func change(
        _ topic: inout PubSub.Topic, _ body: (inout PubSub.Topic) -> Void
    ) {
        body(&topic)
    }
}
