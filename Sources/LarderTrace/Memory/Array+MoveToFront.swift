extension [UInt8] {
    /// Copies the bytes of `range` to the start; the places may overlap.
    ///
    /// - Complexity: O(bytes of the range), at the speed of `memmove`.
    mutating func moveToFront(_ range: Range<Int>) {
        unsafe withUnsafeMutableBytes { bytes in
            unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
    }
}
