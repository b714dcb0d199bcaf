"""The origin of a row: a process of `service.py`, and questions to it."""

import http.client
import json
import signal
import subprocess
import sys
from pathlib import Path

from .. import processes
from ..processes import Ports, RunFailure

FOLDER = Path(__file__).resolve().parents[2]


class Origin:
    """A running service. A context manager: it is stopped at its end."""

    def __init__(self, ports: Ports, **behaviour):
        self._ports = ports
        self.port = ports.take()
        self._behaviour = behaviour
        self._child: subprocess.Popen | None = None
        self.start()

    def __enter__(self) -> "Origin":
        return self

    def __exit__(self, *_) -> None:
        self.kill()
        self._ports.give_back(self.port)

    def start(self) -> None:
        """Starts it with new books; it listens when this returns."""
        command = [sys.executable, "-m", "larderbench.origins.service", str(self.port)]
        self._child = processes.start(
            command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self._child.stdout.readline() != b"ready\n":
            raise RunFailure("the origin did not start")
        self.set(**self._behaviour)

    def kill(self) -> None:
        """Ends it as a power cut does."""
        if self._child is None:
            return
        self._child.send_signal(signal.SIGKILL)
        self._child.wait()
        processes.stop(self._child)
        for pipe in (self._child.stdin, self._child.stdout):
            pipe.close()
        self._child = None

    def stop_short(self) -> None:
        """It hangs until `go_on`: its connections stand, and nothing is answered."""
        self._child.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._child.send_signal(signal.SIGCONT)

    def set(self, **behaviour) -> None:
        """Changes how loads are answered."""
        self._behaviour |= behaviour
        query = "&".join(f"{name}={value}" for name, value in self._behaviour.items())
        self._ask(f"/control/set?{query}")

    def reset(self) -> None:
        self._ask("/control/reset")

    def books(self) -> dict:
        """What it has seen since it started or was reset."""
        return self._ask("/control/books")

    def _ask(self, target: str) -> dict:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", target)
            return json.loads(connection.getresponse().read())
        except OSError as failure:
            raise RunFailure(f"the origin does not answer: {failure}") from failure
        finally:
            connection.close()
