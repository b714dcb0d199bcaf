/// What `RequestParser` made of the bytes it was shown. Positions count from the start of the
/// bytes.
public enum RequestStep: Hashable, Sendable {
    /// A request whose arguments are in the bytes. The next one starts at `end`.
    case request(end: Int)
    /// An inline command: its arguments are in `ArgumentList.withInlineBytes`. The next request
    /// starts at `end`.
    case inlineRequest(end: Int)
    /// A request without arguments, which redis passes over in silence. The next starts at `end`.
    case empty(end: Int)
    /// The request is not all there, and cannot be before there are `atLeast` bytes from its start.
    case needMore(atLeast: Int)
    /// The argument at `index` has `length` bytes, which start at `offset` and are not all there.
    ///
    /// Either show more bytes until they are, or take these `length` bytes and two more out of the
    /// stream, call `RequestParser.skipLargeArgument` and show what follows them right behind the
    /// bytes before `offset`.
    case largeArgument(index: Int, length: Int, offset: Int)
}
