import CEpoll
import Glibc

/// Why a load could not go on.
enum LoadFailure: Error {
    case system(call: String, code: Int32)
    case badAddress(String)
    case closedByServer
    case silence(seconds: Int)

    var message: String {
        switch self {
        case .system(let call, let code): unsafe "\(call): \(String(cString: strerror(code)))"
        case .badAddress(let text): "\(text) is not an IPv4 address"
        case .closedByServer: "the server closed a connection"
        case .silence(let seconds): "the server said nothing for \(seconds) s"
        }
    }
}

/// A connected TCP socket that never blocks, closed at the end.
struct Socket: ~Copyable {
    let descriptor: Int32

    init(_ plan: Plan) throws(LoadFailure) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw LoadFailure.system(call: "socket", code: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = plan.port.bigEndian
        guard unsafe inet_pton(AF_INET, plan.host, &address.sin_addr) == 1 else {
            throw LoadFailure.badAddress(plan.host)
        }
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafePointer(to: address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, size)
            }
        }
        guard status == 0 else { throw LoadFailure.system(call: "connect", code: errno) }
        var on: Int32 = 1
        unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// Bytes that were taken; 0 when the socket is full.
    func send(_ bytes: UnsafeRawBufferPointer) throws(LoadFailure) -> Int {
        let flags = Int32(MSG_NOSIGNAL)
        let count = unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
        if count >= 0 { return count }
        guard errno == EAGAIN else { throw LoadFailure.system(call: "send", code: errno) }
        return 0
    }

    /// Bytes that came; 0 when there are none now.
    func receive(
        into target: UnsafeMutableRawPointer, atMost room: Int
    ) throws(LoadFailure) -> Int {
        let count = unsafe recv(descriptor, target, room, 0)
        if count > 0 { return count }
        if count == 0 { throw .closedByServer }
        guard errno == EAGAIN else { throw LoadFailure.system(call: "recv", code: errno) }
        return 0
    }
}

/// Which of a thread's connections can go on.
@safe struct Poller: ~Copyable {
    private let descriptor: Int32
    private var events: [epoll_event]

    init(capacity: Int) {
        descriptor = epoll_create1(0)
        unsafe events = [epoll_event](repeating: epoll_event(), count: capacity)
    }

    deinit { close(descriptor) }

    func add(_ socket: borrowing Socket, as index: Int) {
        change(EPOLL_CTL_ADD, socket, index, EPOLLIN.rawValue)
    }

    /// Reports the connection also when it can be written, or no longer.
    func watchWriting(_ isWatched: Bool, _ socket: borrowing Socket, as index: Int) {
        let writing = isWatched ? EPOLLOUT.rawValue : 0
        change(EPOLL_CTL_MOD, socket, index, EPOLLIN.rawValue | writing)
    }

    /// Calls back with each connection that is ready.
    mutating func wait(
        secondsMax: Int, _ body: (Int) throws(LoadFailure) -> Void
    ) throws(LoadFailure) {
        let room = unsafe Int32(events.count)
        let count = unsafe epoll_wait(descriptor, &events, room, Int32(secondsMax * 1000))
        if count < 0, errno != EINTR { throw .system(call: "epoll_wait", code: errno) }
        if count == 0 { throw .silence(seconds: secondsMax) }
        for position in 0..<max(0, Int(count)) {
            try body(unsafe Int(events[position].data.u32))
        }
    }

    private func change(
        _ operation: Int32, _ socket: borrowing Socket, _ index: Int, _ mask: UInt32
    ) {
        var event = unsafe epoll_event()
        unsafe event.events = mask
        unsafe event.data.u32 = UInt32(index)
        unsafe epoll_ctl(descriptor, operation, socket.descriptor, &event)
    }
}
