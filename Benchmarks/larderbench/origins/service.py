"""An HTTP service to load from, fast enough to be stampeded, and with its own books.

    python3 -m larderbench.origins.service PORT

It says `ready` when it listens, and ends with its standard input. `/load/KEY` is a load. How it
is answered is set by `/control/set?NAME=VALUE` (see `Behaviour`), what happened is told by
`/control/books`, and `/control/reset` closes the books. Work that nobody waits for any more goes
on to its end, as it does in a database.
"""

import asyncio
import json
import os
import signal
import sys
import urllib.parse


class Behaviour:
    """How loads are answered."""

    def __init__(self):
        """Seconds that a load takes while no more than `knee` are under way."""
        self.seconds = 0.0
        """Above it they hinder each other: with n of them each takes (n / knee) ** 3 times as
        long, so what is done in a second falls with the square of n. 0: they do not."""
        self.knee = 0
        """Bytes of a value, which begins with its key."""
        self.bytes = 64
        """How many loads of each key fail before one succeeds."""
        self.failures = 0
        """How they fail: `500`, `cut` (no answer) or `half` (the body ends too early)."""
        self.failure = "500"

    def set(self, name: str, value: str) -> None:
        setattr(self, name, type(getattr(self, name))(value))


class Books:
    """What was seen."""

    def __init__(self, running: int = 0):
        self.loads: dict[str, int] = {}
        self.running = running
        self.running_max = running
        self.done = 0
        """Loads that were answered, by second of the monotonic clock."""
        self.by_second: dict[int, int] = {}

    def text(self) -> bytes:
        counts = self.loads.values()
        return json.dumps({
            "loads": sum(counts), "keys": len(self.loads), "most": max(counts, default=0),
            "running": self.running, "running_max": self.running_max, "done": self.done,
            "by_second": self.by_second, "repeated": sum(1 for count in counts if count > 1),
        }).encode()


behaviour = Behaviour()
books = Books()


class Connection(asyncio.Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._bytes = b""

    def data_received(self, data: bytes) -> None:
        self._bytes += data
        while b"\r\n\r\n" in self._bytes:
            head, self._bytes = self._bytes.split(b"\r\n\r\n", 1)
            target = head.split(b" ", 2)[1].decode()
            if target.startswith("/load/"):
                self._load(target[6:])
            else:
                self._answer(control(target))

    def _load(self, key: str) -> None:
        global books
        books.loads[key] = number = books.loads.get(key, 0) + 1
        books.running += 1
        books.running_max = max(books.running_max, books.running)
        seconds = behaviour.seconds
        if behaviour.knee and books.running > behaviour.knee:
            seconds *= (books.running / behaviour.knee) ** 3
        asyncio.get_running_loop().call_later(seconds, self._end, key, number)

    def _end(self, key: str, number: int) -> None:
        books.running -= 1
        if number <= behaviour.failures:
            return self._fail()
        if self._transport.is_closing():
            return
        books.done += 1
        second = int(asyncio.get_running_loop().time())
        books.by_second[second] = books.by_second.get(second, 0) + 1
        self._answer(value(key, behaviour.bytes))

    def _fail(self) -> None:
        if behaviour.failure == "500":
            return self._answer(b"", b"500 failed")
        if behaviour.failure == "half":
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\nhalf")
        self._transport.close()

    def _answer(self, body: bytes, status: bytes = b"200 OK") -> None:
        head = b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
        self._transport.write(head + body)


def value(key: str, size: int) -> bytes:
    """What a load of `key` brings."""
    return (key.encode() + b"=").ljust(size, b"v")


def control(target: str) -> bytes:
    global books
    url = urllib.parse.urlsplit(target)
    if url.path == "/control/set":
        for name, text in urllib.parse.parse_qsl(url.query):
            behaviour.set(name, text)
    elif url.path == "/control/reset":
        books = Books(books.running)
    return books.text()


async def serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", port, backlog=4096)
    print("ready", flush=True)
    ended = asyncio.Event()
    loop.add_reader(sys.stdin, lambda: ended.set() if not os.read(0, 4096) else None)
    async with server:
        await ended.wait()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(serve(int(sys.argv[1])))
