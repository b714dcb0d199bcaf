import Glibc

extension ReplayAddress {
    /// Opens a connection.
    func connect() throws(CommandFailure) -> ReplaySocket {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = SocketConstant.stream
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            let reason = unsafe String(cString: gai_strerror(code))
            throw .failure("cannot find \(host): \(reason)")
        }
        defer { unsafe freeaddrinfo(list) }
        var reason = "no address"
        var next = unsafe list
        while let address = unsafe next {
            if let descriptor = unsafe Self.open(address.pointee, &reason) {
                return ReplaySocket(descriptor: descriptor)
            }
            unsafe next = address.pointee.ai_next
        }
        throw .failure(
            "cannot connect to \(self): \(reason); start the server with 'make serve'")
    }

    private static func open(_ address: addrinfo, _ reason: inout String) -> Int32? {
        let type = unsafe address.ai_socktype | SocketConstant.closeOnExec
        let descriptor = unsafe socket(address.ai_family, type, address.ai_protocol)
        guard descriptor >= 0 else {
            reason = lastReason()
            return nil
        }
        guard unsafe Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
            reason = lastReason()
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private static func lastReason() -> String {
        unsafe String(cString: strerror(errno)).lowercased()
    }
}
