import CSocket
import Glibc
import LarderCore

/// Messages that one turn has for many connections: written once, sent to each.
extension LoopCore {
    /// Lets the handler send what it has for the connections of this loop.
    func deliver() {
        context.noteDelivery()
        handlerDeliver(Broadcaster(self))
        if !backend.batchesSends { output.removeAll() }
        isBroadcasting = false
        let turn = unsettledReceivers
        unsettledReceivers.removeAll(keepingCapacity: true)
        for id in turn {
            if let link = links.link(of: id) { settle(link) }
        }
    }

    func beginBroadcast() {
        if isBroadcasting || output.isFull { finishBroadcast() }
        isBroadcasting = true
    }

    private func finishBroadcast() {
        if backend.batchesSends { backend.submitSends() } else { output.removeAll() }
    }

    func writeBroadcast(_ body: (inout OutputBuffer) -> Void) -> Range<Int> {
        let start = output.count
        body(&output)
        if output.isOverflowed { output.truncate(to: start) }
        return start..<output.count
    }

    /// Sends a range of the output to one more connection. The output stays as it is.
    func broadcast(_ range: Range<Int>, to id: ConnectionID) {
        guard range.isEmpty == false, let link = links.link(of: id),
            link.state.flags.isDisjoint(with: [.closing, .doomed])
        else { return }
        if link.state.pending != nil || link.state.flags.contains(.sendQueued) {
            enqueue(link, range)
        } else if backend.batchesSends {
            link.state.flags.insert(.sendQueued)
            return backend.queueSend(link, range)
        } else {
            let result = output.withBytes { bytes in
                unsafe bytes.extracting(range).withUnsafeBytes { part in
                    unsafe Glibc.send(
                        link.state.descriptor, part.baseAddress, part.count, csocket_send_flags)
                }
            }
            didSend(link, range, result: result, error: errno)
        }
        if link.state.pending != nil || link.state.flags.contains(.doomed) {
            unsettledReceivers.append(id)
        }
    }
}
