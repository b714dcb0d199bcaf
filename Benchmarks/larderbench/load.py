"""The clients: the load generator of this folder and redis-benchmark."""

import json
import re
import subprocess
from pathlib import Path

from . import processes
from .processes import RunFailure
from .servers import Server

PACKAGE = Path(__file__).resolve().parents[1] / "LoadGenerator"
GENERATOR = PACKAGE / ".build" / "release" / "larder-load"


def build() -> None:
    """Brings the load generator up to date."""
    command = ["swift", "build", "-c", "release", "--package-path", str(PACKAGE)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise RunFailure("the load generator does not build:\n" + result.stdout + result.stderr)


def _command(server: Server, protocol: str | None, options: dict) -> list[str]:
    protocol = protocol or server.protocol
    address = f"127.0.0.1:{server.port(protocol)}"
    command = [str(GENERATOR), "--to", address, "--protocol", protocol]
    for name, value in options.items():
        command += ["--" + name.replace("_", "-"), str(value)]
    return command


def _checked(server: Server, code: int, output: str, complaints: str) -> dict:
    server.require_alive()
    if code != 0:
        raise RunFailure(f"{server.kind.name}: the load failed: {output.strip()}{complaints}")
    return json.loads(output.splitlines()[-1])


def generate(server: Server, protocol: str | None = None, **options) -> dict:
    """Runs the load generator to its end. A reply that is not the right one ends the run."""
    child = processes.start(_command(server, protocol, options), text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        output, complaints = child.communicate(timeout=600)
    finally:
        processes.stop(child)
    return _checked(server, child.returncode, output, complaints)


def fill(server: Server, count: int, **options) -> None:
    """Stores each of the first `count` keys once."""
    plan = dict(gets_per_million=0, order="sequential", keys=count, requests=count, pipeline=32)
    generate(server, **(plan | options))


def require_hits(server: Server, count: int, protocol: str | None = None) -> None:
    """Reads each key once: a load of gets that miss would be another load."""
    report = generate(server, protocol, order="sequential", keys=count, requests=count, pipeline=16)
    if report["hits"] != count:
        raise RunFailure(f"{server.kind.name}: {count - report['hits']} of {count} keys are lost")


class HeldLoad:
    """A load whose connections are open and warm before it starts, and stay open after it."""

    def __init__(self, server: Server, protocol: str | None = None, **options):
        self._server = server
        self._child = processes.start(
            _command(server, protocol, options) + ["--hold"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._await("warm")

    def run(self) -> None:
        self._go_on()
        self._await("done")

    def finish(self) -> dict:
        output, complaints = self._child.communicate("\n")
        processes.stop(self._child)
        return _checked(self._server, self._child.returncode, output, complaints)

    def _go_on(self) -> None:
        self._child.stdin.write("\n")
        self._child.stdin.flush()

    def _await(self, state: str) -> None:
        line = self._child.stdout.readline().strip()
        if line != state:
            raise RunFailure(f"{self._server.kind.name}: the load failed: {line}")


def redis_benchmark(server: Server, operation: str, pipeline: int, requests: int,
                    place: tuple[str, ...] = ()) -> int:
    """Requests that were answered, as the client counted them. `place`: not the plain port."""
    command = ["redis-benchmark", *(place or ("-p", str(server.resp))), "-c", "50", "-r", "100000", "-d", "64",
               "--threads", "2", "-P", str(pipeline), "-n", str(requests), "-t", operation, "-e"]
    child = processes.start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        output, complaints = child.communicate(timeout=600)
    finally:
        processes.stop(child)
    server.require_alive()
    done = re.search(r"(\d+) requests completed in", output)
    error = re.search(r"Error[^\r\n]*", output + complaints)
    if child.returncode != 0 or error or not done:
        said = error.group(0) if error else (output + complaints)[-500:]
        raise RunFailure(f"{server.kind.name}: redis-benchmark failed: {said}")
    return int(done.group(1))
