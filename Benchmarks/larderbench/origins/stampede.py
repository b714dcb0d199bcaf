"""Two thousand clients want one absent key: how often is the origin asked?"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ..context import Context
from ..processes import RunFailure
from ..resp import RespClient
from ..result import Result
from ..servers import Server
from .crowd import Crowd, command, memcached_end
from .origin import Origin
from .service import value
from .setting import figures, larder

CLIENTS = 2_000
SECONDS = 0.2
KEY = "item:1"


def bulk(data: bytes) -> bytes:
    return b"$%d\r\n%s\r\n" % (len(data), data)


VALUE = value("1", 64)
RESP_HIT = bulk(VALUE)
GET_HIT = b"VALUE %s 0 %d\r\n%s\r\nEND\r\n" % (KEY.encode(), len(VALUE), VALUE)
META_HIT = b"VA %d\r\n%s\r\n" % (len(VALUE), VALUE)


class Scene:
    """What a scenario has at hand: a fresh Larder, its origin, and the clients."""

    def __init__(self, context: Context, server: Server, origin: Origin):
        self.context, self.server, self.origin = context, server, origin
        """How often each reply came."""
        self.replies: dict[bytes, int] = {}

    def crowd(self, count: int = CLIENTS, protocol: str = "resp") -> Crowd:
        if protocol == "resp":
            return Crowd(self.server.resp, count)
        return Crowd(self.server.memcached, count, memcached_end)

    def gather(self, crowd: Crowd) -> None:
        for reply, count in crowd.replies().items():
            self.replies[reply] = self.replies.get(reply, 0) + count

    def await_load(self, number: int = 1) -> None:
        """Until the origin is asked, and has not answered yet."""
        last = time.monotonic() + 10
        while time.monotonic() < last:
            books = self.origin.books()
            if books["loads"] >= number:
                if books["running"] == 0:
                    raise RunFailure("the load was over too soon; the machine is too busy")
                return
        raise RunFailure("the origin was never asked")

    def require(self, expected: dict[bytes, int]) -> None:
        """Each client has had what it should."""
        if self.replies != expected:
            shown = {reply[:60]: count for reply, count in self.replies.items()}
            raise RunFailure(f"wrong replies: {shown}")


def by_get(scene: Scene) -> None:
    with scene.crowd() as crowd:
        crowd.send(command("GET", KEY), range(CLIENTS))
        scene.gather(crowd)
    scene.require({RESP_HIT: CLIENTS})


def by_mget(scene: Scene) -> None:
    """The key in any place among others, which are shared too."""
    with scene.crowd() as crowd:
        halves = [(KEY, "item:2"), ("item:3", KEY)]
        for place, keys in enumerate(halves):
            crowd.send(command("MGET", *keys), range(place, CLIENTS, 2))
        scene.gather(crowd)
    other, third = bulk(value("2", 64)), bulk(value("3", 64))
    half = CLIENTS // 2
    scene.require({b"*2\r\n" + RESP_HIT + other: half, b"*2\r\n" + third + RESP_HIT: half})


def by_memcached(scene: Scene) -> None:
    with scene.crowd(protocol="memcached") as crowd:
        crowd.send(b"get %s\r\n" % KEY.encode(), range(0, CLIENTS, 2))
        crowd.send(b"mg %s v\r\n" % KEY.encode(), range(1, CLIENTS, 2))
        scene.gather(crowd)
    scene.require({GET_HIT: CLIENTS // 2, META_HIT: CLIENTS // 2})


def by_both(scene: Scene) -> None:
    half = CLIENTS // 2
    with scene.crowd(half) as ours, scene.crowd(half, "memcached") as theirs:
        for number in range(half):
            ours.send(command("GET", KEY), [number])
            theirs.send(b"get %s\r\n" % KEY.encode(), [number])
        scene.gather(ours)
        scene.gather(theirs)
    scene.require({RESP_HIT: half, GET_HIT: half})


def with_deletion(scene: Scene) -> None:
    """Those behind the DEL may not have what was asked for before it."""
    half = CLIENTS // 2
    with scene.crowd() as crowd, RespClient(scene.server.resp) as control:
        crowd.send(command("GET", KEY), range(half))
        scene.await_load()
        control.ask("DEL", KEY)
        if scene.origin.books()["done"]:
            raise RunFailure("the load was over before the DEL; the machine is too busy")
        crowd.send(command("GET", KEY), range(half, CLIENTS))
        scene.gather(crowd)
    scene.require({RESP_HIT: CLIENTS})


def with_deserters(scene: Scene) -> None:
    """Half of them, the one that started the load among them, are cut while they wait."""
    half = CLIENTS // 2
    # Long enough for all to wait, and to be missed.
    scene.origin.set(seconds=1)
    with scene.crowd() as crowd:
        crowd.send(command("GET", KEY), [0])
        scene.await_load()
        crowd.send(command("GET", KEY), range(1, CLIENTS))
        while figures(scene.server)["waiters"] < CLIENTS:
            if scene.origin.books()["done"]:
                raise RunFailure("the load was over too soon; the machine is too busy")
        crowd.leave(range(half))
        scene.gather(crowd)
    scene.require({RESP_HIT: CLIENTS - half})


def with_failure(failure: str) -> Callable[[Scene], None]:
    """The first load fails. All who waited hear of it; they and others ask again at once."""
    def scenario(scene: Scene) -> None:
        scene.origin.set(failures=1, failure=failure)
        with scene.crowd() as crowd:
            for _ in range(2):
                crowd.send(command("GET", KEY), range(CLIENTS))
                scene.gather(crowd)
        if sum(scene.replies.values()) != 2 * CLIENTS:
            raise RunFailure("not all were answered")
        wrong = [reply for reply in scene.replies if not reply.startswith(b"-ORIGIN service ")]
        if wrong:
            raise RunFailure(f"a failed load was answered by {wrong[0][:60]!r}")
    return scenario


def with_lost_connection(scene: Scene) -> None:
    """The first load is not answered at all: it is tried again, once for all."""
    scene.origin.set(failures=1, failure="cut")
    by_get(scene)


@dataclass(frozen=True)
class StampedeRow:
    id: str
    what: str
    scenario: Callable[[Scene], None]
    """Loads of each key, neither more nor fewer."""
    loads: int = 1

    def run(self, context: Context) -> list[Result]:
        result = Result(self.id, self.what, unit="loads", target=self.loads)
        with Origin(context.ports, seconds=SECONDS) as origin, larder(context, origin) as server:
            scene = Scene(context, server, origin)
            self.scenario(scene)
            books, seen = origin.books(), figures(server)
        result.value = books["most"]
        if books["most"] < self.loads:
            result.failure = f"{books['most']} loads, not {self.loads}: nothing was shared"
        result.details = [
            f"{books['loads']} loads of {books['keys']} keys; {seen['joined']} needs joined one"]
        result.details += [f"{count} clients: {reply.splitlines()[0].decode()}"
                           for reply, count in scene.replies.items() if reply[:1] == b"-"]
        return [result]


ROWS = [
    StampedeRow("stampede-get", "2,000 clients GET an absent key: loads", by_get),
    StampedeRow("stampede-mget", "the same by MGET, with other keys: loads of one", by_mget),
    StampedeRow("stampede-mc", "the same by memcached's get and mg: loads", by_memcached),
    StampedeRow("stampede-both", "the same by both protocols: loads", by_both),
    StampedeRow("stampede-del", "the same with a DEL during the load: loads", with_deletion, 2),
    StampedeRow("stampede-cut", "the same, half of the clients cut: loads", with_deserters),
    StampedeRow("stampede-500", "the same, the first load fails by HTTP 500: loads",
                with_failure("500")),
    StampedeRow("stampede-half", "the same, the first load's body ends too early: loads",
                with_failure("half")),
    StampedeRow("stampede-lost", "the same, the first load's connection is lost: tries",
                with_lost_connection, 2),
]
