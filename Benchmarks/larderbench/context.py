"""What every row gets."""

import sys
from dataclasses import dataclass
from pathlib import Path

from .processes import Ports
from .servers import Kind, Server


@dataclass
class Context:
    subject: Kind
    larder: Path
    ports: Ports
    pairs: int
    quick: bool
    resp_client: str
    pure_loop: str | None = None

    def server(self, kind: Kind, **options) -> Server:
        return Server(kind, self.ports, self.larder, **options)

    def say(self, text: str) -> None:
        print(f"  {text}", file=sys.stderr, flush=True)
