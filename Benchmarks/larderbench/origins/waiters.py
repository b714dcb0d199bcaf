"""What those who wait for a load cost in memory, and that they are bounded."""

import time
from dataclasses import dataclass

from .. import processes
from ..context import Context
from ..processes import RunFailure
from ..result import Result
from ..servers import Server
from .crowd import Crowd, command
from .origin import Origin
from .setting import figures, larder

"""Of one load: `FlightBounds.waitersPerFlight`."""
WAITERS_MAX = 10_000
"""Clients that share a key."""
SHARING = 2_000


"""Beside the sockets of clients, in this process and in the server."""
FILES_OF_OTHERS = 500


def await_figure(server: Server, name: str, number: int) -> None:
    last = time.monotonic() + 60
    while figures(server)[name] != number:
        if time.monotonic() > last:
            raise RunFailure(f"{name} is {figures(server)[name]}, not {number}")
        time.sleep(0.05)


@dataclass(frozen=True)
class WaiterRow:
    clients: int

    @property
    def id(self) -> str:
        return f"waiters-{self.clients}"

    @property
    def what(self) -> str:
        return f"{self.clients:,} clients wait"

    def run(self, context: Context) -> list[Result]:
        clients = min(self.clients, processes.raise_file_limit() - FILES_OF_OTHERS)
        with Origin(context.ports, seconds=60) as origin, \
                larder(context, origin, {"timeout": "5m"}, wait="5m") as server, \
                Crowd(server.resp, clients) as crowd:
            # Whatever a connection has once it was used, it has before.
            crowd.send(command("GET", "other"), range(clients))
            crowd.replies()
            before = server.settled_resident_bytes()
            for number in range(clients):
                crowd.send(command("GET", f"item:{number // SHARING}"), [number])
            await_figure(server, "waiters", clients)
            waiting = server.settled_resident_bytes()
            seen = figures(server)
        storage = seen["waiter_bytes"] / clients
        resident = (waiting - before) / clients
        return [
            Result(f"{self.id}-storage", f"{self.what}: bytes each in flights", storage,
                   unit="B", target=200),
            Result(f"{self.id}-rss", f"{self.what}: bytes each, RSS", resident, unit="B", details=[
                f"{before / 1e6:.1f} MB with as many idle clients, {waiting / 1e6:.1f} MB with"
                f" {clients:,} that wait for {seen['loads']} loads"]),
        ]


@dataclass(frozen=True)
class BoundRow:
    id: str = "waiters-bound"
    what: str = "waiters of one load above its bound of 10,000"

    def run(self, context: Context) -> list[Result]:
        beyond = 500
        clients = WAITERS_MAX + beyond
        with Origin(context.ports, seconds=60) as origin, \
                larder(context, origin, {"timeout": "5m"}, wait="5m") as server, \
                Crowd(server.resp, clients) as crowd:
            crowd.send(command("GET", "item:1"), range(clients))
            await_figure(server, "refused", beyond)
            seen = figures(server)
            origin.kill()
            replies = crowd.replies()
        told = replies.get(b"-ORIGIN service overloaded\r\n", 0)
        result = Result(self.id, self.what, seen["waiters"] - WAITERS_MAX, unit="waiters",
                        target=0, details=[
                            f"{seen['refused']} of {clients:,} were counted as refused, and"
                            f" {told} told so"])
        if told != beyond:
            result.failure = f"{beyond} were one too many, and {told} were told so"
        return [result]


ROWS = [WaiterRow(2_000), WaiterRow(20_000), BoundRow()]
