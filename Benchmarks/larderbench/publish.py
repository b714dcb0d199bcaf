"""CPU of the server per delivered message: one publisher, many subscribers, against redis."""

import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from . import processes
from .context import Context
from .intervals import estimate
from .processes import RunFailure
from .result import Result
from .servers import REDIS, Server

CHANNEL = "news"
PAYLOAD = b"x" * 64
FOLDER = Path(__file__).resolve().parents[1]


class Audience:
    """The subscribers of one server, and its publisher."""

    def __init__(self, server: Server, count: int):
        self._server, self._count = server, count
        command = [sys.executable, "-m", "larderbench.subscribers", str(server.resp), str(count),
                   CHANNEL]
        self._child = processes.start(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=FOLDER)
        self._expect(b"ready\n")
        self._socket = socket.create_connection(("127.0.0.1", server.resp), timeout=60)
        self._request = b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (
            len(CHANNEL), CHANNEL.encode(), len(PAYLOAD), PAYLOAD)
        self._message = len(b"*3\r\n$7\r\nmessage\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (
            len(CHANNEL), CHANNEL.encode(), len(PAYLOAD), PAYLOAD))

    def stop(self) -> None:
        self._socket.close()
        processes.stop(self._child)
        for pipe in (self._child.stdin, self._child.stdout):
            pipe.close()

    def _expect(self, line: bytes) -> None:
        if self._child.stdout.readline() != line:
            raise RunFailure("the subscribers ended early")

    def sample(self, messages: int, pipeline: int) -> float:
        """Microseconds of the server per delivered message."""
        bytes_due = messages * self._count * self._message
        before = self._server.cpu()
        self._child.stdin.write(b"%d\n" % bytes_due)
        self._child.stdin.flush()
        reply = b":%d\r\n" % self._count
        for _ in range(messages // pipeline):
            self._socket.sendall(self._request * pipeline)
            received = b""
            while len(received) < len(reply) * pipeline:
                received += self._socket.recv(4096)
            if received != reply * pipeline:
                raise RunFailure(f"PUBLISH answered {received[:80]!r}")
        self._expect(b"received\n")
        spent = processes.cpu_spent(before, self._server.cpu())
        return spent / 1000 / (messages * self._count)


@contextmanager
def _audience(server: Server, count: int):
    audience = Audience(server, count)
    try:
        yield audience
    finally:
        audience.stop()


@dataclass(frozen=True)
class PublishRow:
    id: str
    what: str
    subscribers: int
    messages: int
    pipeline: int = 1
    target: float | None = None
    goal: float | None = None

    def run(self, context: Context) -> list[Result]:
        result = Result(self.id, self.what, target=self.target, goal=self.goal)
        if not context.subject.speaks("resp"):
            result.skipped = f"{context.subject.name} does not speak resp"
            return [result]
        with context.server(context.subject) as subject, context.server(REDIS) as peer:
            with _audience(subject, self.subscribers) as ours, \
                    _audience(peer, self.subscribers) as theirs:
                samples = self._pairs(context, ours, theirs)
        result.estimate = estimate([subject / peer for subject, peer in samples])
        result.value = result.estimate.median
        ours, theirs = (median(column) for column in zip(*samples))
        result.details = [f"{ours:.2f} against {theirs:.2f} us per delivered message"]
        return [result]

    def _pairs(self, context: Context, ours: Audience, theirs: Audience):
        messages = self.messages // 4 if context.quick else self.messages
        messages -= messages % self.pipeline
        for audience in (ours, theirs):
            audience.sample(messages, self.pipeline)
        samples = []
        for number in range(context.pairs):
            order = (ours, theirs) if number % 2 == 0 else (theirs, ours)
            cost = {id(each): each.sample(messages, self.pipeline) for each in order}
            samples.append((cost[id(ours)], cost[id(theirs)]))
            context.say("%s %d/%d: %.2f against %.2f us" % (
                self.id, number + 1, context.pairs, *samples[-1]))
        return samples


ROWS = [
    PublishRow("publish-1000", "PUBLISH 64 B to 1,000 subscribers / redis", 1000, 200,
               target=0.90, goal=0.80),
    PublishRow("publish-1000-16", "PUBLISH 64 B to 1,000 subscribers, pipeline 16 / redis", 1000,
               800, pipeline=16),
]
