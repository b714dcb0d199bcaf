#!/usr/bin/env python3
"""Records concurrent histories of a running server in both protocols and has them checked.

    histories.py --binary .build/release/larder --seconds 60
    histories.py --stand-in --seconds 10

A third of the time with ample memory, a third with so little that entries are evicted all the time,
and a third on keys of namespaces whose origin, a process of its own, is slow, fails, hangs, is
killed and comes back all the while.
Exit status: 0 all linearizable, 1 not.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "BlackBox"))
import server_process
from origin_process import Origin
from wire import Connection

TINY = "4mb"


# As Sources/LarderTesting/Histories/OriginLoad.swift has the keys; with short times, so that there
# is much to see.
NAMESPACES = {"cached": "cache", "through": "through", "around": "around",
              "invalidated": "invalidate"}
WINDOWS = """
    ttl: {ttl}
    negative-ttl: 40ms
    stale: 30ms
    stale-if-error: 10s
    wait: 300ms
"""


def check(title, seconds, suite="LiveHistoryTests", prefix="LARDER_HISTORY_", **settings):
    """Runs the checker's test against the ports given; it must run, and pass."""
    environment = dict(os.environ, **{prefix + "SECONDS": str(seconds)})
    for name, value in settings.items():
        environment[prefix + name.upper()] = str(value)
    done = subprocess.run(
        ["swift", "test", "--disable-xctest", "--filter", r"\." + suite], cwd=ROOT,
        env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    told = re.findall(r"^\d+ histories, .*$", done.stdout, re.MULTILINE)
    passed = done.returncode == 0 and len(told) == 1
    print(f"{'ok' if passed else 'FAILED'}  {title}: {told[0] if told else 'no history'}")
    if not passed:
        print(done.stdout[-6_000:])
    return passed


def configuration(origin):
    """Four namespaces of one origin, one for each way to write."""
    text = (f'origins: {{ web: {{ http: "{origin.url}", limit: 16, timeout: 250ms }} }}\n'
            "namespaces:\n")
    for name, mode in NAMESPACES.items():
        path = f'"/{name}/{{r}}/{{n}}"'
        text += (f'  - match: "{name}:{{r}}:{{n}}"\n    write: {mode}\n'
                 f"    origin: {{ use: web, get: {path}, set: {path}, delete: {path} }}")
        text += WINDOWS.format(ttl="1h" if mode == "cache" else "60ms")
    return text


def trouble(origin, end):
    """Makes the origin ill in all ways, one after the other, with good times in between."""
    while True:
        for seconds, begin, after in [
                (0.3, lambda: origin.mood("slow"), lambda: origin.mood("well")),
                (0.3, lambda: origin.mood("failing"), lambda: origin.mood("well")),
                (0.4, origin.hang, origin.awaken), (0.2, origin.kill, origin.start),
                (0.1, origin.restart, lambda: None)]:
            if end.wait(1):
                return
            begin()
            end.wait(seconds)
            after()


def check_origins(options, seconds):
    folder, end = tempfile.mkdtemp(prefix="larder-histories-"), threading.Event()
    try:
        with Origin(folder) as origin:
            file = os.path.join(folder, "larder.yaml")
            pathlib.Path(file).write_text(configuration(origin))
            ill = threading.Thread(target=trouble, args=(origin, end))
            with server_process.server_from(options, flags=[file]) as server:
                ill.start()
                passed = check(
                    "an origin in trouble", seconds, "LiveOriginHistoryTests", "LARDER_ORIGIN_",
                    resp=f"127.0.0.1:{server.resp}", text=f"127.0.0.1:{server.text}",
                    http=f"127.0.0.1:{origin.port}")
                end.set()
                ill.join()
                print(f"    the origin: {origin.counts()}")
                return passed
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    results = []
    with server_process.server_from(options) as server:
        resp, text = f"127.0.0.1:{server.resp}", f"127.0.0.1:{server.text}"
        if options.binary:
            results.append(check("both protocols", options.seconds // 3, resp=resp, text=text))
        else:
            results.append(check("RESP", options.seconds // 4, resp=resp))
            results.append(check("memcached text", options.seconds // 4, text=text))
    with server_process.server_from(options, memory=TINY) as server:
        resp, text = f"127.0.0.1:{server.resp}", f"127.0.0.1:{server.text}"
        half = options.seconds // (3 if options.binary else 2)
        if options.binary:
            title = f"both protocols, evicting at {TINY}"
            results.append(check(title, half, resp=resp, text=text, evicts=1))
        else:
            with Connection(server.resp) as connection:
                connection.ask("CONFIG", "SET", "maxmemory", TINY)
                connection.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-random")
            results.append(check(f"RESP, evicting at {TINY}", half, resp=resp, evicts=1))
    if options.binary:
        results.append(check_origins(options, options.seconds // 3))
    return 0 if all(results) else 1


if __name__ == "__main__":
    server_process.exit_with(main)
