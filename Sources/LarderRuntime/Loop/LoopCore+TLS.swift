import CSocket
import Glibc
import LarderCore

/// TLS between the socket and the handler, which sees plain text either way.
///
/// What comes is decrypted as soon as it is there and then goes the way of plain bytes. What leaves
/// is encrypted when it is sent, since records are numbered: bytes that wait do so in plain, but
/// for what a socket did not take of a batch.
extension LoopCore {
    /// Output encrypted in one go. Larger batches leave in several calls.
    private static let sealStep = 64 << 10
    /// Encrypted output that is worth queueing: copying it costs less than a system call.
    private static let queuedBytesMax = 16 << 10
    /// The first byte of every TLS connection: a record of the handshake.
    private static let handshakeRecord: UInt8 = 22

    // Handshakes.

    /// Takes over a connection of which the handler hears once its handshake is done.
    func beginHandshake(_ link: Link, _ new: NewConnection) {
        guard let wire, let identity = configuration.tls,
            let session = TLSSession(identity.context, wire, new)
        else { return close(link, .handshake) }
        link.state.tls = session
        handshakes.begin(id(of: link), at: now)
        backend.add(link)
        if phase != .serving { return close(link, .shutdown) }
        while handshakes.count > handshakesMax, let oldest = nextHandshake() {
            failHandshake(oldest, .displaced)
        }
    }

    /// Most handshakes on this loop: its share, rounded up.
    private var handshakesMax: Int {
        (configuration.maximumHandshakes + context.loopCount - 1) / context.loopCount
    }

    /// The handshake that has lasted longest.
    private func nextHandshake() -> Link? {
        while let oldest = handshakes.oldest {
            if let link = links.link(of: oldest.id), link.state.tls?.isShakingHands == true {
                return link
            }
            handshakes.removeOldest()
        }
        return nil
    }

    /// Ends the handshakes whose time is over.
    func sweepHandshakes() {
        while let link = nextHandshake(), let oldest = handshakes.oldest,
            now >= oldest.start.advanced(by: configuration.handshakeTimeout)
        {
            failHandshake(link, .slow)
        }
    }

    private func failHandshake(_ link: Link, _ cause: HandshakeFailure.Cause) {
        if let arrival = link.state.tls?.arrival {
            configuration.onHandshakeFailure?(
                HandshakeFailure(cause: cause, address: arrival.new.address))
        }
        close(link, .handshake)
    }

    /// A step of the handshake. True when it is done, and there may be requests behind it.
    private func shakeHands(_ link: Link, _ session: TLSSession) -> Bool {
        let new = session.arrival?.new
        switch session.shakeHands() {
        case .done:
            handshakes.ended()
            statistics.handshakes.add()
            sendWire(link, session)
            guard let new else { return false }
            return welcome(link, peer(new, slot: link.state.slot, session.peerName))
        case .wantsMore:
            sendWire(link, session)
            settle(link)
        default:
            let reason = session.takeError()
            sendWire(link, session)
            failHandshake(link, .refused(reason))
        }
        return false
    }

    /// Tells the handler of a client. False when it is gone already.
    private func welcome(_ link: Link, _ peer: Peer) -> Bool {
        if output.isFull { backend.submitSends() }
        let serial = link.state.serial
        let start = output.count
        if !handlerOpened(link, peer) {
            link.state.reason = .refused
            link.state.flags.insert(.closing)
        }
        flush(link, from: start)
        settle(link)
        return link.state.serial == serial
    }

    // Input.

    /// The socket of a TLS connection has bytes, or its end.
    func readSealed(_ link: Link, _ session: TLSSession) {
        let count = session.wire.receive(from: link.state.descriptor)
        guard count > 0 else { return receivedNothing(link, count) }
        unsafe unseal(session.wire.received(count), link, session)
    }

    /// Decrypts what came, and hands it on.
    func unseal(_ bytes: UnsafeRawBufferPointer, _ link: Link, _ session: TLSSession) {
        statistics.bytesIn.add(bytes.count)
        unsafe session.wire.beginInput(bytes)
        defer { session.wire.endInput() }
        if let arrival = session.arrival {
            if !arrival.hasSpoken, unsafe bytes[0] != Self.handshakeRecord {
                return failHandshake(link, .plaintext)
            }
            arrival.hasSpoken = true
            guard shakeHands(link, session) else { return }
        }
        link.state.lastReceived = Moment(now)
        while readRecords(link, session) {}
    }

    /// Decrypts as much as has room. True when there is more.
    private func readRecords(_ link: Link, _ session: TLSSession) -> Bool {
        let serial = link.state.serial
        let (count, step) = session.open()
        if step == .failed { _ = session.takeError() }
        if session.wire.hasOutput { sendWire(link, session) }
        if count > 0 {
            unsafe take(session.wire.opened(count), for: link)
            guard link.state.serial == serial else { return false }
        }
        switch step {
        case .hasMore: return true
        case .done, .wantsMore: return false
        case .ended: link.state.flags.insert(.ended)
        case .failed: doom(link, .peer)
        }
        settle(link)
        return false
    }

    // Output.

    /// Encrypts and sends the output from `start` on, which is all that `link` has in it.
    func flushSealed(_ link: Link, _ session: TLSSession, from start: Int) {
        let end = output.count
        var position = start
        var isBlocked = link.state.pending != nil || link.state.flags.contains(.sendQueued)
        while position < end, !isBlocked {
            let next = min(position + Self.sealStep, end)
            guard seal(position..<next, session) else { return doom(link, .peer) }
            if backend.batchesSends, position == start, next == end, queueWire(link, session, start)
            {
                return
            }
            position = next
            isBlocked = !sendWire(link, session)
        }
        if position < end, !link.state.flags.contains(.doomed) { enqueue(link, position..<end) }
        backend.batchesSends ? output.truncate(to: start) : output.removeAll()
    }

    private func seal(_ range: Range<Int>, _ session: TLSSession) -> Bool {
        output.withBytes { bytes in
            unsafe bytes.extracting(range).withUnsafeBytes { unsafe session.seal($0) }
        }
    }

    /// Puts the encrypted bytes in the place of the plain ones, to leave with the others of this
    /// turn. False when they are too many for that.
    private func queueWire(_ link: Link, _ session: TLSSession, _ start: Int) -> Bool {
        let bytes = unsafe session.wire.output
        guard bytes.count <= Self.queuedBytesMax else { return false }
        output.truncate(to: start)
        unsafe output.append(bytes.bytes)
        session.wire.removeOutput()
        link.state.flags.insert(.sendQueued)
        backend.queueSend(link, start..<output.count)
        return true
    }

    /// Sends what the session has written; what the socket does not take waits. False when
    /// something waits, or the connection is broken.
    @discardableResult
    func sendWire(_ link: Link, _ session: TLSSession) -> Bool {
        defer { session.wire.removeOutput() }
        guard session.wire.hasOutput else { return true }
        var sent = 0
        if link.state.pending == nil, !link.state.flags.contains(.sendQueued) {
            sent = session.wire.sendOutput(to: link.state.descriptor)
            if sent < 0, errno != EAGAIN, errno != EINTR, errno != ENOBUFS {
                doom(link, .peer)
                return false
            }
            sent = max(sent, 0)
            statistics.bytesOut.add(sent)
        }
        let bytes = unsafe session.wire.output
        guard sent < bytes.count else { return true }
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
        unsafe pendingOutput(of: link).appendSealed(rest)
        return false
    }

    /// Says the end of a session to its peer, unless it is in the middle of something else.
    func sayEnd(_ link: Link, _ session: TLSSession) {
        if session.isShakingHands { handshakes.ended() }
        guard link.state.pending == nil, !link.state.flags.contains(.sendQueued) else { return }
        session.sayEnd()
        _ = session.wire.sendOutput(to: link.state.descriptor)
        session.wire.removeOutput()
    }
}
