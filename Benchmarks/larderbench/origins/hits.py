"""Whether hits in memory notice namespaces: CPU time in pairs, and instructions by callgrind."""

import re
import socket
import sqlite3
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from .. import load, processes
from ..context import Context
from ..cpu import KEYS, CpuRow
from ..intervals import estimate
from ..processes import RunFailure
from ..result import Result
from ..servers import LARDER, Server
from .crowd import command, resp_end
from .origin import Origin
from .setting import configuration as item_configuration

"""Services name their keys so; none of them matches the keys that are read."""
ELSEWHERE = "\n".join([
    "origins:", "  service: { http: http://127.0.0.1:1 }", "namespaces:",
    *(f'  - {{ match: "service{n}:{{id}}:page:{{n}}", ttl: 1h, origin: {{ use: service, '
      f'get: "/{n}/{{id}}?page={{n}}" }} }}' for n in range(100)), ""])


def inside(folder: Path) -> str:
    """The keys that redis-benchmark reads come from a file, when they are not there."""
    return "\n".join([
        "origins:", f"  shop: {{ sqlite: {folder / 'shop.db'} }}", "namespaces:",
        '  - match: "key:{id}"', "    ttl: 1d", "    origin:", "      use: shop",
        '      get: "SELECT body FROM items WHERE id = {id}"',
        '      get-many: "SELECT id, body FROM items WHERE id IN'
        ' (SELECT value FROM json_each({id}))"', ""])


def make_shop(folder: Path) -> None:
    with sqlite3.connect(folder / "shop.db") as shop:
        shop.execute("CREATE TABLE items (id TEXT PRIMARY KEY, body TEXT)")
        shop.executemany("INSERT INTO items VALUES (?, ?)",
                         ((f"{number:012d}", "v" * 64) for number in range(KEYS)))


def load_all(server: Server) -> None:
    """Has each key loaded from the file."""
    with socket.create_connection(("127.0.0.1", server.resp), timeout=60) as client:
        for first in range(0, KEYS, 100):
            keys = [f"key:{number:012d}" for number in range(first, first + 100)]
            reply = exchange(client, command("MGET", *keys))
            if reply.count(b"\r\n$64\r\n") != 100:
                raise RunFailure(f"the keys could not be loaded: {reply[:80]!r}")


def exchange(client: socket.socket, requests: bytes, replies: int = 1) -> bytes:
    client.sendall(requests)
    data, end = b"", 0
    while replies:
        data += client.recv(1 << 18)
        while replies and (next_end := resp_end(data, end)) > 0:
            end, replies = next_end, replies - 1
    return data


@dataclass(frozen=True)
class HitRow(CpuRow):
    """Larder with namespaces against Larder without; else as the rows of docs/benchmarks.md."""
    place: str = "elsewhere"

    def run(self, context: Context) -> list[Result]:
        load.build()
        result = Result(self.id, self.what, target=self.target)
        with tempfile.TemporaryDirectory(prefix="larder-bench-") as name, ExitStack() as stack:
            folder = Path(name)
            make_shop(folder)
            text = ELSEWHERE if self.place == "elsewhere" else inside(folder)
            subject = stack.enter_context(context.server(LARDER, configuration=text))
            peer = stack.enter_context(context.server(LARDER))
            self.prepare(peer, context)
            if self.place == "loaded":
                load_all(subject)
                self._sample(subject, context)
            else:
                self.prepare(subject, context)
            samples = self._pairs(context, subject, peer)
        result.estimate = estimate([ours / theirs for ours, theirs in samples])
        result.value = result.estimate.median
        ours, theirs = (median(column) for column in zip(*samples))
        result.details = [f"{ours:.3f} against {theirs:.3f} us per request"]
        return [result]


"""As callgrind bears it: without io_uring, and one loop, whose thread gets its turns."""
UNDER_CALLGRIND = replace(LARDER, command=(*LARDER.command, "--server.io", "libevent"))


class Counted:
    """Instructions that a request takes from its first byte to its reply, in a running server."""

    FUNCTION = "*7HandlerC8received_2on4into2at*"
    KEYS = 200
    PIPELINE = 20
    """So many that what the processes differ by at their start does not show."""
    FEW = 20_000

    def __init__(self, context: Context):
        self._context = context

    def per_get(self, text: str | None, is_loaded: bool) -> float:
        """With a configuration, of keys that were stored, or loaded by their first GET."""
        few, many = (self._run(text, is_loaded, self.FEW * times) for times in (1, 3))
        return (many - few) / (2 * self.FEW)

    def _run(self, text: str | None, is_loaded: bool, count: int) -> int:
        keys = [f"item:{number:06d}" for number in range(self.KEYS)]
        with tempfile.NamedTemporaryFile(prefix="larder-bench-") as output:
            with self._server(text, output.name) as server, \
                    socket.create_connection(("127.0.0.1", server.resp), timeout=60) as client:
                for key in keys:
                    word = ("GET", key) if is_loaded else ("SET", key, "v" * 64)
                    exchange(client, command(*word))
                gets = [command("GET", key) for key in keys]
                for first in range(0, count, self.PIPELINE):
                    first %= self.KEYS
                    batch = b"".join(gets[first:first + self.PIPELINE])
                    reply = exchange(client, batch, self.PIPELINE)
                    if reply.count(b"$64\r\n") != self.PIPELINE:
                        raise RunFailure(f"not all were hits: {reply[:80]!r}")
            found = re.search(r"^(?:summary|totals): (\d+)", Path(output.name).read_text(),
                              re.MULTILINE)
        if not found or int(found.group(1)) == 0:
            raise RunFailure(f"callgrind has counted nothing in {self.FUNCTION}")
        return int(found.group(1))

    @contextmanager
    def _server(self, text: str | None, output: str):
        prefix = ("valgrind", "--tool=callgrind", "--fair-sched=yes",
                  f"--callgrind-out-file={output}",
                  "--collect-atstart=no", f"--toggle-collect={self.FUNCTION}")
        with Server(UNDER_CALLGRIND, self._context.ports, self._context.larder, configuration=text,
                    prefix=prefix) as server:
            yield server


@dataclass(frozen=True)
class InstructionRow:
    id: str = "hits-instructions"
    what: str = "instructions per GET hit, 100 namespaces elsewhere / none"

    def run(self, context: Context) -> list[Result]:
        counted = Counted(context)
        with Origin(context.ports) as origin:
            text = item_configuration(origin, {}, {})
            none = counted.per_get(None, False)
            elsewhere = counted.per_get(ELSEWHERE, False)
            stored = counted.per_get(text, False)
            loaded = counted.per_get(text, True)
        return [
            Result(self.id, self.what, elsewhere / none, target=1.03, details=[
                f"{elsewhere:.1f} against {none:.1f} instructions"]),
            Result(f"{self.id}-stored", "the same of a namespace with origin, stored by SET",
                   stored / none, target=1.03, details=[
                       f"{stored:.1f} against {none:.1f} instructions"]),
            Result(f"{self.id}-loaded", "the same, loaded from the origin", loaded / none,
                   details=[f"{loaded:.1f} against {none:.1f} instructions"]),
        ]


ROWS = [
    InstructionRow(),
    HitRow("hits", "GET hit, 100 namespaces elsewhere / none", LARDER, "resp", "get", 1, 150_000,
           1.03),
    HitRow("hits-16", "the same, pipeline 16", LARDER, "resp", "get", 16, 1_000_000, 1.03),
    HitRow("hits-stored-16", "the same of a namespace with origin, stored by SET", LARDER, "resp",
           "get", 16, 1_000_000, 1.03, place="stored"),
    HitRow("hits-loaded-16", "the same, loaded from the origin", LARDER, "resp", "get", 16,
           1_000_000, place="loaded"),
]
