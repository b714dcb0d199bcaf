import LarderCore

/// The reply to a write that its origin has still to take.
final class KeptReply {
    var output = OutputBuffer(capacity: 256)

    /// Appends it to `target`.
    func move(into target: inout OutputBuffer) {
        let references = output.takeReferences()
        output.withBytes { bytes in
            var position = 0
            for reference in references {
                target.append(bytes.extracting(position..<reference.position))
                target.append(shared: reference.value)
                position = reference.position
            }
            target.append(bytes.extracting(position..<bytes.byteCount))
        }
    }

    /// Whether the command was refused.
    var isError: Bool { output.holds(UInt8(ascii: "-"), at: 0) }
}
