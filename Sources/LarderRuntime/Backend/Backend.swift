/// The seam between a loop and the kernel. Chosen once per loop; one call per event.
///
/// A backend reports to its loop: `readable` or `arrived` with bytes, `writable`, and `watched`.
@safe class Backend {
    /// What a watched descriptor stands for.
    enum Token: Equatable {
        case mailbox
        case signals
        case listener(Int)
    }

    unowned(unsafe) let loop: LoopCore

    init(_ loop: LoopCore) {
        unsafe self.loop = loop
    }

    /// Whether sends are queued and leave together, at the start of the next turn.
    var batchesSends: Bool { false }

    /// Starts to report what happens to the connection.
    func add(_ link: Link) { fatalError("A backend knows how to add.") }

    /// Ends all reports, before its descriptor is closed.
    func remove(_ link: Link) { fatalError("A backend knows how to remove.") }

    /// Reports bytes, and room for output, from now on or no more.
    func update(_ link: Link, reads: Bool, writes: Bool) {
        fatalError("A backend knows how to update.")
    }

    /// Reports to `peerEnded`, from now on or no more, that the peer sends no more, while nothing
    /// is read.
    func awaitEnd(_ link: Link, _ isOn: Bool) {}

    /// Queues the bytes `range` of the loop's output. Its result goes to `sent`.
    func queueSend(_ link: Link, _ range: Range<Int>) {
        fatalError("Only a backend that batches sends is given them.")
    }

    /// Sends what is queued at once. The loop's output is empty afterwards.
    func submitSends() {}

    /// Hands over what was received and is not reported yet; from now on the loop reads itself.
    func stopReceiving(_ link: Link) {}

    /// Reports when `descriptor` becomes readable, until `unwatch`.
    func watch(_ descriptor: Int32, as token: Token) throws(RuntimeError) {
        fatalError("A backend knows how to watch.")
    }

    /// Ends everything, so that no descriptor stays open in the kernel's hands.
    func shutDown() {}

    func unwatch(_ token: Token) { fatalError("A backend knows how to unwatch.") }

    /// Waits for events, at most until the next tick or not at all, and reports those there are.
    func turn(waits: Bool) { fatalError("A backend knows how to turn.") }
}
