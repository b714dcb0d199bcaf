import CSocket
import Glibc
import LarderCore

/// New connections: accepted by the first loop, dealt to the one with the fewest.
extension LoopCore {
    /// Clients accepted per event; the others' requests go in between.
    private static let acceptsPerTurn = 64
    /// Rest after an `accept` that found no descriptor: without it the loop would spin.
    private static let exhaustedRest = Duration.milliseconds(100)

    func watchListeners() throws(RuntimeError) {
        for (index, listener) in group.listeners.enumerated() {
            try backend.watch(listener.descriptor, as: .listener(index))
        }
    }

    func acceptClients(of index: Int) {
        guard phase == .serving, acceptsAgainAt == nil else { return }
        let listener = group.listeners[index]
        for _ in 0..<Self.acceptsPerTurn {
            switch Sockets.accept(on: listener.descriptor) {
            case .client(let descriptor, let address):
                deal(
                    NewConnection(
                        descriptor: descriptor, serial: group.nextSerial(),
                        tag: listener.configuration.tag, address: address,
                        usesTLS: listener.configuration.usesTLS))
            case .none: return
            case .again: continue
            case .exhausted:
                statistics.descriptorsExhausted.add()
                acceptsAgainAt = now.advanced(by: Self.exhaustedRest)
                for listener in group.listeners.indices { backend.unwatch(.listener(listener)) }
                return
            }
        }
    }

    func resumeAccepting() {
        acceptsAgainAt = nil
        guard phase == .serving else { return }
        do {
            try watchListeners()
        } catch {
            acceptsAgainAt = now.advanced(by: Self.exhaustedRest)
        }
    }

    private func deal(_ new: NewConnection) {
        Sockets.configureClient(
            new.descriptor, family: Int32(new.address.storage.ss_family),
            keepAlive: configuration.keepAlive)
        guard group.admitsConnection() else { return refuse(new) }
        let target = group.quietestLoop()
        target.statistics.changeOpen(by: 1)
        if target === context { return adopt(new) }
        if target.post(.adopt(new)) { return }
        target.statistics.changeOpen(by: -1)
        group.connectionEnded()
        refuse(new)
    }

    /// Says why, as far as the socket takes it at once, and closes.
    private func refuse(_ new: NewConnection) {
        let text = new.usesTLS ? "" : handlerRefusal(of: peer(new, slot: 0))
        if text.utf8CodeUnitCount > 0 {
            _ = unsafe send(
                new.descriptor, text.utf8Start, text.utf8CodeUnitCount, csocket_send_flags)
        }
        linger(new.descriptor)
        Glibc.close(new.descriptor)
        statistics.countClose(.refused)
    }

    func peer(_ new: NewConnection, slot: UInt32, _ certificateName: String? = nil) -> Peer {
        Peer(
            id: ConnectionID(serial: new.serial, loop: UInt16(context.index), slot: slot),
            tag: new.tag, address: new.address, descriptor: new.descriptor,
            certificateName: certificateName)
    }

    /// Takes over a connection that was dealt to this loop.
    func adopt(_ new: NewConnection) {
        readClock()
        guard let link = links.insert(new, loop: self, now: now) else {
            statistics.changeOpen(by: -1)
            group.connectionEnded()
            return refuse(new)
        }
        statistics.accepted.add()
        if new.usesTLS { return beginHandshake(link, new) }
        if output.isFull { backend.submitSends() }
        let start = output.count
        let isWelcome = handlerOpened(link, peer(new, slot: link.state.slot))
        backend.add(link)
        if !isWelcome {
            link.state.reason = .refused
            link.state.flags.insert(.closing)
        }
        flush(link, from: start)
        settle(link)
        if case .draining = phase, link.state.serial == new.serial { drain(link) }
    }
}
