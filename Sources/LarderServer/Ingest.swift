import LarderMemory
import LarderWire

/// A request whose large values go straight into the store while they arrive, so that no buffer
/// ever holds them. It belongs to one connection.
final class Ingest {
    /// The connection's own list: the loop's is used for other connections in between.
    let arguments = ArgumentBox()
    /// The request's bytes without its large values.
    var prefix: [UInt8] = []
    /// Finished values, by the place of their argument.
    var values = StreamedValues()
    /// The value that is arriving, and its place; `nil` behind the last one.
    var builder: LargeBuilder?
    var index = 0
    /// Bytes of the line end that have still to come behind the value.
    var lineEndLeft = 0

    /// Adds bytes of the request that were understood behind those of `prefix`.
    func keep(_ bytes: RawSpan) {
        prefix.append(bytes)
        arguments.move(to: 0)
    }

    /// Gives the value at hand as much of `bytes` as belongs to it.
    ///
    /// - Returns: How many bytes of `bytes` are done with.
    func feed(_ bytes: RawSpan) -> Int {
        var done = 0
        if let builder, builder.missing > 0 {
            done = min(builder.missing, bytes.byteCount)
            builder.append(bytes.extracting(0..<done))
            guard builder.missing == 0 else { return done }
        }
        while lineEndLeft > 0, done < bytes.byteCount {
            let expected = UInt8(ascii: lineEndLeft == 2 ? "\r" : "\n")
            if bytes.byte(at: done) != expected { endsLine = false }
            lineEndLeft -= 1
            done += 1
        }
        return done
    }

    /// Whether the client may not write there: the value is taken out of the stream and dropped.
    var isRefused = false
    /// The memcached write whose value it is, and its key.
    var command = MemcachedCommand(.set)
    var key: [UInt8] = []
    /// Whether the bytes behind the value end a line, as memcached demands.
    private(set) var endsLine = true

    /// Whether the value at hand and its line end are all there.
    var isFed: Bool { lineEndLeft == 0 && (builder?.missing ?? 0) == 0 }
}
