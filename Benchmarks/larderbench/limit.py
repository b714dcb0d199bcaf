"""The memory limit under load that changes its shape: RSS sampled every 100 ms (promise P5)."""

import selectors
import socket
import time
from concurrent.futures import ThreadPoolExecutor

from . import load
from .background import Background
from .context import Context
from .resp import RespClient
from .result import Result
from .servers import Server

LIMIT_MB = 256
"""The clients have a budget of their own; it counts where slow readers use it."""
CLIENTS_MB = 64
SAMPLE_SECONDS = 0.1
READERS = 100
READING_SECONDS = 10


def rss_bound_mb(limit_mb: float) -> float:
    return limit_mb * 1.15 + 64


class Sampler(Background):
    """Reads RSS and `used_memory` until it is told to stop."""

    def __init__(self, server: Server):
        super().__init__()
        self._server = server
        self.rss_mb_max = 0.0
        self.used_mb_max = 0.0
        self.samples = 0

    def work(self) -> None:
        with RespClient(self._server.resp) as client:
            while not self.is_over.wait(SAMPLE_SECONDS):
                self.rss_mb_max = max(self.rss_mb_max, self._server.resident_bytes() / 2**20)
                used = int(client.information("memory").get("used_memory", 0))
                self.used_mb_max = max(self.used_mb_max, used / 2**20)
                self.samples += 1


def _sets(server: Server, megabytes: int, value_size: int, first_key: int, **options) -> None:
    count = megabytes * 2**20 // (value_size + 16)
    load.generate(server, gets_per_million=0, order="sequential", keys=count, requests=count,
                  value_size=value_size, first_key=first_key, **options)


def _slow_readers(server: Server) -> None:
    """Connections that ask for far more than they read, while others write."""
    keys = 20
    load.generate(server, gets_per_million=0, order="sequential", keys=keys, requests=keys,
                  first_key=90_000_000, value_size=2**20)
    requests = b"".join(b"*2\r\n$3\r\nGET\r\n$16\r\nkey:%012d\r\n" % (90_000_000 + n % keys)
                        for n in range(50))
    readers = []
    for _ in range(READERS):
        reader = socket.create_connection(("127.0.0.1", server.resp), timeout=10)
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        reader.sendall(requests)
        reader.setblocking(False)
        readers.append(reader)
    with ThreadPoolExecutor(1) as pool:
        writes = pool.submit(_sets, server, 512, 1024, 91_000_000)
        _read_slowly(readers)
        writes.result()
    for reader in readers:
        reader.close()


def _read_slowly(readers: list[socket.socket]) -> None:
    """16 KiB from each, ten times a second. A connection that the server cut is left alone."""
    selector = selectors.DefaultSelector()
    for reader in readers:
        selector.register(reader, selectors.EVENT_READ)
    end = time.monotonic() + READING_SECONDS
    while time.monotonic() < end and selector.get_map():
        for key, _ in selector.select(timeout=0.1):
            try:
                is_open = bool(key.fileobj.recv(16_384))
            except ConnectionError:
                is_open = False
            if not is_open:
                selector.unregister(key.fileobj)
        time.sleep(0.1)


PHASES = [
    ("1 KB values", lambda s: _sets(s, 768, 1024, 0, pipeline=16)),
    ("64 B values", lambda s: _sets(s, 400, 64, 10_000_000, pipeline=16)),
    ("512 KB values", lambda s: _sets(s, 1500, 512 * 1024, 30_000_000)),
    ("TTL churn", lambda s: _sets(s, 700, 256, 40_000_000, pipeline=16, ttl=500)),
    ("slow readers", _slow_readers),
    ("64 B values again", lambda s: _sets(s, 400, 64, 60_000_000, pipeline=16)),
]


class LimitRow:
    id = "limit"
    what = f"memory limit of {LIMIT_MB} MB held"

    def run(self, context: Context) -> list[Result]:
        if not context.subject.speaks("resp"):
            return [Result(self.id, self.what, skipped="needs resp")]
        rss = Result("limit-rss", f"{self.what}: peak RSS / (limit x 1.15 + 64 MB)", target=1.0)
        used = Result("limit-used", f"{self.what}: peak used_memory / limit", target=1.0)
        rss.value = used.value = 0.0
        with context.server(context.subject, limit_mb=LIMIT_MB) as server:
            for name, phase in PHASES:
                self._run(context, server, name, phase, rss, used)
        return [rss, used]

    def _run(self, context: Context, server: Server, name, phase, rss: Result, used: Result):
        sampler = Sampler(server)
        sampler.start()
        try:
            phase(server)
        finally:
            sampler.finish()
        server.require_alive()
        clients = CLIENTS_MB if name == "slow readers" else 0
        bound = rss_bound_mb(LIMIT_MB + clients)
        rss.value = max(rss.value, sampler.rss_mb_max / bound)
        used.value = max(used.value, sampler.used_mb_max / LIMIT_MB)
        rss.details.append(f"{name}: {sampler.rss_mb_max:.0f} of {bound:.0f} MB")
        used.details.append(f"{name}: {sampler.used_mb_max:.1f} MB")
        context.say(f"limit: {name}: RSS {sampler.rss_mb_max:.0f} of {bound:.0f} MB, accounted "
                    f"{sampler.used_mb_max:.1f} of {LIMIT_MB} MB, {sampler.samples} samples")
