import CSocket
import CUring
import Glibc
import LarderCore

/// Completions through io_uring: one receive per connection that stays armed, and all sends of a
/// turn in the system call that waits for the next.
///
/// A queued send points into the loop's output. It never waits (`MSG_DONTWAIT`), so it is over when
/// `submit` returns; only then is the output reused. What a socket does not take goes the same slow
/// way as with libevent.
@safe final class UringBackend: Backend {
    private struct QueuedSend {
        var id: ConnectionID
        var range: Range<Int>
    }

    let ring: Ring
    private var sends: [QueuedSend] = []
    private var sendsInFlight = 0
    /// Completions taken and not handled yet; `handled` of them are.
    private var inbox: [Ring.Completion] = []
    private var handled = 0
    /// Connections whose send left something to do.
    private var unsettled: [ConnectionID] = []
    private var watches: [(token: Token, descriptor: Int32)?] = []

    /// Nil when the system does not allow it.
    init?(trying loop: LoopCore) {
        guard let ring = Ring() else { return nil }
        self.ring = ring
        super.init(loop)
    }

    override var batchesSends: Bool { true }

    override func turn(waits: Bool) {
        if waits, inbox.isEmpty, unsafe !loop.context.mailbox.hasMessages {
            unsafe ring.wait(loop.configuration.tickInterval, for: 1 + expectedSends)
        } else {
            ring.submitAndRun()
        }
        finishSends()
        while handled < inbox.count {
            let completion = inbox[handled]
            handled += 1
            handle(completion)
        }
        inbox.removeAll(keepingCapacity: true)
        handled = 0
        settleSends()
    }

    /// Completions of sends that are as good as there: they are not worth a wake-up of their own.
    ///
    /// A send completes when it is submitted. Only one that its socket does not take whole leaves
    /// something to do at once; small ones hardly ever are that, and may then wait for a tick.
    private var expectedSends: Int {
        sends.allSatisfy { $0.range.count <= Self.smallSendMax } ? sendsInFlight : 0
    }

    /// Half of the completions for which the kernel has room.
    private static var sendsInFlightMax: Int { 4096 }

    /// A quarter of the smallest send buffer that Linux gives a connection by default.
    private static var smallSendMax: Int { 4096 }

    override func submitSends() {
        ring.submit()
        finishSends()
    }

    /// Takes the results of the sends that were submitted. Afterwards the output is empty.
    private func finishSends() {
        takeCompletions()
        while sendsInFlight > 0 {
            ring.submitAndRun()
            takeCompletions()
        }
        sends.removeAll(keepingCapacity: true)
        unsafe loop.output.removeAll()
    }

    private func takeCompletions() {
        ring.takeCompletions { completion in
            switch completion.request.kind {
            case .send: sent(completion)
            case .ignored: break
            case .receive, .poll, .end, .watch: inbox.append(completion)
            }
        }
    }

    private func sent(_ completion: Ring.Completion) {
        sendsInFlight -= 1
        let queued = sends[completion.request.slot]
        guard let link = unsafe loop.links.link(of: queued.id) else { return }
        link.state.flags.remove(.sendQueued)
        let result = Int(completion.result)
        unsafe loop.didSend(link, queued.range, result: result, error: Int32(-result))
        if link.state.pending != nil
            || !link.state.flags.isDisjoint(with: [.closing, .ended, .doomed])
        {
            unsettled.append(queued.id)
        }
    }

    /// The connections may be closed only now, when no event of theirs is being handled.
    private func settleSends() {
        guard !unsettled.isEmpty else { return }
        let turn = unsettled
        unsettled.removeAll(keepingCapacity: true)
        for id in turn {
            guard let link = unsafe loop.links.link(of: id) else { continue }
            unsafe loop.sendPending(link)
            unsafe loop.settle(link)
        }
    }

    override func queueSend(_ link: Link, _ range: Range<Int>) {
        if sendsInFlight >= Self.sendsInFlightMax {
            ring.submit()
            takeCompletions()
        }
        let request = Request(.send, slot: sends.count)
        sends.append(unsafe QueuedSend(id: loop.id(of: link), range: range))
        sendsInFlight += 1
        unsafe loop.output.withBytes { bytes in
            unsafe bytes.extracting(range).withUnsafeBytes { part in
                unsafe ring.send(
                    part, to: link.state.descriptor, flags: csocket_send_flags, request)
            }
        }
    }

    // Connections.

    override func add(_ link: Link) {
        link.state.flags.insert(.reads)
        receive(link)
    }

    override func remove(_ link: Link) {
        link.state.flags.subtract([.reads, .writes])
        if link.state.flags.contains(.receiving) { ring.cancel(request(.receive, link)) }
        if link.state.flags.contains(.polling) { ring.cancel(request(.poll, link)) }
        if link.state.flags.contains(.pollingEnd) { ring.cancel(request(.end, link)) }
        link.state.flags.subtract([.receiving, .polling, .awaitsEnd, .pollingEnd])
        // What is queued names the descriptor by its number, which may be another client's as soon
        // as this one is closed.
        ring.submit()
    }

    override func update(_ link: Link, reads: Bool, writes: Bool) {
        let flags = link.state.flags
        if reads {
            link.state.flags.insert(.reads)
            if !flags.contains(.receiving) { receive(link) }
        } else {
            link.state.flags.remove(.reads)
            if flags.contains([.receiving, .reads]) { ring.cancel(request(.receive, link)) }
        }
        if writes {
            link.state.flags.insert(.writes)
            if !flags.contains(.polling) { poll(link) }
        } else {
            link.state.flags.remove(.writes)
        }
    }

    override func awaitEnd(_ link: Link, _ isOn: Bool) {
        let isPolling = link.state.flags.contains(.pollingEnd)
        if isOn {
            link.state.flags.insert(.awaitsEnd)
            if !isPolling { pollEnd(link) }
        } else {
            link.state.flags.remove(.awaitsEnd)
            if isPolling { ring.cancel(request(.end, link)) }
        }
    }

    func request(_ kind: Request.Kind, _ link: Link) -> Request {
        Request(kind, slot: Int(link.state.slot), serial: link.state.serial)
    }

    private func receive(_ link: Link) {
        link.state.flags.insert(.receiving)
        ring.receive(from: link.state.descriptor, request(.receive, link))
    }

    private func poll(_ link: Link) {
        link.state.flags.insert(.polling)
        ring.poll(link.state.descriptor, Int32(POLLOUT), request(.poll, link))
    }

    private func handle(_ completion: Ring.Completion) {
        switch completion.request.kind {
        case .receive: received(completion)
        case .poll: becameWritable(completion)
        case .end: polledEnd(completion)
        case .watch: watchFired(completion)
        case .ignored, .send: break
        }
    }

    func link(of request: Request) -> Link? {
        guard unsafe request.slot < loop.links.highWater,
            let link = unsafe loop.links.link(at: request.slot),
            UInt32(truncatingIfNeeded: link.state.serial) == request.serial
        else { return nil }
        return link
    }

    private func received(_ completion: Ring.Completion) {
        defer { if let buffer = completion.buffer { ring.giveBack(buffer) } }
        guard let link = link(of: completion.request) else { return }
        if !completion.goesOn { link.state.flags.remove(.receiving) }
        let serial = link.state.serial
        let result = Int(completion.result)
        if result > 0, let buffer = completion.buffer {
            unsafe loop.arrived(link, ring.bytes(result, in: buffer))
        } else if result != -Int(ENOBUFS), result != -Int(ECANCELED) {
            unsafe loop.receivedNothing(link, min(result, 0), error: Int32(-min(result, 0)))
        }
        guard link.state.serial == serial, !link.state.flags.contains(.receiving),
            link.state.flags.contains(.reads), unsafe loop.phase == .serving
        else { return }
        receive(link)
    }

    private func becameWritable(_ completion: Ring.Completion) {
        guard let link = link(of: completion.request) else { return }
        link.state.flags.remove(.polling)
        guard link.state.flags.contains(.writes) else { return }
        let serial = link.state.serial
        unsafe loop.writable(link)
        guard link.state.serial == serial, link.state.flags.contains(.writes),
            !link.state.flags.contains(.polling)
        else { return }
        poll(link)
    }

    /// What came before the receive ended is handled; afterwards the socket is the loop's.
    override func stopReceiving(_ link: Link) {
        guard link.state.flags.contains(.receiving) else { return }
        let serial = link.state.serial
        let request = request(.receive, link)
        ring.cancel(request)
        while link.state.serial == serial, link.state.flags.contains(.receiving) {
            ring.submitAndRun()
            finishSends()
            for index in handled..<inbox.count where inbox[index].request == request {
                let completion = inbox[index]
                inbox[index].request = .ignored
                inbox[index].flags = 0
                received(completion)
            }
        }
    }

    // Watched descriptors.

    override func watch(_ descriptor: Int32, as token: Token) throws(RuntimeError) {
        watches.append((token, descriptor))
        poll(watch: watches.count - 1)
    }

    /// The kernel would let go of a listener only some time after the ring is gone, and a successor
    /// could not bind.
    override func shutDown() {
        for (index, watch) in watches.enumerated() where watch != nil {
            ring.cancel(Request(.watch, slot: index))
        }
        ring.submitAndRun()
        ring.takeCompletions { _ in }
    }

    override func unwatch(_ token: Token) {
        for (index, watch) in watches.enumerated() where watch?.token == token {
            ring.cancel(Request(.watch, slot: index))
            watches[index] = nil
        }
        ring.submitAndRun()
    }

    private func poll(watch index: Int) {
        guard let watch = watches[index] else { return }
        ring.poll(watch.descriptor, Int32(POLLIN), Request(.watch, slot: index))
    }

    private func watchFired(_ completion: Ring.Completion) {
        let index = completion.request.slot
        guard completion.result >= 0, let watch = watches[index] else { return }
        unsafe loop.watched(watch.token)
        poll(watch: index)
    }
}
