"""CPU of the server per request, against a peer: interleaved pairs in ABBA order."""

import random
from dataclasses import dataclass
from statistics import median

from . import load, processes
from .context import Context
from .intervals import estimate
from .result import Result
from .servers import MEMCACHED, REDIS, Kind, Server

KEYS = 100_000


@dataclass(frozen=True)
class CpuRow:
    id: str
    what: str
    peer: Kind
    protocol: str
    operation: str
    pipeline: int
    requests: int
    target: float | None = None
    goal: float | None = None
    """SETs in a MULTI and EXEC, which the load generator sends as one request; 0: none."""
    transaction: int = 0

    def run(self, context: Context) -> list[Result]:
        result = Result(self.id, self.what, target=self.target, goal=self.goal)
        if not context.subject.speaks(self.protocol):
            result.skipped = f"{context.subject.name} does not speak {self.protocol}"
            return [result]
        with context.server(context.subject) as subject, context.server(self.peer) as peer:
            for server in (subject, peer):
                self.prepare(server, context)
            samples = self._pairs(context, subject, peer)
        ratios = [ours / theirs for ours, theirs in samples]
        result.estimate = estimate(ratios)
        result.value = result.estimate.median
        ours, theirs = (median(column) for column in zip(*samples))
        unit = "transaction" if self.transaction else "request"
        result.details = [f"{ours:.2f} against {theirs:.2f} us per {unit}"]
        return [result]

    def prepare(self, server: Server, context: Context) -> None:
        load.fill(server, KEYS, protocol=self.protocol)
        load.require_hits(server, KEYS, self.protocol)
        self._sample(server, context)

    def _pairs(self, context: Context, subject: Server, peer: Server):
        samples = []
        for number in range(context.pairs):
            order = (subject, peer) if number % 2 == 0 else (peer, subject)
            cost = {server.pid: self._sample(server, context) for server in order}
            samples.append((cost[subject.pid], cost[peer.pid]))
            context.say("%s %d/%d: %.2f against %.2f us" % (
                self.id, number + 1, context.pairs, *samples[-1]))
        return samples

    def _sample(self, server: Server, context: Context) -> float:
        before = server.cpu()
        done = self.drive(server, context)
        return processes.cpu_spent(before, server.cpu()) / done / 1000

    def drive(self, server: Server, context: Context) -> int:
        """One sample's load; the requests that were done."""
        requests = self.requests // 3 if context.quick else self.requests
        if self.transaction:
            return self._transactions(server, requests)
        if self.protocol == "resp" and context.resp_client == "redis-benchmark":
            return load.redis_benchmark(server, self.operation, self.pipeline, requests)
        gets = 1_000_000 if self.operation == "get" else 0
        report = load.generate(
            server, self.protocol, gets_per_million=gets, keys=KEYS, requests=requests,
            pipeline=self.pipeline, seed=random.randrange(1, 1 << 40))
        return report["requests"]

    def _transactions(self, server: Server, requests: int) -> int:
        """Fifty clients, each with one transaction under way, sent in one piece."""
        report = load.generate(
            server, self.protocol, gets_per_million=0, keys=KEYS // self.transaction,
            requests=requests, transaction=self.transaction, seed=random.randrange(1, 1 << 40))
        return report["requests"]


ROWS = [
    CpuRow("resp-get", "GET 64 B / redis", REDIS, "resp", "get", 1, 150_000, 0.85, 0.75),
    CpuRow("resp-set", "SET 64 B / redis", REDIS, "resp", "set", 1, 150_000, 0.85, 0.75),
    CpuRow("resp-get-16", "GET 64 B, pipeline 16 / redis", REDIS, "resp", "get", 16, 1_000_000,
           0.50, 0.40),
    CpuRow("resp-set-16", "SET 64 B, pipeline 16 / redis", REDIS, "resp", "set", 16, 1_000_000,
           0.50, 0.40),
    CpuRow("mc-get", "get 64 B / memcached", MEMCACHED, "memcached", "get", 1, 150_000,
           1.00, 0.93),
    CpuRow("mc-set", "set 64 B / memcached", MEMCACHED, "memcached", "set", 1, 150_000,
           1.00, 0.93),
    CpuRow("mc-set-16", "set 64 B, pipeline 16 / memcached", MEMCACHED, "memcached", "set", 16,
           1_000_000, 0.65, 0.55),
    CpuRow("resp-exec", "MULTI, 10 SETs of 64 B, EXEC / redis", REDIS, "resp", "set", 1, 60_000,
           0.90, 0.80, transaction=10),
    CpuRow("mc-get-16", "get 64 B, pipeline 16 / memcached", MEMCACHED, "memcached", "get", 16,
           600_000),
]
