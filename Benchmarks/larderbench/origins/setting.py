"""A Larder before an origin, as the rows want it."""

from contextlib import contextmanager

from ..context import Context
from ..servers import LARDER, Server
from .origin import Origin

"""How the keys of the rows are loaded; a row adds its own to it."""
NAMESPACE = {"ttl": "1h", "jitter": "0%", "refresh-at": "off", "early-refresh": "0"}
CLIENTS_MAX = 30_000


def configuration(origin: Origin, options: dict[str, str], source: dict[str, str]) -> str:
    """The text of a file in which the keys `item:{id}` come from `origin`."""
    def flow(values: dict[str, str]) -> str:
        return ", ".join(f"{name}: {value}" for name, value in values.items())
    return "\n".join([
        f"clients: {{ max: {CLIENTS_MAX} }}",
        "origins:",
        f'  service: {{ {flow({"http": f"http://127.0.0.1:{origin.port}"} | source)} }}',
        "namespaces:",
        '  - match: "item:{id}"',
        '    origin: { use: service, get: "/load/{id}" }',
        *(f"    {name}: {value}" for name, value in (NAMESPACE | options).items()), ""])


@contextmanager
def larder(context: Context, origin: Origin, source: dict[str, str] | None = None, **options):
    """A Larder whose keys `item:…` come from `origin`. `source` is about the origin, `options` are
    of the namespace, with _ for -."""
    options = {name.replace("_", "-"): text for name, text in options.items()}
    with Server(LARDER, context.ports, context.larder,
                configuration=configuration(origin, options, source or {})) as server:
        yield server


def figures(server: Server) -> dict[str, int | str]:
    """What INFO says of the origin."""
    return parsed(server.information("origins")["larder_origin_service"])


def parsed(line: str) -> dict[str, int | str]:
    words = (word.split("=", 1) for word in line.split(","))
    return {name: int(text) if text.isdigit() else text for name, text in words}
