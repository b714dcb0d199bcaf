"""CPU of the server per request over TLS, against a redis-server with the same certificate."""

import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from . import load
from .context import Context
from .cpu import CpuRow
from .result import Result
from .servers import LARDER, REDIS, Server

CIPHER = "TLS_AES_256_GCM_SHA384"
"""Where every row finds it; made once, on elliptic curves, so that handshakes weigh little."""
FILES: list[Path] = []


def certificate() -> tuple[Path, Path]:
    """A certificate of our own, and its key."""
    if not FILES:
        folder = Path(tempfile.mkdtemp(prefix="larder-bench-tls-"))
        FILES.extend((folder / "certificate.pem", folder / "key.pem"))
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=localhost", "-out", str(FILES[0]),
             "-keyout", str(FILES[1])], check=True, capture_output=True)
    return FILES[0], FILES[1]


@dataclass(frozen=True)
class TLSRow(CpuRow):
    def run(self, context: Context) -> list[Result]:
        if context.subject is not LARDER:
            what = f"{context.subject.name} is not set up for TLS here"
            return [Result(self.id, self.what, target=self.target, goal=self.goal, skipped=what)]
        shown, key = map(str, certificate())
        subject = replace(LARDER, command=(
            *LARDER.command, "--listen.resp-tls", "127.0.0.1:{tls}", "--tls.certificate", shown,
            "--tls.key", key))
        peer = replace(REDIS, command=(
            *REDIS.command, "--tls-port", "{tls}", "--tls-cert-file", shown, "--tls-key-file", key,
            "--tls-ca-cert-file", shown, "--tls-auth-clients", "no"))
        row = replace(self, peer=peer)
        return super(TLSRow, row).run(replace(context, subject=subject))

    def drive(self, server: Server, context: Context) -> int:
        requests = self.requests // 3 if context.quick else self.requests
        place = ("-h", "127.0.0.1", "-p", str(server.tls), "--tls", "--insecure",
                 "--tls-ciphersuites", CIPHER)
        return load.redis_benchmark(server, self.operation, self.pipeline, requests, place)


ROWS = [
    TLSRow("tls-get", "GET 64 B over TLS / redis", REDIS, "resp", "get", 1, 150_000, 0.95),
    TLSRow("tls-get-16", "GET 64 B over TLS, pipeline 16 / redis", REDIS, "resp", "get", 16,
           1_000_000, 0.95),
]
