#!/usr/bin/env python3
"""Records concurrent histories of a running server in both protocols and has them checked.

    histories.py --binary .build/release/larder --seconds 60
    histories.py --stand-in --seconds 10

Half of the time with ample memory, half with so little that entries are evicted all the time.
Exit status: 0 all linearizable, 1 not.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "BlackBox"))
import server_process
from wire import Connection

TINY = "4mb"


def check(title, seconds, **settings):
    """Runs the checker's test against the ports given; it must run, and pass."""
    environment = dict(os.environ, LARDER_HISTORY_SECONDS=str(seconds))
    for name, value in settings.items():
        environment["LARDER_HISTORY_" + name.upper()] = str(value)
    done = subprocess.run(
        ["swift", "test", "--filter", "LiveHistoryTests"], cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    told = re.findall(r"^\d+ histories, .*$", done.stdout, re.MULTILINE)
    passed = done.returncode == 0 and len(told) == 1
    print(f"{'ok' if passed else 'FAILED'}  {title}: {told[0] if told else 'no history'}")
    if not passed:
        print(done.stdout[-6_000:])
    return passed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    results = []
    with server_process.server_from(options) as server:
        resp, text = f"127.0.0.1:{server.resp}", f"127.0.0.1:{server.text}"
        if options.binary:
            results.append(check("both protocols", options.seconds // 2, resp=resp, text=text))
        else:
            results.append(check("RESP", options.seconds // 4, resp=resp))
            results.append(check("memcached text", options.seconds // 4, text=text))
    with server_process.server_from(options, memory=TINY) as server:
        resp, text = f"127.0.0.1:{server.resp}", f"127.0.0.1:{server.text}"
        half = options.seconds - options.seconds // 2
        if options.binary:
            title = f"both protocols, evicting at {TINY}"
            results.append(check(title, half, resp=resp, text=text, evicts=1))
        else:
            with Connection(server.resp) as connection:
                connection.ask("CONFIG", "SET", "maxmemory", TINY)
                connection.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-random")
            results.append(check(f"RESP, evicting at {TINY}", half, resp=resp, evicts=1))
    return 0 if all(results) else 1


if __name__ == "__main__":
    server_process.exit_with(main)
