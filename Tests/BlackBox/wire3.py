"""A client that reads RESP3 into Python's own types, and whole replies as bytes."""
from wire import Connection, encoded


class Failure(str):
    """The text of an error reply."""


class Connection3(Connection):
    """An error reply is a value here, and is not raised."""

    def __init__(self, port, timeout=20):
        super().__init__(port, timeout)
        self.taken = b""

    def raw(self, *words):
        """The bytes of the reply."""
        self.socket.sendall(encoded(*words))
        self.taken = b""
        self.reply()
        return self.taken

    def take(self, data):
        self.taken += data
        return data

    def reply(self):
        line = self.take(self.file.readline())
        if not line.endswith(b"\r\n"):
            raise EOFError("the server closed the connection")
        kind, rest = line[:1], line[1:-2].decode("utf-8", "replace")
        if kind == b"+":
            return rest
        if kind == b"-":
            return Failure(rest)
        if kind == b"_":
            return None
        if kind == b"#":
            return rest == "t"
        if kind == b",":
            return float(rest)
        count = int(rest)
        if kind == b":":
            return count
        if count < 0:
            return None
        if kind in (b"$", b"="):
            text = self.take(self.file.read(count + 2))[:-2].decode("utf-8", "replace")
            return text[4:] if kind == b"=" else text
        if kind in (b"*", b">"):
            return [self.reply() for _ in range(count)]
        if kind == b"~":
            return frozenset(frozen(self.reply()) for _ in range(count))
        if kind == b"%":
            return {frozen(self.reply()): self.reply() for _ in range(count)}
        raise ValueError(f"not a reply: {line[:60]!r}")


def frozen(value):
    """A value that may stand in a set."""
    if isinstance(value, dict):
        return tuple(sorted((key, frozen(inner)) for key, inner in value.items()))
    return tuple(frozen(inner) for inner in value) if isinstance(value, list) else value
