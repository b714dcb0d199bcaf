import LarderCore
import Glibc

extension OutputBuffer {
    /// Appends `value` as C's `%.17g` writes it, `inf`, `-inf` or `nan`.
    mutating func appendDoubleDigits(_ value: Double, asBulk: Bool) {
        // A sign, 17 digits, a point, an exponent of five bytes and the zero.
        unsafe withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { buffer in
            guard let start = buffer.baseAddress else { return }
            let text = unsafe start.bindMemory(to: CChar.self, capacity: buffer.count)
            let count = unsafe withVaList([value]) { arguments in
                unsafe Int(vsnprintf(text, buffer.count, "%.17g", arguments))
            }
            let bytes = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: count)
            if asBulk { appendBulk(bytes) } else { append(bytes) }
        }
    }
}
