#!/usr/bin/env python3
"""Looks for torn views: several keys written by one command must never be seen half written.

    torn_views.py --binary .build/release/larder --seconds 60
    torn_views.py --stand-in | --self-test

Writers set or delete eight keys at once and rename one key to and fro; readers ask for all of them.
Exit status: 0 no torn view, 1 torn views, 2 it could not run.
"""
import argparse
import multiprocessing
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "BlackBox"))
import fake_server
import server_process
from wire import Connection, ErrorReply, encoded

# Names without a pattern, so that they fall on different shards.
KEYS = [b"ash", b"birch:7", b"cedar", b"d", b"elm/long-name", b"fir#", b"ginkgo-1234567", b"hazel"]
RENAMED = (b"here", b"over-there")
BATCH = 16
SHOWN = 5


def write(port, writer, until):
    """MSET of one value to all keys; once in a while DEL of all."""
    with Connection(port) as connection:
        step = 0
        while time.monotonic() < until:
            commands = []
            for _ in range(BATCH):
                step += 1
                value = b"%d-%d" % (writer, step)
                if step % 50 == 0:
                    commands.append(encoded("DEL", *KEYS))
                else:
                    commands.append(
                        encoded("MSET", *[word for key in KEYS for word in (key, value)]))
            connection.send(b"".join(commands))
            for _ in commands:
                connection.reply()
    return step, []


def rename(port, _, until):
    """One key that is always at exactly one of two places."""
    steps = 0
    with Connection(port) as connection:
        while time.monotonic() < until:
            connection.send(b"".join(
                encoded("RENAME", *RENAMED[::1 if index % 2 == 0 else -1])
                for index in range(BATCH)))
            for _ in range(BATCH):
                try:
                    connection.reply()
                    steps += 1
                except ErrorReply as error:
                    return steps, [f"RENAME failed: {error}"]
    return steps, []


def read(port, _, until):
    """MGET of all eight, and of both places."""
    views, torn = 0, []
    request = (encoded("MGET", *KEYS) + encoded("MGET", *RENAMED)) * (BATCH // 2)
    with Connection(port) as connection:
        while time.monotonic() < until and len(torn) < SHOWN:
            connection.send(request)
            for _ in range(BATCH // 2):
                eight, places = connection.reply(), connection.reply()
                views += 2
                if len(set(eight)) != 1:
                    torn.append(f"MGET of eight keys set together: {eight}")
                if sorted(map(str, places)) != ["None", "b'wanderer'"]:
                    torn.append(f"MGET of both names of a renamed key: {places}")
    return views, torn


def run_role(arguments):
    role, port, number, until = arguments
    return role.__name__, *role(port, number, until)


def look(server, seconds):
    """Returns how much each role did, and the torn views."""
    with Connection(server.resp) as connection:
        connection.ask("FLUSHALL")
        connection.ask("SET", RENAMED[0], "wanderer")
    until = time.monotonic() + seconds
    roles = [(write, 1), (write, 2), (write, 3), (rename, 4), (read, 5), (read, 6), (read, 7)]
    counts, torn = {}, []
    with multiprocessing.Pool(len(roles)) as pool:
        jobs = [(role, server.resp, number, until) for role, number in roles]
        for name, count, found in pool.imap_unordered(run_role, jobs):
            counts[name] = counts.get(name, 0) + count
            torn += found
    return counts, torn


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--self-test", action="store_true", help="with a server that tears views")
    options = parser.parse_args()
    if options.self_test:
        with fake_server.FakeServer("torn") as server:
            _, torn = look(server, min(options.seconds, 3))
        print("\n".join(torn[:SHOWN]))
        kinds = {view.split(":")[0] for view in torn}
        noticed = len(kinds) == 2
        print(f"self-test: a wrong server's torn views were {'' if noticed else 'NOT '}noticed")
        return 0 if noticed else 1
    with server_process.server_from(options) as server:
        counts, torn = look(server, options.seconds)
        alive = server.is_running()
    print("\n".join(torn[:SHOWN]))
    print(f"{counts['write']} writes of {len(KEYS)} keys, {counts['rename']} renames, "
          f"{counts['read']} views in {options.seconds:g} s: {len(torn)} torn")
    if min(counts.values()) == 0:
        print("nothing was tested")
    return 0 if not torn and alive and min(counts.values()) > 0 else 1


if __name__ == "__main__":
    server_process.exit_with(main)
