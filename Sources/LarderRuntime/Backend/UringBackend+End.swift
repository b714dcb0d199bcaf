import CSocket
import Glibc

// The end of what the peer of a postponed connection sends.
extension UringBackend {
    func pollEnd(_ link: Link) {
        link.state.flags.insert(.pollingEnd)
        ring.poll(link.state.descriptor, csocket_poll_end, request(.end, link))
    }

    func polledEnd(_ completion: Ring.Completion) {
        guard let link = link(of: completion.request) else { return }
        link.state.flags.remove(.pollingEnd)
        guard link.state.flags.contains(.awaitsEnd) else { return }
        // The poll of an earlier pause. After another failure a new poll would only fail again.
        if completion.result == -ECANCELED { return pollEnd(link) }
        unsafe loop.peerEnded(link)
    }
}
