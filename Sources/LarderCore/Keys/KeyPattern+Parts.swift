extension KeyPattern {
    /// The key that has these parts; nil when one is empty, which no capture can be.
    ///
    /// - Complexity: O(key bytes).
    public func key(from parts: [[UInt8]]) -> [UInt8]? {
        precondition(parts.count == captureNames.count, "There is one part for each capture.")
        guard parts.allSatisfy({ $0.isEmpty == false }) else { return nil }
        var key: [UInt8] = []
        var literalStart = 0
        for (index, piece) in pieces.enumerated() {
            key += literal[literalStart..<Int(piece.literalEnd)]
            literalStart = Int(piece.literalEnd)
            switch piece.capture {
            case .none: continue
            case .rest: key += parts[index]
            case .part: PartEscaping.append(parts[index], before: piece.end, to: &key)
            }
        }
        return key
    }

    /// The parts of `key`, without escapes; nil when it does not have this form.
    ///
    /// - Complexity: O(key bytes).
    public func parts(of key: [UInt8]) -> [[UInt8]]? {
        let bytes = unsafe key.span.bytes
        guard let captures = match(bytes) else { return nil }
        return (0..<captures.count).map { index in
            var part: [UInt8] = []
            appendPart(index, of: bytes, captures, to: &part)
            return part
        }
    }

    /// Appends the part number `index` of a `key` that matched, without escapes.
    ///
    /// - Complexity: O(part bytes).
    public func appendPart(
        _ index: Int, of key: RawSpan, _ captures: KeyCaptures, to part: inout [UInt8]
    ) {
        let range = captures[index]
        // Only the last piece may be without a capture, so their numbers are the same.
        let piece = pieces[index]
        if piece.capture == .rest {
            for offset in range { part.append(key.byte(at: offset)) }
        } else {
            PartEscaping.appendPart(range, of: key, before: piece.end, to: &part)
        }
    }
}
