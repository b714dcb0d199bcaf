import CSocket
import Glibc
import LarderCore

/// The end of a loop: nothing that was received stays without its reply, as far as time allows.
extension LoopCore {
    /// Receives per connection at the start of draining: what the kernel has taken for us.
    private static let finalReads = 16

    func takeSignals() {
        guard let descriptor = group.signals?.descriptor else { return }
        while let signal = Signals.next(from: descriptor) {
            if signal == SIGHUP {
                configuration.onHangup?()
            } else if let drain = configuration.drainOnSignal {
                for context in group.contexts { context.stop(drain: drain) }
            }
        }
    }

    func startDraining(for limit: Duration) {
        guard phase == .serving else { return }
        phase = .draining(until: now.advanced(by: limit))
        if context.index == 0 {
            for (index, listener) in group.listeners.enumerated() {
                backend.unwatch(.listener(index))
                listener.close()
            }
        }
        for slot in 0..<links.highWater {
            if let link = links.link(at: slot) { drain(link) }
        }
    }

    /// Handles what has been received, then lets the connection end with its output.
    func drain(_ link: Link) {
        let serial = link.state.serial
        backend.stopReceiving(link)
        for _ in 0..<Self.finalReads {
            guard link.state.serial == serial,
                link.state.flags.isDisjoint(with: LinkState.Flags.stopsReading)
            else { break }
            let before = statistics.bytesIn.value
            readable(link)
            if statistics.bytesIn.value == before { break }
        }
        guard link.state.serial == serial else { return }
        if !link.state.flags.contains(.closing) { link.state.reason = .shutdown }
        // Nobody knows when the pause of a postponed one would end.
        if link.state.flags.contains(.postponed)
            || link.state.flags.isDisjoint(with: [.runnable, .paused, .slow])
        {
            link.state.flags.insert(.closing)
        }
        settle(link)
    }

    /// Ends the loop when all connections have, or their time is over.
    func continueDraining(until end: Tick) {
        let isOver = now >= end
        for slot in 0..<links.highWater {
            guard let link = links.link(at: slot) else { continue }
            if isOver {
                close(link, .shutdown)
            } else if link.state.flags.contains(.postponed)
                || link.state.flags.isDisjoint(with: [.runnable, .paused, .slow, .closing])
            {
                link.state.flags.insert(.closing)
                settle(link)
            }
        }
        if links.count == 0, !context.mailbox.hasMessages { phase = .stopped }
    }
}
