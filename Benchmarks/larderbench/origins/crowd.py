"""Thousands of clients in one thread: each a socket of its own, with one request under way."""

import selectors
import socket
import struct
import time
from collections.abc import Iterable

from ..processes import RunFailure


def command(*words: str) -> bytes:
    """A RESP request."""
    parts = b"".join(b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()) for word in words)
    return b"*%d\r\n%s" % (len(words), parts)


def resp_end(data: bytes, at: int = 0) -> int:
    """Where the RESP2 reply ends that begins at `at`; -1 if it has not come whole."""
    line = data.find(b"\r\n", at)
    if line < 0:
        return -1
    kind, end = data[at:at + 1], line + 2
    if kind == b"$":
        length = int(data[at + 1:line])
        end += length + 2 if length >= 0 else 0
        return end if end <= len(data) else -1
    if kind == b"*":
        for _ in range(int(data[at + 1:line])):
            end = resp_end(data, end)
            if end < 0:
                return -1
    return end


def memcached_end(data: bytes, at: int = 0) -> int:
    """The same for the reply to a `get` of one key or to a meta command."""
    line = data.find(b"\r\n", at)
    if line < 0:
        return -1
    words = data[at:line].split()
    if words[0] == b"VALUE":
        end = line + 2 + int(words[3]) + 2 + len(b"END\r\n")
    elif words[0] == b"VA":
        end = line + 2 + int(words[1]) + 2
    else:
        end = line + 2
    return end if end <= len(data) else -1


class Crowd:
    """Clients of one port. A context manager: they leave at its end."""

    def __init__(self, port: int, count: int, end=resp_end):
        self._end = end
        self._selector = selectors.DefaultSelector()
        self._sockets: list[socket.socket | None] = []
        self._received: dict[int, bytes] = {}
        try:
            for _ in range(count):
                self._come(port)
        except OSError:
            self.__exit__()
            raise

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *_) -> None:
        self.leave(range(len(self._sockets)))
        self._selector.close()

    def _come(self, port: int) -> None:
        client = socket.create_connection(("127.0.0.1", port), timeout=30)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.setblocking(False)
        self._selector.register(client, selectors.EVENT_READ, len(self._sockets))
        self._sockets.append(client)

    def __len__(self) -> int:
        return len(self._sockets)

    def leave(self, numbers: Iterable[int]) -> None:
        """These are killed, whether they wait or not: their sockets are reset, not closed."""
        for number in numbers:
            client, self._sockets[number] = self._sockets[number], None
            self._received.pop(number, None)
            if client is not None:
                self._selector.unregister(client)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()

    def send(self, request: bytes, numbers: Iterable[int]) -> None:
        """Each of these sends the request, and waits for a reply then."""
        for number in numbers:
            self._received[number] = b""
            if self._sockets[number].send(request) != len(request):
                raise RunFailure("a request did not fit into a socket")

    def replies(self, seconds: float = 30) -> dict[bytes, int]:
        """Waits until all have theirs, and says how often each came."""
        counts: dict[bytes, int] = {}
        last = time.monotonic() + seconds
        while self._received:
            events = self._selector.select(last - time.monotonic())
            if not events:
                raise RunFailure(f"{len(self._received)} clients were never answered")
            for key, _ in events:
                reply = self._receive(key.fileobj, key.data)
                if reply is not None:
                    counts[reply] = counts.get(reply, 0) + 1
        return counts

    def _receive(self, client: socket.socket, number: int) -> bytes | None:
        data = client.recv(65536)
        if not data:
            raise RunFailure("the server has cut a client")
        data = self._received[number] + data
        self._received[number] = data
        end = self._end(data)
        if end < 0:
            return None
        if end != len(data):
            raise RunFailure(f"more than a reply came: {data[:80]!r}")
        del self._received[number]
        return data
