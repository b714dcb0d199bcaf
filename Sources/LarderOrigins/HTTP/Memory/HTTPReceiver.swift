import CCurl
import LarderCore

/// Takes an answer as it comes, as far as it is allowed to be long.
///
/// libcurl holds it by its address, so it lives as long as its handle is in use.
final class HTTPReceiver {
    enum Fault { case headTooLong, bodyTooLong }

    private(set) var head = HTTPHead()
    private(set) var body: [UInt8] = []
    private(set) var fault: Fault?
    private let headMax: Int
    private let bodyMax: Int

    init(headMax: Int, bodyMax: Int) {
        self.headMax = headMax
        self.bodyMax = bodyMax
    }

    func takeHead(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard head.byteCount + bytes.count <= headMax else {
            fault = .headTooLong
            return false
        }
        unsafe head.append(Array(bytes))
        return true
    }

    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= bodyMax else {
            fault = .bodyTooLong
            body = []
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    func takeBody() -> [UInt8] {
        defer { body = [] }
        return body
    }

    /// libcurl's callbacks. What they return says how much was taken; less ends the transfer.
    static let forHead: ccurl_receiver = { bytes, size, count, context in
        let (receiver, bytes) = unsafe parts(bytes, size &* count, context)
        return unsafe receiver?.takeHead(bytes) == true ? bytes.count : 0
    }

    static let forBody: ccurl_receiver = { bytes, size, count, context in
        let (receiver, bytes) = unsafe parts(bytes, size &* count, context)
        // An empty call that returned 0 would be a success, so a refusal returns another number.
        let refusal = unsafe bytes.isEmpty ? 1 : 0
        return unsafe receiver?.takeBody(bytes) == true ? bytes.count : refusal
    }

    private static func parts(
        _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?
    ) -> (HTTPReceiver?, UnsafeRawBufferPointer) {
        let receiver = unsafe context.map {
            unsafe Unmanaged<HTTPReceiver>.fromOpaque($0).takeUnretainedValue()
        }
        return unsafe (receiver, UnsafeRawBufferPointer(start: bytes, count: count))
    }
}
