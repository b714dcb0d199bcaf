import CLibevent
import Glibc
import LarderCore

/// Readiness through libevent. One level-triggered event per connection, which stays registered: a
/// request costs one wait, one receive and one send, and nothing else.
@safe final class LibeventBackend: Backend {
    /// A watched descriptor. libevent holds its address.
    @safe private final class Watch {
        let token: Token
        unowned(unsafe) let loop: LoopCore
        var event: OpaquePointer?

        init(_ token: Token, _ loop: LoopCore) {
            self.token = token
            unsafe self.loop = loop
        }
    }

    private let base: OpaquePointer
    private var timer: OpaquePointer?
    private var watches: [Watch] = []

    override init(_ loop: LoopCore) {
        guard let config = unsafe event_config_new() else { fatalError("No memory is left.") }
        // One thread owns the base. Changes of one turn reach the kernel together.
        _ = unsafe event_config_set_flag(config, Int32(EVENT_BASE_FLAG_NOLOCK.rawValue))
        _ = unsafe event_config_set_flag(
            config, Int32(EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST.rawValue))
        _ = unsafe event_config_set_flag(config, Int32(EVENT_BASE_FLAG_NO_CACHE_TIME.rawValue))
        defer { unsafe event_config_free(config) }
        guard let base = unsafe event_base_new_with_config(config) else {
            fatalError("libevent gave no event base: \(Sockets.errorText()).")
        }
        unsafe self.base = base
        super.init(loop)
        startTimer(loop.configuration.tickInterval)
    }

    deinit {
        for watch in watches { unsafe event_free(watch.event) }
        unsafe event_free(timer)
        unsafe event_base_free(base)
    }

    /// Ends a wait when nothing happens. It is armed again by libevent, only when it fired.
    private func startTimer(_ interval: Duration) {
        unsafe timer = event_new(base, -1, Int16(EV_PERSIST), { _, _, _ in }, nil)
        let (seconds, attoseconds) = interval.components
        var time = timeval(
            tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        _ = unsafe event_add(timer, &time)
    }

    override func turn(waits: Bool) {
        _ = unsafe event_base_loop(base, waits ? EVLOOP_ONCE : EVLOOP_ONCE | EVLOOP_NONBLOCK)
    }

    override func add(_ link: Link) {
        register(link, reads: true, writes: false)
    }

    override func remove(_ link: Link) {
        if let event = unsafe link.state.event { unsafe event_free(event) }
        unsafe link.state.event = nil
        link.state.flags.subtract([.reads, .writes, .awaitsEnd])
    }

    override func update(_ link: Link, reads: Bool, writes: Bool) {
        let awaitsEnd = link.state.flags.contains(.awaitsEnd)
        remove(link)
        register(link, reads: reads, writes: writes, awaitsEnd: awaitsEnd)
    }

    override func awaitEnd(_ link: Link, _ isOn: Bool) {
        let flags = link.state.flags
        remove(link)
        register(
            link, reads: flags.contains(.reads), writes: flags.contains(.writes), awaitsEnd: isOn)
    }

    private func register(_ link: Link, reads: Bool, writes: Bool, awaitsEnd: Bool = false) {
        guard reads || writes || awaitsEnd else { return }
        let kinds =
            (reads ? EV_READ : 0) | (writes ? EV_WRITE : 0) | (awaitsEnd ? EV_CLOSED : 0)
            | EV_PERSIST
        let event = unsafe event_new(
            base, link.state.descriptor, Int16(kinds),
            { _, what, context in
                guard let context = unsafe context else { return }
                unsafe LibeventBackend.report(Link(opaque: context), what)
            }, link.opaque)
        _ = unsafe event_add(event, nil)
        unsafe link.state.event = event
        if reads { link.state.flags.insert(.reads) }
        if writes { link.state.flags.insert(.writes) }
        if awaitsEnd { link.state.flags.insert(.awaitsEnd) }
    }

    private static func report(_ link: Link, _ what: Int16) {
        let loop = unsafe link.state.loop
        if what & Int16(EV_WRITE) != 0 {
            let serial = link.state.serial
            loop.writable(link)
            guard link.state.serial == serial else { return }
        }
        if what & Int16(EV_CLOSED) != 0, link.state.flags.contains(.awaitsEnd) {
            return loop.peerEnded(link)
        }
        guard link.state.flags.contains(.reads) else { return }
        if what & Int16(EV_READ) != 0 { loop.readable(link) }
    }

    override func watch(_ descriptor: Int32, as token: Token) throws(RuntimeError) {
        let watch = unsafe Watch(token, loop)
        let event = unsafe event_new(
            base, descriptor, Int16(EV_READ | EV_PERSIST),
            { _, _, context in
                guard let context = unsafe context else { return }
                let watch = unsafe Unmanaged<Watch>.fromOpaque(context).takeUnretainedValue()
                unsafe watch.loop.watched(watch.token)
            }, Unmanaged.passUnretained(watch).toOpaque())
        guard let event = unsafe event, unsafe event_add(event, nil) == 0 else {
            throw .cannotStart(what: "watching a descriptor", cause: Sockets.errorText())
        }
        unsafe watch.event = event
        watches.append(watch)
    }

    override func unwatch(_ token: Token) {
        guard let index = watches.firstIndex(where: { $0.token == token }) else { return }
        unsafe event_free(watches[index].event)
        watches.remove(at: index)
    }
}
