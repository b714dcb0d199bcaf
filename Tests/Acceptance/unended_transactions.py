#!/usr/bin/env python3
"""Transactions that are begun and never ended cost no more than clients.memory, and nobody else.

    unended_transactions.py --binary .build/release/larder

On both I/O backends. Exit status: 0 all well, 1 not.
"""
import argparse
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "BlackBox"))
import server_process
from wire import Connection, ErrorReply, encoded

MEGABYTE = 1 << 20
CLIENTS_MEMORY = 64 * MEGABYTE
MILLION = 1_000_000
# Buffers of the sockets and the loops, and what malloc keeps.
SLACK = 24 * MEGABYTE


def resident(server):
    with open(f"/proc/{server.pids()[0]}/status", encoding="ascii") as file:
        fields = dict(line.split(":", 1) for line in file)
    return int(fields["VmRSS"].split()[0]) * 1024


class Watcher:
    """A healthy client that asks all the time, and notes the most memory that it sees."""

    def __init__(self, server):
        self.server, self.faults, self.most = server, [], 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        with Connection(self.server.resp, timeout=20) as connection:
            while not self.done.is_set():
                start = time.monotonic()
                if connection.ask("PING") != b"PONG":
                    self.faults.append("no PONG")
                if time.monotonic() - start > 1:
                    self.faults.append(f"PING took {time.monotonic() - start:.1f} s")
                self.most = max(self.most, resident(self.server))
                time.sleep(0.002)

    def __enter__(self):
        self.before = resident(self.server)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()
        if self.most - self.before > CLIENTS_MEMORY + SLACK:
            self.faults.append(f"{(self.most - self.before) >> 20} MiB more than before")


def lines(connection, count):
    """How often each reply comes among the next `count`, which are lines."""
    found = {}
    for _ in range(count):
        line = connection.file.readline()
        if not line:
            raise EOFError
        found[line] = found.get(line, 0) + 1
    return found


def sent_aside(connection, data):
    def send():
        try:
            connection.send(data)
        except OSError:
            pass
    thread = threading.Thread(target=send)
    thread.start()
    return thread


def a_million_queued(server):
    """a million commands behind MULTI: refused at half of clients.memory, and EXEC runs none"""
    with Watcher(server) as watcher, Connection(server.resp, timeout=60) as connection:
        connection.ask("MULTI")
        sender = sent_aside(connection, encoded("SET", "key", "some value") * MILLION)
        found = lines(connection, MILLION)
        sender.join()
        refused = [line for line in found if b"clients.memory" in line]
        if sum(found[line] for line in refused) != 1:
            watcher.faults.append(f"not refused once: {found}")
        try:
            connection.ask("EXEC")
            watcher.faults.append("EXEC was not refused")
        except ErrorReply as error:
            if not str(error).startswith("EXECABORT"):
                watcher.faults.append(str(error))
        if connection.ask("EXISTS", "key") != 0:
            watcher.faults.append("something ran")
    return watcher.faults


def a_million_multi(server):
    """a million MULTI: each is answered"""
    with Watcher(server) as watcher, Connection(server.resp, timeout=60) as connection:
        sender = sent_aside(connection, encoded("MULTI") * MILLION)
        found = lines(connection, MILLION)
        sender.join()
        wanted = {b"+OK\r\n": 1, b"-ERR MULTI calls can not be nested\r\n": MILLION - 1}
        if found != wanted:
            watcher.faults.append(f"answered by {found}")
    return watcher.faults


def many_at_once(server):
    """twenty clients that queue ten megabytes each: the greediest are cut"""
    request = encoded("SET", "key", b"x" * 10_000)
    with Watcher(server) as watcher:
        connections, cut = [], 0
        for _ in range(20):
            connection = Connection(server.resp, timeout=60)
            connections.append(connection)
            try:
                connection.ask("MULTI")
                sender = sent_aside(connection, request * 1_000)
                lines(connection, 1_000)
                sender.join()
            except (OSError, EOFError):
                cut += 1
        left = 0
        for connection in connections:
            try:
                left += connection.ask("DISCARD") == b"OK"
            except (OSError, EOFError):
                pass
            connection.close()
        if not 0 < left <= 6:
            watcher.faults.append(f"{left} of 20 are left")
    return watcher.faults


def never_reads(server):
    """a client that queues and reads no reply is not read from any more"""
    with Watcher(server) as watcher, Connection(server.resp, timeout=3) as connection:
        connection.send(encoded("MULTI"))
        try:
            for _ in range(200):
                connection.send(encoded("PING") * 50_000)
        except OSError:
            pass
    return watcher.faults


def many_watches(server):
    """fifty clients that watch as many keys as they may"""
    with Watcher(server) as watcher:
        connections, refused = [], 0
        for number in range(50):
            connection = Connection(server.resp, timeout=60)
            connections.append(connection)
            try:
                for first in range(0, 70_000, 5_000):
                    connection.ask("WATCH", *[f"{number}:{key}" for key in
                                              range(first, first + 5_000)])
            except ErrorReply:
                refused += 1
            except (OSError, EOFError):
                pass
        if refused == 0:
            watcher.faults.append("nobody was refused")
        for connection in connections:
            connection.close()
    return watcher.faults


SCENES = (a_million_multi, a_million_queued, many_at_once, never_reads, many_watches)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    options = parser.parse_args()
    failed = 0
    for backend in ("uring", "libevent"):
        flags = ["--server.io", backend, "--clients.memory", str(CLIENTS_MEMORY)]
        server = server_process.server_from(options, memory="64mb", flags=flags).start()
        for scene in SCENES:
            try:
                faults = scene(server)
            except (OSError, EOFError, ValueError) as error:
                faults = [repr(error)]
            if not server.is_running():
                faults.append("the server ended: " + server.log()[-500:])
            failed += server_process.report(f"{backend:9} {scene.__doc__}", faults)
        failed += server.stop() != 0
    return 1 if failed else 0


if __name__ == "__main__":
    server_process.exit_with(main)
