import CSocket
import Glibc
import LarderCore

/// Output to clients, bounded however slowly they read, and the end of connections.
extension LoopCore {
    /// Bytes of waiting output that one connection may send per turn.
    private static let pendingPerTurn = 1 << 20
    /// Receives that empty a socket before it is closed: unread bytes would make the kernel reset
    /// the connection, and the peer lose its last reply.
    private static let lingerReads = 4

    /// Sends the output from `start` on, which is all that `link` has in it.
    func flush(_ link: Link, from start: Int) {
        if output.isOverflowed {
            output.truncate(to: start)
            return doom(link, .outputLimit)
        }
        if output.referencedBytes > 0 { return flushReferences(link, from: start) }
        let end = output.count
        guard end > start else { return }
        if let session = link.state.tls { return flushSealed(link, session, from: start) }
        if link.state.pending != nil || link.state.flags.contains(.sendQueued) {
            enqueue(link, start..<end)
            output.truncate(to: start)
        } else if backend.batchesSends {
            link.state.flags.insert(.sendQueued)
            backend.queueSend(link, start..<end)
        } else {
            let result = output.withBytes { bytes in
                unsafe bytes.withUnsafeBytes { all in
                    unsafe send(
                        link.state.descriptor, all.baseAddress, all.count, csocket_send_flags)
                }
            }
            didSend(link, start..<end, result: result, error: errno)
            output.removeAll()
        }
    }

    /// The system took `result` bytes of the output in `range`; the rest waits in a copy.
    func didSend(_ link: Link, _ range: Range<Int>, result: Int, error: Int32) {
        if result == range.count {
            statistics.bytesOut.add(result)
            return
        }
        let sent = max(result, 0)
        statistics.bytesOut.add(sent)
        if result < 0, error != EAGAIN, error != EINTR, error != ENOBUFS {
            return doom(link, .peer)
        }
        link.state.lastSent = Moment(now)
        let pending = pendingOutput(of: link)
        output.withBytes { bytes in
            let rest = bytes.extracting((range.lowerBound + sent)..<range.upperBound)
            unsafe rest.withUnsafeBytes { unsafe pending.prepend($0) }
        }
    }

    /// Copies output behind what waits already.
    func enqueue(_ link: Link, _ range: Range<Int>, isBeforeValue: Bool = false) {
        let pending = pendingOutput(of: link)
        output.withBytes { bytes in
            unsafe bytes.extracting(range).withUnsafeBytes {
                unsafe pending.append($0, isBeforeValue: isBeforeValue)
            }
        }
    }

    func pendingOutput(of link: Link) -> PendingOutput {
        if let pending = link.state.pending { return pending }
        let pending = PendingOutput(link.state.tls)
        link.state.pending = pending
        link.state.lastSent = Moment(now)
        return pending
    }

    /// Plain bytes and large values in their order; the values are not copied.
    private func flushReferences(_ link: Link, from start: Int) {
        let references = output.takeReferences()
        let wasWaiting = link.state.pending != nil || link.state.flags.contains(.sendQueued)
        var position = start
        for reference in references {
            if reference.position > position {
                enqueue(link, position..<reference.position, isBeforeValue: true)
                position = reference.position
            }
            pendingOutput(of: link).append(reference.value)
        }
        if output.count > position { enqueue(link, position..<output.count) }
        output.truncate(to: start)
        if !wasWaiting { sendPending(link) }
    }

    /// The socket has room.
    func writable(_ link: Link) {
        readClock()
        sendPending(link)
        settle(link)
    }

    /// Sends what waits. A batch in flight goes first.
    func sendPending(_ link: Link) {
        guard let pending = link.state.pending, !link.state.flags.contains(.sendQueued) else {
            return
        }
        var sent = 0
        let progress = pending.send(
            to: link.state.descriptor, turnLimit: Self.pendingPerTurn, sent: &sent)
        if sent > 0 {
            link.state.lastSent = Moment(now)
            statistics.bytesOut.add(sent)
        }
        switch progress {
        case .finished: link.state.pending = nil
        case .blocked: break
        case .failed: doom(link, .peer)
        }
    }

    /// Sends bytes that no request of this connection asked for.
    func push(_ bytes: [UInt8], to link: Link) {
        unsafe bytes.withUnsafeBytes { unsafe pendingOutput(of: link).append($0) }
        sendPending(link)
        settle(link)
    }

    /// Puts into effect what an event has left: bounds, interest, memory, and the end.
    func settle(_ link: Link) {
        let flags = link.state.flags
        let isPlain =
            flags.isDisjoint(with: LinkState.Flags.stopsReading.union(.writes))
            && flags.contains(.reads)
        if isPlain, link.state.pending == nil, link.state.leftover == nil,
            link.state.accountedBytes | link.state.handlerBytes == 0
        {
            return
        }
        settleSlowly(link)
    }

    private func settleSlowly(_ link: Link) {
        checkPending(link)
        if link.state.flags.contains(.doomed) { return close(link, link.state.reason) }
        if isFinished(link) { return close(link, link.state.reason) }
        let reads =
            phase == .serving && link.state.flags.isDisjoint(with: LinkState.Flags.stopsReading)
        let writes = link.state.pending != nil
        let flags = link.state.flags
        if reads != flags.contains(.reads) || writes != flags.contains(.writes) {
            backend.update(link, reads: reads, writes: writes)
        }
        let awaitsEnd = flags.contains(.postponed)
        if awaitsEnd != link.state.flags.contains(.awaitsEnd) {
            backend.awaitEnd(link, awaitsEnd)
        }
        noteMemory(of: link)
    }

    /// Stops reading from those who do not read, and goes on when half has left.
    private func checkPending(_ link: Link) {
        let waiting = link.state.pending?.byteCount ?? 0
        if link.state.flags.contains(.slow) {
            if waiting < configuration.pendingSoftLimit / 2 + 1 {
                link.state.flags.remove(.slow)
                if link.state.leftover != nil { makeRunnable(link) }
            }
        } else if waiting > configuration.pendingSoftLimit {
            link.state.flags.insert(.slow)
            statistics.slowReaderStops.add()
        }
        statistics.pendingPeak.raise(to: waiting)
        if waiting > configuration.pendingHardLimit { doom(link, .outputLimit) }
        if waiting > 0, handlerSubscribes(link) { checkSubscriber(link, waiting) }
    }

    /// Subscribers have bounds of their own: one at once, and a lower one for a while.
    private func checkSubscriber(_ link: Link, _ waiting: Int) {
        let limits = configuration.subscriberLimits
        guard let pending = link.state.pending else { return }
        if !limits.isMuch(waiting) {
            pending.muchSince = nil
        } else if pending.muchSince == nil {
            pending.muchSince = now
        }
        if limits.isOver(waiting) || hasTooMuch(pending) { doom(link, .outputLimit) }
    }

    /// Whether more has waited for a subscriber than may, for longer than it may.
    func hasTooMuch(_ pending: PendingOutput) -> Bool {
        guard let since = pending.muchSince else { return false }
        return since.advanced(by: configuration.subscriberLimits.softDuration) < now
    }

    /// Whether nothing more is to be sent or handled.
    private func isFinished(_ link: Link) -> Bool {
        guard link.state.pending == nil, !link.state.flags.contains(.sendQueued) else {
            return false
        }
        if link.state.flags.contains(.closing) { return true }
        guard link.state.flags.contains(.ended) else { return false }
        return link.state.flags.contains(.postponed)
            || link.state.flags.isDisjoint(with: [.paused, .runnable])
    }

    /// Marks a connection for its end, when its event is over.
    func doom(_ link: Link, _ reason: CloseReason) {
        if link.state.flags.contains(.doomed) { return }
        link.state.flags.insert(.doomed)
        link.state.reason = reason
    }

    /// Ends a connection now. Its link is free afterwards.
    func close(_ link: Link, _ reason: CloseReason) {
        let descriptor = link.state.descriptor
        backend.remove(link)
        if let session = link.state.tls { sayEnd(link, session) }
        if link.state.flags.contains(.closing) { linger(descriptor) }
        Glibc.close(descriptor)
        handlerClosed(link, reason)
        _ = account.add(-link.state.accountedBytes)
        links.remove(link)
        statistics.countClose(reason)
        statistics.changeOpen(by: -1)
        group.connectionEnded()
    }

    /// Lets the peer read our last words before the connection goes.
    func linger(_ descriptor: Int32) {
        _ = shutdown(descriptor, csocket_shutdown_write)
        for _ in 0..<Self.lingerReads where scratch.receive(from: descriptor, at: 0) <= 0 { return }
    }
}
