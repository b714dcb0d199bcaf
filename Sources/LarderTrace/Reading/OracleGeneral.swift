/// The records of libCacheSim's oracleGeneral: `u32 time, u64 key, u32 size, i64 next access`,
/// little-endian, without padding.
enum OracleGeneral {
    static let recordBytes = 24

    /// Appends `count` records that start at `buffer[start]`.
    static func decode(
        _ buffer: [UInt8], from start: Int, count: Int, into requests: inout [TraceRequest]
    ) {
        let bytes = unsafe buffer.span.bytes.extracting(start..<(start + count * recordBytes))
        requests.append(addingCapacity: count) { output in
            for index in 0..<count {
                let offset = index * recordBytes
                output.append(
                    TraceRequest(
                        time: UInt32(littleEndian: load(bytes, offset)),
                        key: UInt64(littleEndian: load(bytes, offset + 4)),
                        size: UInt32(littleEndian: load(bytes, offset + 12)),
                        nextAccess: Int64(littleEndian: load(bytes, offset + 16))))
            }
        }
    }

    /// Appends the record of `request`.
    static func encode(_ request: TraceRequest, to bytes: inout [UInt8]) {
        append(request.time, to: &bytes)
        append(request.key, to: &bytes)
        append(request.size, to: &bytes)
        append(request.nextAccess, to: &bytes)
    }

    private static func load<Number: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: RawSpan, _ offset: Int
    ) -> Number {
        // Any bits make an integer, so only the bounds matter, and those are checked.
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self)
    }

    private static func append<Number: FixedWidthInteger>(
        _ number: Number, to bytes: inout [UInt8]
    ) {
        var rest = number
        for _ in 0..<(Number.bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}
