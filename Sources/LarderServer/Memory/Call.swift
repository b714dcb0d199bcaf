import LarderWire

/// One request: the command and its arguments, which lie in the bytes of the connection.
///
/// Safety: the list is that of the loop, untouched while the command runs; a call cannot outlive
/// the bytes, and is made for the time of one command only.
@safe struct Call: ~Copyable, ~Escapable {
    private let bytes: RawSpan
    private let list: UnsafePointer<ArgumentList>
    /// Number of arguments, the command included.
    let count: Int

    @_lifetime(copy bytes)
    @unsafe init(_ bytes: RawSpan, _ list: UnsafePointer<ArgumentList>) {
        self.bytes = bytes
        unsafe self.list = unsafe list
        count = unsafe list.pointee.count
    }

    /// The argument at `index`; the command is at 0.
    subscript(index: Int) -> RawSpan {
        @_lifetime(copy self) @inline(__always) get {
            bytes.extracting(unsafe list.pointee[index])
        }
    }

    /// What was received in front of the first argument: the requests before this one among it.
    var bytesBefore: RawSpan {
        @_lifetime(copy self) get {
            bytes.extracting(unsafe 0..<list.pointee[0].lowerBound)
        }
    }
}
