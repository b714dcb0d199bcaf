import LarderTrace

/// What came out of a trace: its requests and textual keys, and the error at its end, if any.
struct ReadTrace {
    var requests: [TraceRequest] = []
    var keys: [String] = []
    var error: TraceError?

    /// Reads all that can be read.
    init(
        _ path: String, format: TraceFormat? = nil, columns: CSVColumns? = nil, batch: Int = 4096
    ) throws {
        var reader = try TraceReader(path: path, format: format, columns: columns)
        var buffer = TraceBatch(capacity: batch)
        do throws(TraceError) {
            while try reader.read(into: &buffer) {
                requests += buffer.requests
                for index in buffer.requests.indices {
                    var key: [UInt8] = []
                    buffer.appendKey(at: index, to: &key)
                    keys.append(String(decoding: key, as: UTF8.self))
                }
            }
        } catch {
            self.error = error
        }
    }
}

extension [TraceRequest] {
    /// FNV-1a over all fields: a short name for exactly these requests.
    var fingerprint: UInt64 {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for request in self {
            for field in [UInt64(request.time), request.key, UInt64(request.size)] {
                for shift in stride(from: 0, to: 64, by: 8) {
                    state = (state ^ (field >> UInt64(shift) & 0xFF)) &* 0x100_0000_01B3
                }
            }
        }
        return state
    }
}
