"""The servers: how each is started, and what can be asked of it while it runs.

The flags are here and nowhere else. Placeholders: {resp}, {memcached} and {tls}
are ports, {data} an empty folder, {limit_mb} the memory limit in MB, {larder} the binary.
"""

import shlex
import shutil
import socket
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import processes
from .processes import Ports, RunFailure
from .resp import RespClient

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Kind:
    name: str
    command: tuple[str, ...]
    """Added only where a measurement sets a limit; else the server's own default holds."""
    limit_flags: tuple[str, ...] = ()
    entries_flags: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict, hash=False)

    def speaks(self, protocol: str) -> bool:
        return any("{%s}" % protocol in part for part in self.command)


LARDER = Kind(
    "larder",
    ("{larder}", "serve", "--listen.resp", "127.0.0.1:{resp}",
     "--listen.memcached", "127.0.0.1:{memcached}", "--server.loops", "2", "--data", "{data}"),
    limit_flags=("--memory.limit", "{limit_mb}mb"),
    entries_flags=("--memory.max-entries", "{entries}"),
)
REDIS = Kind(
    "redis",
    ("redis-server", "--port", "{resp}", "--bind", "127.0.0.1", "--save", "",
     "--appendonly", "no", "--dir", "{data}"),
    limit_flags=("--maxmemory", "{limit_mb}mb", "--maxmemory-policy", "allkeys-lru"),
)
MEMCACHED = Kind(
    "memcached",
    ("memcached", "-l", "127.0.0.1", "-p", "{memcached}", "-t", "2", "-u", "nobody",
     "-c", "4096"),
    limit_flags=("-m", "{limit_mb}"),
)
"""Enough that nothing is evicted where eviction is not what is measured."""
AMPLE_MB = {"larder": 2048, "redis": None, "memcached": 4096}


def subject(text: str, larder: Path) -> Kind:
    """One of the known servers, or a command line with the placeholders."""
    for kind in (LARDER, REDIS, MEMCACHED):
        if kind.name == text:
            if kind is LARDER and not larder.exists():
                raise RunFailure(f"{larder} is missing: swift build -c release")
            return kind
    kind = Kind("subject", tuple(shlex.split(text)))
    if not (kind.speaks("resp") or kind.speaks("memcached")):
        raise RunFailure("--subject is a command line with {resp} or {memcached} in it")
    return kind


class Server:
    """One running server, from a clean state. A context manager: it is stopped at its end."""

    def __init__(self, kind: Kind, ports: Ports, larder: Path, *, limit_mb: int | None = None,
                 entries: int | None = None, environment: dict[str, str] | None = None,
                 configuration: str | None = None, prefix: tuple[str, ...] = ()):
        """`configuration` is the text of Larder's file, `prefix` comes before the command line."""
        self.kind = kind
        self._is_slow = bool(prefix)
        self._ports = ports
        self._data = tempfile.mkdtemp(prefix="larder-bench-")
        self.resp, self.memcached, self.tls = ports.take(), ports.take(), ports.take()
        limit_mb = limit_mb or AMPLE_MB.get(kind.name)
        flags = kind.command + (kind.limit_flags if limit_mb else ())
        flags += kind.entries_flags if entries else ()
        if configuration is not None:
            file = Path(self._data) / "larder.yaml"
            file.write_text(configuration)
            flags = (*flags[:2], str(file), *flags[2:])
        flags = (*prefix, *flags)
        places = dict(resp=self.resp, memcached=self.memcached, tls=self.tls,
                      data=self._data, larder=larder, limit_mb=limit_mb, entries=entries)
        self._log = Path(self._data) / "server.log"
        with open(self._log, "wb") as log:
            self._child = processes.start([part.format(**places) for part in flags],
                                          stdout=log, stderr=log, env=environment)
        self.pid = self._child.pid
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def port(self, protocol: str) -> int:
        return self.resp if protocol == "resp" else self.memcached

    @property
    def protocol(self) -> str:
        """The one to load it with where either would do."""
        return "resp" if self.kind.speaks("resp") else "memcached"

    def cpu(self) -> dict[str, int]:
        return processes.cpu_nanoseconds(self.pid)

    def resident_bytes(self) -> int:
        return processes.resident_bytes(self.pid)

    def settled_resident_bytes(self) -> int:
        """RSS once it stands still for a second: background growth of tables is over."""
        last, steady = self.resident_bytes(), 0
        for _ in range(80):
            time.sleep(0.25)
            now = self.resident_bytes()
            steady = steady + 1 if abs(now - last) < 65_536 else 0
            last = now
            if steady == 4:
                break
        return last

    def information(self, section: str) -> dict[str, str]:
        """The fields of INFO."""
        with RespClient(self.resp) as client:
            return client.information(section)

    def require_alive(self) -> None:
        if self._child.poll() is not None:
            raise RunFailure(f"{self.kind.name} ended early:\n{self._last_words()}")

    def stop(self) -> None:
        processes.stop(self._child)
        for port in (self.resp, self.memcached, self.tls):
            self._ports.give_back(port)
        shutil.rmtree(self._data, ignore_errors=True)

    def _wait_until_ready(self) -> None:
        wanted = [self.port(name) for name in ("resp", "memcached") if self.kind.speaks(name)]
        end = time.monotonic() + (60 if self._is_slow else 10)
        while wanted:
            self.require_alive()
            try:
                socket.create_connection(("127.0.0.1", wanted[0]), timeout=1).close()
                wanted.pop(0)
            except OSError:
                if time.monotonic() > end:
                    words = self._last_words()
                    raise RunFailure(f"{self.kind.name} does not answer:\n{words}") from None
                time.sleep(0.02)

    def _last_words(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-10:])
