"""What each policy is called elsewhere, and how near it is to be."""

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from ..processes import RunFailure

LIBRARY = "libcachesim==0.3.5"
RUNNER = Path(__file__).with_name("peer_run.py")


@dataclass(frozen=True)
class Peer:
    """Of libcachesim."""
    name: str
    """In the table of hit ratios, if it is another program's."""
    row: str | None = None
    """Misses must be the same, request by request."""
    is_exact: bool = False
    """Our CPU time over its; at most."""
    speed: float = 1 / 5

    @property
    def rows(self) -> str:
        return self.row or self.name


PEERS = {
    "fifo": Peer("FIFO", is_exact=True), "lru": Peer("LRU", is_exact=True),
    "clock": Peer("Clock", is_exact=True), "sieve": Peer("Sieve", is_exact=True),
    "belady": Peer("Belady", is_exact=True), "beladysize": Peer("BeladySize"),
    "slru": Peer("SLRU"), "2q": Peer("TwoQ"), "mq": Peer("MQ"), "lfu": Peer("LFU"),
    "lfuda": Peer("LFUDA"), "arc": Peer("ARC"), "lirs": Peer("LIRS", speed=1 / 3),
    "s3fifo": Peer("S3FIFO"), "clock2q+": Peer("Clock2QPlus"),
    "wtinylfu": Peer("WTinyLFU", row="Caffeine"), "hyperbolic": Peer("Hyperbolic"),
    "gdsf": Peer("GDSF", speed=1 / 3), "lhd": Peer("LHD", speed=1 / 3),
}


class Library:
    """libcachesim in an environment of its own."""

    def __init__(self, folder: Path):
        self._python = folder / "bin" / "python"
        if not self._python.exists():
            venv.create(folder, with_pip=True)
        done = subprocess.run(
            [self._python, "-m", "pip", "install", "--quiet", LIBRARY], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise RunFailure(f"{LIBRARY} could not be installed:\n{done.stdout[-2000:]}")

    def command(self, peer: Peer, trace: Path, size: int, by_object: bool) -> list[str]:
        return [str(self._python), str(RUNNER), peer.name, str(trace), str(size),
                "objects" if by_object else "bytes"]

    def misses(self, peer: Peer, trace: Path, size: int) -> int:
        done = subprocess.run(self.command(peer, trace, size, True), text=True,
                              stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)["misses"]


def cpu_seconds(command: list[str]) -> float:
    """User and system time of the whole process, threads and all."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=sys.stderr)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RunFailure(f"{command[0]} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime
