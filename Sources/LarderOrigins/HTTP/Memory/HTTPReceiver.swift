import CCurl
import LarderCore

/// Takes an answer as it comes, as far as it is allowed to be long.
///
/// libcurl holds it by its address, so it lives as long as its handle is in use.
final class HTTPReceiver {
    enum Fault { case headTooLong, bodyTooLong, packing, damaged }

    private(set) var head = HTTPHead()
    private(set) var body: [UInt8] = []
    private(set) var fault: Fault?
    private let headMax: Int
    private let bodyMax: Int
    private var decoder: GzipDecoder?

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
        if body.isEmpty, decoder == nil, !choosePacking() { return false }
        if let decoder {
            do throws(GzipDecoder.Fault) {
                try unsafe decoder.decode(bytes, into: &body, bodyMax: bodyMax)
                return true
            } catch {
                return refuse(error == .tooLong ? .bodyTooLong : .damaged)
            }
        }
        guard body.count + bytes.count <= bodyMax else { return refuse(.bodyTooLong) }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    /// What came, once all did; `nil` if it was packed and some is missing.
    func takeBody() -> [UInt8]? {
        if let decoder, !decoder.isWhole { return nil }
        defer { body = [] }
        return body
    }

    private func refuse(_ fault: Fault) -> Bool {
        self.fault = fault
        body = []
        return false
    }

    /// Before the first byte of a body: how it is packed.
    private func choosePacking() -> Bool {
        let packing = head.text(of: "content-encoding")?.lowercased() ?? "identity"
        switch packing {
        case "identity", "": return true
        case "gzip", "x-gzip":
            decoder = GzipDecoder()
            return decoder != nil || refuse(.damaged)
        default: return refuse(.packing)
        }
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
