import Glibc
import LarderCore
import Synchronization

/// Timeouts and the clients' memory.
extension LoopCore {
    /// Links looked at per tick, at least. All are seen within ten ticks.
    private static let sweepStep = 64

    /// Lets the other loops know of the greediest connection here, once memory becomes scarce.
    func publishGreediest() {
        guard account.budget.usedBytes > account.budget.limit / 2 else { return }
        let held = greediestLink()?.state.accountedBytes ?? 0
        context.largestClient.store(held, ordering: .relaxed)
    }

    /// Looks at the next part of the connections for those whose time is over.
    func sweep() {
        let places = links.highWater
        guard places > 0 else { return }
        for _ in 0..<min(places, max(Self.sweepStep, places / 10 + 1)) {
            sweepCursor = sweepCursor + 1 < places ? sweepCursor + 1 : 0
            guard let link = links.link(at: sweepCursor) else { continue }
            if let reason = timeout(of: link) { close(link, reason) }
        }
    }

    private func timeout(of link: Link) -> CloseReason? {
        if handlerSubscribes(link) {
            return link.state.pending.map(hasTooMuch) == true ? .outputLimit : nil
        }
        if link.state.pending != nil {
            let limit = configuration.stallTimeout
            return limit > .zero && link.state.lastSent.isPast(limit, at: now) ? .stalled : nil
        }
        guard configuration.idleTimeout > .zero, !link.state.flags.contains(.paused) else {
            return nil
        }
        return link.state.lastReceived.isPast(configuration.idleTimeout, at: now) ? .idle : nil
    }

    /// Tells the clients' budget what the connection holds.
    func noteMemory(of link: Link) {
        let held =
            (link.state.leftover?.capacity ?? 0) + (link.state.pending?.ownedBytes ?? 0)
            + link.state.handlerBytes
        link.state.gauge?.note(
            input: link.state.leftover?.count ?? 0, output: link.state.pending?.byteCount ?? 0,
            held: held)
        let change = held - link.state.accountedBytes
        guard change != 0 else { return }
        link.state.accountedBytes = held
        if account.add(change) { relieve() }
    }

    /// Ends the connections that hold most until the clients' memory is within its budget again.
    /// When another loop has a greedier one, that loop is told instead.
    func relieve() {
        while account.budget.usedBytes > account.budget.limit {
            let greediest = greediestLink()
            let held = greediest?.state.accountedBytes ?? 0
            context.largestClient.store(held, ordering: .relaxed)
            if let other = greedierLoop(than: held) {
                _ = other.post(.relieve)
                return
            }
            guard let greediest else { return }
            close(greediest, .memoryBudget)
            _ = account.report()
        }
    }

    private func greediestLink() -> Link? {
        var best: Link?
        var most = 0
        for slot in 0..<links.highWater {
            guard let link = links.link(at: slot), link.state.accountedBytes > most,
                link.state.gauge?.isExempt != true
            else { continue }
            most = link.state.accountedBytes
            best = link
        }
        return best
    }

    private func greedierLoop(than held: Int) -> LoopContext? {
        group.contexts.first { other in
            other !== context && other.largestClient.load(ordering: .relaxed) > held
        }
    }
}
