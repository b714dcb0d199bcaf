"""Reads the same keys over and over at a steady rate, and looks at every byte that comes back."""

import selectors
import socket
import threading
import time
from collections import deque

from ..processes import RunFailure
from .crowd import command, resp_end
from .service import value

BYTES = 64
FILLS_MAX = 20


def name(number: int) -> str:
    """Of one width, so that all replies are."""
    return f"{number:06d}"


def right_reply(number: int) -> bytes:
    return b"$%d\r\n%s\r\n" % (BYTES, value(name(number), BYTES))


class Reader:
    """GETs of `item:000000` and so on, in pipelines of `batch`, over a few connections.

    Batches are sent when they are due, whether those before have been answered or not.
    """

    def __init__(self, port: int, keys: int, connections: int = 8, batch: int = 25):
        self._requests = [
            b"".join(command("GET", f"item:{name(number)}") for number in range(at, at + batch))
            for at in range(0, keys, batch)]
        self._rights = [
            b"".join(map(right_reply, range(at, at + batch))) for at in range(0, keys, batch)]
        self._batch = batch
        self._selector = selectors.DefaultSelector()
        self._sockets = [socket.create_connection(("127.0.0.1", port), timeout=30)
                         for _ in range(connections)]
        for number, client in enumerate(self._sockets):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(client, selectors.EVENT_READ, number)
        """Of each connection: which batches are under way, since when, and what has come."""
        self._due: list[deque] = [deque() for _ in self._sockets]
        self._received = [b""] * connections
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        """Replies that were right."""
        self.good = 0
        """Others, by their first line, and the batches that had some."""
        self.wrong: dict[str, int] = {}
        self._failed: set[int] = set()
        """Seconds from each batch's sending to its end, with when that was."""
        self.times: list[tuple[float, float]] = []

    def close(self) -> None:
        for client in self._sockets:
            client.close()
        self._selector.close()

    def fill(self) -> None:
        """Reads each key once, as fast as its load comes, and forgets what was counted.

        An origin is spared at first: what it was not asked for because of that is read again.
        """
        self._failed = set(range(len(self._requests)))
        for _ in range(FILLS_MAX):
            self.wrong, places, self._failed = {}, iter(self._failed), set()
            for connection, place in zip(range(2), places):
                self._send(connection, place)
            while self._is_busy():
                for key, _ in self._selector.select(30):
                    self._receive(key.data)
                    if not self._due[key.data] and (place := next(places, None)) is not None:
                        self._send(key.data, place)
            if not self._failed:
                self.good, self.times = 0, []
                return
        raise RunFailure(f"the keys could not be loaded: {self.wrong}")

    def start(self, rate: float) -> None:
        """Reads `rate` keys a second in a thread of its own, until `finish`."""
        self._thread = threading.Thread(target=self._run, args=(rate / self._batch,), daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Sends no more, and waits for what is under way."""
        self._stop.set()
        self._thread.join()
        if self._failure:
            raise self._failure

    def percentile(self, share: float, since: float = 0, until: float = float("inf")) -> float:
        """Milliseconds of the batches that ended between two moments."""
        ordered = sorted(seconds for end, seconds in self.times if since <= end < until)
        if not ordered:
            return 0
        return 1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)]

    def _run(self, batches_per_second: float) -> None:
        try:
            self._send_all(batches_per_second)
        except BaseException as failure:  # noqa: B902: it is raised again by `finish`
            self._failure = failure

    def _send_all(self, batches_per_second: float) -> None:
        start, sent = time.monotonic(), 0
        while not self._stop.is_set():
            while sent < (time.monotonic() - start) * batches_per_second:
                self._send(sent % len(self._sockets), sent % len(self._requests))
                sent += 1
            self._receive_some(0.002)
        last = time.monotonic() + 30
        while self._is_busy():
            if time.monotonic() > last:
                raise RunFailure("reads were never answered")
            self._receive_some(0.1)

    def _is_busy(self) -> bool:
        return any(self._due)

    def _send(self, connection: int, place: int) -> None:
        self._sockets[connection].sendall(self._requests[place])
        self._due[connection].append((place, time.monotonic()))

    def _receive_some(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            self._receive(key.data)

    def _receive(self, connection: int) -> None:
        data = self._sockets[connection].recv(1 << 18)
        if not data:
            raise RunFailure("the server has cut a client")
        data = self._received[connection] + data
        due = self._due[connection]
        while due and (end := self._take(data, due[0][0])) > 0:
            now = time.monotonic()
            self.times.append((now, now - due.popleft()[1]))
            data = data[end:]
        self._received[connection] = data

    def _take(self, data: bytes, place: int) -> int:
        """Counts the replies of a batch; where they end, or 0 if they have not all come."""
        right = self._rights[place]
        if data.startswith(right):
            self.good += self._batch
            return len(right)
        if right.startswith(data):
            return 0
        return self._take_each(data, place)

    def _take_each(self, data: bytes, place: int) -> int:
        ends = [0]
        while len(ends) <= self._batch and (end := resp_end(data, ends[-1])) > 0:
            ends.append(end)
        if len(ends) <= self._batch:
            return 0
        for number, (begin, end) in enumerate(zip(ends, ends[1:])):
            if data[begin:end] == right_reply(place * self._batch + number):
                self.good += 1
            else:
                line = data[begin:end].split(b"\r\n")[0].decode()
                self.wrong[line] = self.wrong.get(line, 0) + 1
                self._failed.add(place)
        return ends[-1]
