"""Child processes that never outlive the run, and what the kernel knows about them."""

import atexit
import ctypes
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
"""Open files: twenty thousand sockets, and some more."""
FILES = 65_536
_children: list[subprocess.Popen] = []


class RunFailure(Exception):
    """Something that makes the numbers worthless. The text says what to do about it."""


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def start(command: list[str], **options) -> subprocess.Popen:
    """Starts a process that is killed at the end of this one, however that comes."""
    try:
        child = subprocess.Popen(command, preexec_fn=_die_with_parent, **options)
    except OSError as failure:
        raise RunFailure(f"cannot start {command[0]}: {failure.strerror}") from failure
    _children.append(child)
    return child


def stop(child: subprocess.Popen) -> None:
    """Asks it to end, and kills it when it does not."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    if child in _children:
        _children.remove(child)


@atexit.register
def _kill_all() -> None:
    for child in _children:
        child.kill()
        child.wait()


def guarded(body: Callable[[], int | None], name: str) -> int:
    """The exit status of a command: 2 when it could not measure. A signal ends it in order."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return body() or 0
    except RunFailure as failure:
        print(f"{name}: {failure}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


class Ports:
    """A row of ports. One that is taken ends the run: its owner would be measured too."""

    def __init__(self, first: int, count: int = 10):
        self._free = list(range(first, first + count))
        for port in self._free:
            self._require_untaken(port)

    def take(self) -> int:
        if not self._free:
            raise RunFailure("no port is left")
        port = self._free.pop(0)
        self._require_untaken(port)
        return port

    def give_back(self, port: int) -> None:
        self._free.append(port)

    @staticmethod
    def _require_untaken(port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as failure:
                hint = "stop its owner or choose other ports with --first-port"
                raise RunFailure(f"port {port} is taken: {hint}") from failure


def raise_file_limit() -> int:
    """As many open files as the system lets this process and its children have; says how many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    for number in (max(most, FILES), most):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))
            return number
        except (OSError, ValueError):
            continue  # Only root may have more than the system gave.
    raise RunFailure("the limit of open files cannot be set")


def cpu_nanoseconds(pid: int) -> dict[str, int]:
    """Time on a processor by thread."""
    times = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            times[task.name] = int((task / "schedstat").read_text().split()[0])
        except FileNotFoundError:
            continue
    return times


def cpu_spent(before: dict[str, int], after: dict[str, int]) -> int:
    """Nanoseconds between two readings. A thread that ended takes its time along: refused."""
    gone = before.keys() - after.keys()
    if gone:
        raise RunFailure(f"{len(gone)} threads of the server ended while it was measured")
    return sum(after.values()) - sum(before.values())


def resident_bytes(pid: int) -> int:
    """RSS, exact (statm lags behind by a batch per thread)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1]) * 1024
    raise RunFailure(f"process {pid} has no memory")
