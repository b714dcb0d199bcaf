#!/usr/bin/env python3
"""redis-py (`rediss://`) and pymemcache over TLS.

    tls_clients.py RESP_PORT MEMCACHED_PORT FOLDER_OF_CERTIFICATES
"""
import asyncio
import contextlib
import os
import ssl
import sys

import redis
import redis.asyncio
from pymemcache.client.base import Client


def sync(port, folder):
    authority = os.path.join(folder, "ca.pem")
    for protocol in (2, 3):
        address = f"rediss://localhost:{port}/0?ssl_ca_certs={authority}&protocol={protocol}"
        with redis.Redis.from_url(address) as client:
            assert client.ping()
            value = os.urandom(3_000_000)
            assert client.set("tls", value, ex=100) and client.get("tls") == value
            with client.pipeline() as pipeline:
                for number in range(1000):
                    pipeline.set(f"tls:{number}", number)
                    pipeline.get(f"tls:{number}")
                assert pipeline.execute()[1::2] == [b"%d" % number for number in range(1000)]
    stranger = os.path.join(folder, "stranger.pem")
    try:
        redis.Redis.from_url(f"rediss://localhost:{port}/0?ssl_ca_certs={stranger}").ping()
    except redis.ConnectionError as refusal:
        assert "certificate verify failed" in str(refusal), refusal
    else:
        raise AssertionError("a certificate of nobody was believed")


async def asynchronous(port, folder):
    authority = os.path.join(folder, "ca.pem")
    address = f"rediss://localhost:{port}/0?ssl_ca_certs={authority}"
    # Each connection reads the system's authorities, 0.1 s on a busy machine: not one per command.
    pool = redis.asyncio.BlockingConnectionPool.from_url(address, max_connections=10)
    async with redis.asyncio.Redis.from_pool(pool) as client:
        await asyncio.gather(*(client.set(f"tls:{number}", number) for number in range(100)))
        values = await asyncio.gather(*(client.get(f"tls:{number}") for number in range(100)))
        assert values == [b"%d" % number for number in range(100)]


def memcached(port, folder):
    context = ssl.create_default_context(cafile=os.path.join(folder, "ca.pem"))
    with contextlib.closing(Client(("localhost", port), tls_context=context, timeout=20)) as client:
        assert client.set("tls-text", b"v" * 500_000, noreply=False)
        assert client.get("tls-text") == b"v" * 500_000
        assert client.incr("none", 1) is None
        client.set_many({f"tls-{number}": b"%d" % number for number in range(500)}, noreply=False)
        found = client.get_many([f"tls-{number}" for number in range(500)])
        assert found == {f"tls-{number}": b"%d" % number for number in range(500)}


resp, text, folder = sys.argv[1:]
sync(int(resp), folder)
asyncio.run(asynchronous(int(resp), folder))
memcached(int(text), folder)
