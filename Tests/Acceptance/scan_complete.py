#!/usr/bin/env python3
"""SCAN must return every key that is there throughout, however the table grows and shrinks.

    scan_complete.py --binary .build/release/larder
    scan_complete.py --stand-in [--keys 20000 --scans 20] | --self-test

200,000 permanent keys; others come until the table is eight times as large and go again, over and
over, while 100 full scans with various COUNTs run. Exit status: 0 none missing, 1 some missing.
"""
import argparse
import multiprocessing
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "BlackBox"))
import fake_server
import server_process
from wire import Connection, encoded

GROWTH = 8
BATCH = 500
COUNTS = [1_000, 5_000, 100, 20_000, 1_000, 10]
SCANNERS = 2


def fill(connection, prefix, first, last, command):
    """Sends one command per key in batches."""
    for start in range(first, last, BATCH):
        numbers = range(start, min(start + BATCH, last))
        if command == "SET":
            words = [word for number in numbers for word in (b"%s:%d" % (prefix, number), b"x")]
            connection.ask("MSET", *words)
        else:
            connection.ask("DEL", *[b"%s:%d" % (prefix, number) for number in numbers])


def swing(port, keys, stop, cycles):
    """Grows the table eightfold and shrinks it, until it is told to stop."""
    with Connection(port, timeout=60) as connection:
        while not stop.is_set():
            for command in ("SET", "DEL"):
                for start in range(0, keys * (GROWTH - 1), BATCH * 20):
                    if stop.is_set():
                        return
                    end = min(start + BATCH * 20, keys * (GROWTH - 1))
                    fill(connection, b"temporary", start, end, command)
            with cycles.get_lock():
                cycles.value += 1


def scan(connection, count, matches):
    """One full scan: the permanent keys found, and the number of pages."""
    found, pages, cursor = set(), 0, b"0"
    tail = ["COUNT", count] + (["MATCH", "permanent:*"] if matches else [])
    while True:
        cursor, keys = connection.ask("SCAN", cursor, *tail)
        pages += 1
        found.update(key for key in keys if key.startswith(b"permanent:"))
        if cursor == b"0":
            return found, pages


def run_scans(arguments):
    port, keys, numbers = arguments
    results = []
    with Connection(port, timeout=60) as connection:
        for number in numbers:
            count = COUNTS[number % len(COUNTS)]
            start = time.monotonic()
            found, pages = scan(connection, count, matches=number % 2 == 1)
            missing = [f"permanent:{key}" for key in range(keys)
                       if b"permanent:%d" % key not in found]
            results.append((number, count, pages, time.monotonic() - start, missing))
    return results


def check(server, keys, scans, quiet=False):
    """Returns all missing keys and how often the table grew and shrank."""
    with Connection(server.resp, timeout=60) as connection:
        connection.ask("FLUSHALL")
        fill(connection, b"permanent", 0, keys, "SET")
    context = multiprocessing.get_context("fork")
    stop, cycles = context.Event(), context.Value("i", 0)
    swinger = context.Process(target=swing, args=(server.resp, keys, stop, cycles))
    swinger.start()
    missing = []
    with context.Pool(SCANNERS) as pool:
        jobs = [(server.resp, keys, [number]) for number in range(scans)]
        for results in pool.imap_unordered(run_scans, jobs):
            for number, count, pages, seconds, lost in results:
                missing += lost
                if lost or not quiet:
                    print(f"scan {number + 1}: COUNT {count}, {pages} pages, {seconds:.1f} s, "
                          f"{len(lost)} missing {' '.join(lost[:3])}", flush=True)
    stop.set()
    swinger.join()
    with Connection(server.resp, timeout=60) as connection:
        there = sum(value is not None for start in range(0, keys, BATCH) for value in
                    connection.ask("MGET", *[b"permanent:%d" % key for key in
                                             range(start, min(start + BATCH, keys))]))
    return missing, cycles.value, there


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    parser.add_argument("--keys", type=int, default=200_000)
    parser.add_argument("--scans", type=int, default=100)
    parser.add_argument("--self-test", action="store_true", help="with a server that forgets keys")
    options = parser.parse_args()
    if options.self_test:
        with fake_server.FakeServer("forgetful") as server:
            missing, _, _ = check(server, 5_000, 12, quiet=True)
        print(f"self-test: the {len(missing)} keys that a wrong server left out were "
              f"{'' if missing else 'NOT '}noticed")
        return 0 if missing else 1
    with server_process.server_from(options, memory="2gb") as server:
        missing, cycles, there = check(server, options.keys, options.scans)
        alive = server.is_running()
    if there != options.keys:
        print(f"only {there} of {options.keys} permanent keys are left: evicted? Nothing is proven")
    if cycles == 0:
        print("the table never grew and shrank once: take more scans")
    print(f"{options.scans} full scans over {options.keys} permanent keys, {cycles} times "
          f"{GROWTH}x and back: {len(missing)} missing")
    return 0 if not missing and alive and cycles > 0 and there == options.keys else 1


if __name__ == "__main__":
    server_process.exit_with(main)
