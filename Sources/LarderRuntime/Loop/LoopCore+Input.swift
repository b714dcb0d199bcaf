import CSocket
import Glibc
import LarderCore

/// Bytes from clients, to the handler and its rest into safety.
extension LoopCore {
    /// Calls of the handler in a row while its output leaves at once. Then others have their turn.
    private static let roundsPerTurn = 16
    /// Room for the next bytes of a partial request: at least so much.
    private static let leftoverStep = 16 << 10

    /// The socket has bytes, or its end. One receive: level-triggered readiness tells of the rest.
    func readable(_ link: Link) {
        readClock()
        if let session = link.state.tls { return readSealed(link, session) }
        guard let leftover = link.state.leftover else {
            let count = scratch.receive(from: link.state.descriptor, at: 0)
            guard count > 0 else { return receivedNothing(link, count) }
            noteReceived(link, count)
            return unsafe handle(link, scratch.bytes(count))
        }
        readBehind(leftover, link)
    }

    /// A small rest moves to the front of the shared buffer; a large one grows where it is.
    private func readBehind(_ leftover: ByteBlock, _ link: Link) {
        let kept = leftover.count
        if kept <= scratch.capacity / 2, link.state.expectedBytes <= scratch.capacity {
            let count = scratch.receive(from: link.state.descriptor, at: kept)
            guard count > 0 else { return receivedNothing(link, count) }
            noteReceived(link, count)
            unsafe scratch.store(leftover.bytes, at: 0)
            return unsafe handle(link, scratch.bytes(kept + count))
        }
        makeRoom(in: leftover, for: Self.leftoverStep, expecting: link.state.expectedBytes)
        let free = unsafe leftover.free
        let count = unsafe recv(
            link.state.descriptor, free.baseAddress, min(free.count, scratch.capacity),
            csocket_receive_flags)
        guard count > 0 else { return receivedNothing(link, count) }
        noteReceived(link, count)
        leftover.didFill(count)
        handleLeftover(link, leftover)
    }

    /// Doubles, since an announced length is only a promise: memory follows what has come.
    private func makeRoom(in leftover: ByteBlock, for byteCount: Int, expecting expected: Int) {
        guard leftover.room < byteCount else { return }
        let missing = expected - leftover.count
        let step = max(leftover.count, Self.leftoverStep)
        leftover.makeRoom(max(byteCount, missing > 0 ? min(missing, step) : step))
    }

    /// Bytes that a completion brought, in memory that is the backend's again afterwards.
    /// Those of a TLS session come a second time, opened.
    func arrived(_ link: Link, _ bytes: UnsafeRawBufferPointer, isOpened: Bool = false) {
        readClock()
        if !isOpened {
            if let session = link.state.tls { return unsafe unseal(bytes, link, session) }
            noteReceived(link, bytes.count)
        }
        // Whoever is about to be closed is not answered any more.
        if !link.state.flags.isDisjoint(with: [.closing, .doomed]) { return settle(link) }
        let mayHandle = link.state.flags.isDisjoint(with: LinkState.Flags.stopsReading)
        guard let leftover = link.state.leftover else {
            if mayHandle { return unsafe handle(link, bytes) }
            unsafe keep(bytes, of: link)
            return settle(link)
        }
        let kept = leftover.count
        if mayHandle, kept + bytes.count <= scratch.capacity {
            unsafe scratch.store(leftover.bytes, at: 0)
            unsafe scratch.store(bytes, at: kept)
            return unsafe handle(link, scratch.bytes(kept + bytes.count))
        }
        makeRoom(in: leftover, for: bytes.count, expecting: link.state.expectedBytes)
        unsafe leftover.append(bytes)
        mayHandle ? handleLeftover(link, leftover) : settle(link)
    }

    /// The peer has ended, or the read failed: `result` is 0 or negative.
    func receivedNothing(_ link: Link, _ result: Int, error: Int32 = errno) {
        if result < 0 {
            if error == EAGAIN || error == EINTR { return }
            return close(link, .peer)
        }
        // A peer that sends no more may still want its replies.
        link.state.flags.insert(.ended)
        settle(link)
    }

    /// The peer of a postponed connection sends no more, whatever else may be unread.
    func peerEnded(_ link: Link) {
        readClock()
        link.state.flags.insert(.ended)
        settle(link)
    }

    private func noteReceived(_ link: Link, _ count: Int) {
        link.state.lastReceived = Moment(now)
        statistics.bytesIn.add(count)
    }

    /// Gives `bytes`, rest and new, to the handler, and keeps what it leaves.
    private func handle(_ link: Link, _ bytes: UnsafeRawBufferPointer) {
        var consumed = 0
        if bytes.count >= link.state.expectedBytes {
            let span = unsafe bytes.bytes
            consumed = process(link, span)
        }
        if consumed == bytes.count {
            if link.state.leftover != nil { link.state.leftover = nil }
        } else {
            link.state.leftover = nil
            unsafe keep(UnsafeRawBufferPointer(rebasing: bytes[consumed...]), of: link)
        }
        settle(link)
    }

    private func keep(_ bytes: UnsafeRawBufferPointer, of link: Link) {
        let block = ByteBlock(capacity: bytes.count)
        unsafe block.append(bytes)
        link.state.leftover = block
    }

    private func handleLeftover(_ link: Link, _ leftover: ByteBlock) {
        if leftover.count >= link.state.expectedBytes {
            let bytes = unsafe leftover.bytes
            let span = unsafe bytes.bytes
            let consumed = process(link, span)
            leftover.removeFirst(consumed)
            if leftover.count == 0 {
                link.state.leftover = nil
            } else if leftover.capacity > scratch.capacity, leftover.count * 4 < leftover.capacity {
                unsafe keep(leftover.bytes, of: link)
            }
        }
        settle(link)
    }

    /// Calls the handler until it waits for more, and sends what it wrote. Returns what it
    /// consumed.
    private func process(_ link: Link, _ bytes: RawSpan) -> Int {
        var consumed = 0
        var rounds = 1
        while true {
            if output.isFull { backend.submitSends() }
            let start = output.count
            let received = handlerReceived(
                link, unsafe bytes.extracting(unchecked: consumed..<bytes.byteCount))
            statistics.batches.add()
            consumed += received.consumed
            link.state.handlerBytes = received.heldBytes
            precondition(consumed <= bytes.byteCount, "A handler consumes what it was given.")
            flush(link, from: start)
            guard case .yield = received.next else {
                apply(received.next, to: link)
                return link.state.flags.isDisjoint(with: [.closing, .doomed])
                    ? consumed : bytes.byteCount
            }
            let goesOn =
                rounds < Self.roundsPerTurn && link.state.pending == nil
                && link.state.flags.isDisjoint(with: [.sendQueued, .doomed])
            if !goesOn {
                makeRunnable(link)
                return consumed
            }
            rounds += 1
        }
    }

    private func apply(_ next: Received.Next, to link: Link) {
        link.state.expectedBytes = 0
        switch next {
        case .keepOpen, .yield: break
        case .needBytes(let total): link.state.expectedBytes = total
        case .pause: link.state.flags.insert(.paused)
        case .postpone: link.state.flags.formUnion([.paused, .postponed])
        case .closeAfterFlush:
            link.state.reason = .handler
            link.state.flags.insert(.closing)
        case .closeNow: doom(link, .handler)
        }
    }

    /// Has the handler called again after the events that are ready.
    func makeRunnable(_ link: Link) {
        link.state.expectedBytes = 0
        if link.state.flags.contains(.runnable) { return }
        link.state.flags.insert(.runnable)
        runnable.append(id(of: link))
    }

    /// Calls the handler for the connections that had more to do.
    func runRunnable() {
        let turn = runnable
        runnable = []
        for id in turn {
            guard let link = links.link(of: id) else { continue }
            link.state.flags.remove(.runnable)
            let stops: LinkState.Flags = [.slow, .paused, .doomed, .closing]
            guard link.state.flags.isDisjoint(with: stops), let leftover = link.state.leftover
            else {
                settle(link)
                continue
            }
            handleLeftover(link, leftover)
        }
    }

    /// Ends a pause. Without one, the handler is called again for what it left.
    func resume(_ link: Link) {
        link.state.flags.subtract([.paused, .postponed])
        if link.state.leftover != nil { makeRunnable(link) }
        settle(link)
    }

    func id(of link: Link) -> ConnectionID {
        ConnectionID(
            serial: link.state.serial, loop: UInt16(context.index), slot: link.state.slot)
    }
}
