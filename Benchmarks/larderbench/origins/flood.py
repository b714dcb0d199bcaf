"""Requests at a rate that does not depend on the answers, each on a connection of its own."""

import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Speech:
    """How a key is asked for."""
    request: Callable[[str], bytes]
    """Where a reply ends, or -1."""
    end: Callable[[bytes], int]
    """Whether it has the value of the key."""
    is_good: Callable[[bytes, str], bool]


@dataclass
class Outcome:
    """Of one request."""
    sent: float
    """Seconds until its answer; None: there was none in time, or no connection for it."""
    seconds: float | None = None
    is_good: bool = False


class Flood:
    """At most `connections` requests are under way; what comes beyond them fails.

    Who has waited for `patience` leaves, and another client comes in its place.
    """

    def __init__(self, port: int, speech: Speech, connections: int, patience: float):
        self._port, self._speech, self._patience = port, speech, patience
        self._selector = selectors.DefaultSelector()
        self._idle = deque(self._connect() for _ in range(connections))
        """Of each connection with a request under way: key, outcome, and what has come."""
        self._busy: dict[socket.socket, list] = {}
        self._ends: deque[tuple[float, socket.socket, Outcome]] = deque()

    def run(self, keys: Sequence[str], rate: float) -> list[Outcome]:
        """Asks for each of the keys, in time."""
        outcomes: list[Outcome] = []
        start = time.monotonic()
        while len(outcomes) < len(keys) or self._busy:
            due = min(int((time.monotonic() - start) * rate), len(keys))
            for number in range(len(outcomes), due):
                outcomes.append(self._send(keys[number]))
            for key, _ in self._selector.select(0.001):
                self._receive(key.fileobj)
            self._lose_patience()
        return outcomes

    def close(self) -> None:
        for client in [*self._idle, *self._busy]:
            client.close()
        self._selector.close()

    def _connect(self) -> socket.socket:
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", self._port))
        self._selector.register(client, selectors.EVENT_READ)
        return client

    def _send(self, key: str) -> Outcome:
        outcome = Outcome(time.monotonic())
        if not self._idle:
            return outcome
        client = self._idle.popleft()
        try:
            client.send(self._speech.request(key))
        except OSError:
            self._replace(client)
            return outcome
        self._busy[client] = [key, outcome, b""]
        self._ends.append((outcome.sent + self._patience, client, outcome))
        return outcome

    def _receive(self, client: socket.socket) -> None:
        try:
            data = client.recv(65536)
        except OSError:
            data = b""
        work = self._busy.get(client)
        if not data or work is None:
            return self._replace(client)
        key, outcome, received = work
        work[2] = received + data
        if self._speech.end(work[2]) >= 0:
            outcome.seconds = time.monotonic() - outcome.sent
            outcome.is_good = self._speech.is_good(work[2], key)
            del self._busy[client]
            self._idle.append(client)

    def _lose_patience(self) -> None:
        now = time.monotonic()
        while self._ends and self._ends[0][0] <= now:
            _, client, outcome = self._ends.popleft()
            work = self._busy.get(client)
            if work is not None and work[1] is outcome:
                self._replace(client)

    def _replace(self, client: socket.socket) -> None:
        self._busy.pop(client, None)
        if client in self._idle:
            self._idle.remove(client)
        self._selector.unregister(client)
        client.close()
        self._idle.append(self._connect())
