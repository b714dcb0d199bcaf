#!/usr/bin/env python3
"""What heavy or hostile use must not break: the bounds of memory, the right bytes, other clients.

    break_bounds.py --binary .build/release/larder

Every scene runs on both I/O backends with little memory, and ends with the same questions: does the
server answer, is used_memory within maxmemory, is the number of keys what a scan finds, is the
resident memory bounded? Exit status: 0 all well, 1 not.
"""
import argparse
import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "BlackBox"))
import server_process
from wire import Connection, ErrorReply, encoded

MEGABYTE = 1 << 20
PAGE = 4096
# Beyond the limit and its slack: the program, and clients.memory.
RESIDENT_BASE = 128 * MEGABYTE


def body(tag, length):
    """Bytes that tell whether they belong together: one word over and over."""
    word = b"%08d" % tag
    return (word * (length // 8 + 1))[:length]


def is_whole(value):
    return value is None or value == (value[:8] * (len(value) // 8 + 1))[:len(value)]


def pipeline(connection, requests):
    """The replies to requests sent in one write; errors are replies too."""
    connection.send(b"".join(requests))
    replies = []
    for _ in requests:
        try:
            replies.append(connection.reply())
        except ErrorReply as error:
            replies.append(error)
    return replies


def info(connection):
    lines = connection.ask("INFO").decode().split("\r\n")
    return dict(line.split(":", 1) for line in lines if ":" in line)


def scanned(connection):
    cursor, keys = b"0", set()
    while True:
        cursor, page = connection.ask("SCAN", cursor, "COUNT", 1000)
        keys.update(page)
        if cursor == b"0":
            return keys


def within_limit(connection, seconds=5):
    """Whether used_memory comes below maxmemory in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        fields = info(connection)
        if int(fields["used_memory"]) <= int(fields["maxmemory"]):
            return True
        time.sleep(0.01)
    return False


def complaints_after(server):
    if not server.is_running():
        return ["the server ended: " + server.log()[-500:]]
    with Connection(server.resp) as connection:
        faults = [] if connection.ask("PING") == b"PONG" else ["no PONG"]
        if not within_limit(connection):
            faults.append("used_memory stays above maxmemory")
        if connection.ask("DBSIZE") != len(scanned(connection)):
            faults.append("DBSIZE is not what a scan finds")
        limit = int(info(connection)["maxmemory"])
    with open(f"/proc/{server.pids()[0]}/statm", encoding="ascii") as file:
        resident = int(file.read().split()[1]) * PAGE
    if resident > limit * 1.15 + RESIDENT_BASE:
        faults.append(f"{resident >> 20} MiB resident")
    return faults


def every_length(server):
    """Values at every border of the size classes come back as they were."""
    with Connection(server.resp) as connection:
        for first in range(1, 9000, 500):
            lengths = range(first, min(9001, first + 500))
            replies = pipeline(connection, [
                encoded(*words) for length in lengths
                for words in (("SET", f"k{length}", body(length, length)), ("GET", f"k{length}"))])
            for length, value in zip(lengths, replies[1::2]):
                if value is not None and value != body(length, length):
                    return [f"a value of {length} bytes came back wrong"]
    return []


def large_values_change(server, seconds=3):
    """Slow readers of large values see whole ones while these are replaced, flushed and moved."""
    stop, faults = time.monotonic() + seconds, []

    def write(number):
        source = random.Random(number)
        with Connection(server.resp, timeout=30) as connection:
            step = 0
            while time.monotonic() < stop:
                step += 1
                key, other = (f"large{source.randrange(4)}" for _ in range(2))
                words = source.choice((
                    ("SET", key, body(number * 1_000_000 + step, source.randrange(1, 700_000))),
                    ("DEL", key), ("FLUSHALL",), ("COPY", key, other, "REPLACE"),
                    ("RENAME", key, other), ("SET", f"small{step % 3000}", body(step, 5000))))
                pipeline(connection, [encoded(*words)])

    def read():
        with Connection(server.resp, timeout=30) as connection:
            while time.monotonic() < stop:
                requests = [encoded("GET", f"large{index % 4}") for index in range(8)]
                connection.send(b"".join(requests))
                time.sleep(0.02)
                if not all([is_whole(connection.reply()) for _ in requests]):
                    faults.append("a torn value")

    def guarded(work, *arguments):
        try:
            work(*arguments)
        except (OSError, EOFError, ValueError) as error:
            faults.append(f"{work.__name__}: {error!r}")

    threads = [threading.Thread(target=guarded, args=(write, number)) for number in (1, 2)]
    threads += [threading.Thread(target=guarded, args=(read,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def vanished_writers(server):
    """What was taken for values whose writers vanished comes back."""
    with Connection(server.resp) as connection:
        connection.ask("FLUSHALL")
        for length in (8193, 65_536, 300_000, MEGABYTE):
            for share in (0, 0.5, 0.999):
                for port, head in (
                        (server.resp, b"*3\r\n$3\r\nSET\r\n$4\r\ngone\r\n$%d\r\n" % length),
                        (server.text, b"set gone 0 0 %d\r\n" % length)):
                    with Connection(port) as writer:
                        writer.send(head + body(1, int(length * share)))
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if int(info(connection)["used_memory_dataset"]) <= 2 * MEGABYTE:
                return [] if connection.ask("GET", "gone") is None else ["half a value is there"]
            time.sleep(0.01)
    return ["the memory of values that never came is not given back"]


def long_request(server):
    """A request of 28 MB with 20,000 arguments costs the others little."""
    words = [word for number in range(10_000) for word in (f"m{number}", body(number, 2900))]
    latencies, done = [], threading.Event()

    def ask_meanwhile():
        with Connection(server.resp, timeout=60) as other:
            while not done.is_set():
                start = time.monotonic()
                other.ask("PING")
                latencies.append(time.monotonic() - start)

    asking = [threading.Thread(target=ask_meanwhile) for _ in range(4)]
    for thread in asking:
        thread.start()
    start = time.monotonic()
    with Connection(server.resp, timeout=60) as connection:
        connection.ask("MSET", *words)
        seconds = time.monotonic() - start
    done.set()
    for thread in asking:
        thread.join()
    faults = [f"it took {seconds:.1f} s"] if seconds > 5 else []
    if max(latencies) > 0.8:
        faults.append(f"another client waited {max(latencies):.1f} s")
    return faults


def lowered_limit(server):
    """A limit below what the tables take leaves a cache that works."""
    with Connection(server.resp, timeout=30) as connection:
        before = info(connection)["maxmemory"]
        connection.ask("CONFIG", "SET", "maxmemory", "128mb")
        for first in range(0, 500_000, 5000):
            pipeline(connection, [
                encoded("SET", f"q{number}", "12345678") for number in range(first, first + 5000)])
        connection.ask("CONFIG", "SET", "maxmemory", before)
        if not within_limit(connection):
            return ["used_memory stays above the lowered maxmemory"]
        connection.ask("SET", "fresh", "value")
        return [] if connection.ask("GET", "fresh") == b"value" else ["nothing is kept any more"]


def flush_makes_room(server):
    """Without eviction no write is refused for what a flush has ended."""
    with Connection(server.resp) as connection:
        connection.ask("FLUSHALL")
        pipeline(connection, [encoded("SET", f"s{number}", "x") for number in range(9000)])
        connection.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
        source, refused = random.Random(1), 0
        for _ in range(50):
            requests = []
            for _ in range(100):
                length = source.choice((1, 100, 5000, 20_000))
                requests.append(encoded("FLUSHALL"))
                requests.append(encoded("SET", f"a{source.randrange(1000)}", b"x" * length))
            replies = pipeline(connection, requests)
            refused += sum(isinstance(reply, ErrorReply) for reply in replies)
        connection.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    return [f"{refused} of 5000 writes refused"] if refused else []


SCENES = (every_length, large_values_change, vanished_writers, flush_makes_room, long_request,
          lowered_limit)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    options = parser.parse_args()
    failed = 0
    for backend in ("uring", "libevent"):
        server = server_process.server_from(
            options, memory="4mb", flags=["--server.io", backend]).start()
        for scene in SCENES:
            faults = scene(server)
            faults += complaints_after(server)
            failed += server_process.report(f"{backend:9} {scene.__doc__}", faults)
            if not server.is_running():
                break
        status = server.stop()
        if status != 0:
            print(f"        ! exit status {status}")
            failed += 1
    return 1 if failed else 0


server_process.exit_with(main)
