#!/usr/bin/env python3
"""What clients that misbehave cost the others: nothing.

    misbehaviour.py --binary .build/release/larder
    misbehaviour.py --stand-in | --self-test

Each scene prints what the server gave. Meanwhile a healthy client sets and gets without a pause; it
must get every reply, and quickly. Exit status: 0 all well, 1 not.
"""
import argparse
import multiprocessing
import os
import pathlib
import random
import resource
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "BlackBox"))
import fake_server
import server_process
from wire import Connection, ErrorReply, encoded

# Generous, because the machine may be busy: a loop that is really blocked is slower than this.
SLOWEST_SECONDS = 0.8
P99_SECONDS = 0.1
# Of the healthy client, before each scene and after it.
REPLIES_MIN = 400
MEGABYTE = 1 << 20


def live_well(port, stop, replies, results):
    """Sets and gets until told to stop; reports the latencies, or what went wrong."""
    seconds, fault = [], None
    try:
        with Connection(port, timeout=10) as connection:
            step = 0
            while not stop.is_set():
                step += 1
                start = time.monotonic()
                connection.ask("SET", "healthy", step)
                value = connection.ask("GET", "healthy")
                seconds.append((time.monotonic() - start) / 2)
                replies.value = 2 * step
                if value != b"%d" % step:
                    fault = f"read {value!r} after setting {step}"
                    break
    except (OSError, EOFError, ErrorReply) as error:
        fault = repr(error)
    results.put((sorted(seconds), fault))


def memory(server):
    """Resident bytes of the server's processes."""
    total = 0
    for pid in server.pids():
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            total += int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")
    return total


class Scene:
    """Watches a healthy client and the memory while something goes on."""

    def __init__(self, server, what, growth_max=64 * MEGABYTE):
        self.server, self.what, self.growth_max = server, what, growth_max
        self.given, self.complaints = [], []

    def __enter__(self):
        self.before = memory(self.server)
        context = multiprocessing.get_context("fork")
        self.stop, self.results = context.Event(), context.Queue()
        self.replies = context.Value("q", 0)
        self.healthy = context.Process(
            target=live_well, args=(self.server.resp, self.stop, self.replies, self.results))
        self.healthy.start()
        self.wait_for_replies(REPLIES_MIN)
        return self

    def wait_for_replies(self, count):
        """The healthy client is served before the scene begins, and after what happened in it."""
        deadline = time.monotonic() + 5
        goal = self.replies.value + count
        while self.replies.value < goal and time.monotonic() < deadline and self.healthy.is_alive():
            time.sleep(0.005)

    def note(self, text):
        self.given.append(text)

    def require(self, condition, complaint):
        if not condition:
            self.complaints.append(complaint)

    def __exit__(self, kind, error, trace):
        if kind is not None and issubclass(kind, (OSError, EOFError)):
            self.complaints.append(f"the scene broke off: {error!r}")
        self.require(self.server.is_running(), "the server ended")
        grown = (memory(self.server) if self.server.is_running() else 0) - self.before
        self.note(f"memory {'+' if grown >= 0 else ''}{grown / MEGABYTE:.0f} MiB")
        self.require(grown <= self.growth_max, f"memory grew beyond {self.growth_max >> 20} MiB")
        self.wait_for_replies(REPLIES_MIN)
        self.stop.set()
        seconds, fault = self.results.get(timeout=30)
        self.healthy.join()
        self.require(fault is None, f"the healthy client: {fault}")
        if seconds:
            p99, slowest = seconds[int(len(seconds) * 0.99)], seconds[-1]
            self.note(f"healthy client: {2 * len(seconds)} replies, p99 {p99 * 1e3:.2f} ms, "
                      f"slowest {slowest * 1e3:.1f} ms")
            self.require(p99 <= P99_SECONDS, "the healthy client waited too often")
            self.require(slowest <= SLOWEST_SECONDS, "the healthy client waited too long")
        else:
            self.complaints.append("the healthy client got no reply")
        print(f"{'FAILED' if self.complaints else 'ok'}  {self.what}")
        for line in self.given:
            print(f"        | {line}")
        for complaint in self.complaints:
            print(f"        ! {complaint}", flush=True)
        return kind is not None and issubclass(kind, (OSError, EOFError))


def answer(port, data, seconds=2):
    """What comes back, and whether the server closed the connection."""
    got, closed = b"", False
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        try:
            connection.sendall(data)
            while len(got) < 4_096:
                more = connection.recv(4_096)
                if not more:
                    closed = True
                    break
                got += more
        except TimeoutError:
            pass
        except ConnectionError:
            closed = True
    return got, closed


def idle_clients(server, count):
    with Scene(server, f"{count} idle clients", 256 * MEGABYTE) as scene:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
        clients = []
        try:
            for _ in range(count):
                clients.append(socket.create_connection(("127.0.0.1", server.resp), timeout=10))
            scene.note(f"{len(clients)} connected")
            answered = 0
            for client in clients[::100]:
                client.sendall(b"PING\r\n")
                answered += client.recv(16) == b"+PONG\r\n"
            scene.note(f"{answered} of {len(clients[::100])} asked answered PING")
            scene.require(answered == len(clients[::100]), "some idle clients are not served")
        finally:
            for client in clients:
                client.close()
    return scene


def half_open_clients(server):
    with Scene(server, "half-open clients: half a request, then silence or half a close") as scene:
        clients = []
        for index in range(500):
            client = socket.create_connection(("127.0.0.1", server.resp), timeout=5)
            client.sendall(b"*3\r\n$3\r\nSET\r\n$4\r\nhalf\r\n$10\r\nabc"[:random.randint(1, 38)])
            clients.append(client)
        closing = socket.create_connection(("127.0.0.1", server.resp), timeout=5)
        closing.sendall(b"PING\r\n")
        closing.shutdown(socket.SHUT_WR)
        reply = closing.recv(64)
        scene.note(f"PING, then a close of our side: {reply!r}")
        scene.require(reply == b"+PONG\r\n", "what was asked before the half close is not answered")
        scene.require(closing.recv(64) == b"", "the server keeps a connection closed by its client")
        for client in clients:
            client.close()
        with Connection(server.resp) as connection:
            scene.require(connection.ask("GET", "half") is None, "half a SET was carried out")
    return scene


def never_reading_client(server):
    with Scene(server, "a client that asks for 2 GB and never reads", 400 * MEGABYTE) as scene:
        with Connection(server.resp) as connection:
            connection.ask("SET", "large", b"x" * MEGABYTE)
        client = socket.create_connection(("127.0.0.1", server.resp), timeout=2)
        request, sent = encoded("GET", "large") * 100, 0
        try:
            for _ in range(20):
                client.sendall(request)
                sent += 100
            time.sleep(1)
        except OSError as error:
            scene.note(f"after {sent} requests: {error!r}")
        scene.note(f"{sent} requests sent")
        client.close()
    return scene


def announced_gigabyte(server):
    with Scene(server, "a value of 1 GB announced") as scene:
        head = b"*3\r\n$3\r\nSET\r\n$4\r\nhuge\r\n$1073741824\r\n"
        clients = []
        for _ in range(8):
            client = socket.create_connection(("127.0.0.1", server.resp), timeout=5)
            client.sendall(head + b"x" * 1_000)
            clients.append(client)
        got, closed = answer(server.resp, head + b"x" * 1_000, seconds=1)
        scene.note(f"RESP: {got!r}{', closed' if closed else ', waiting for the rest'}")
        got, closed = answer(server.text, b"set huge 0 0 1073741824\r\nxxxx\r\n", seconds=1)
        scene.note(f"memcached text: {got!r}{', closed' if closed else ''}")
        scene.note(f"memory with 8 such clients +{(memory(server) - scene.before) / MEGABYTE:.0f} "
                   "MiB")
        scene.require(memory(server) - scene.before < 64 * MEGABYTE, "memory was taken in advance")
        for client in clients:
            client.close()
    return scene


def garbage(server):
    with Scene(server, "garbage on both ports") as scene:
        source = random.Random(1)
        for name, port in (("RESP", server.resp), ("memcached text", server.text)):
            for prefix in (b"", b"*3\r\n$", b"*-5\r\n", b"set k 0 0 ", b"\r\n\r\n\x00", b"$99\r\n"):
                got, closed = answer(
                    port, prefix + source.randbytes(300) + b"\r\n", seconds=0.3)
                scene.note(f"{name} {prefix!r}…: {got[:80]!r}{', closed' if closed else ''}")
            for _ in range(100):
                answer(port, source.randbytes(source.randint(1, 5_000)), seconds=0.01)
    return scene


def web_request(server):
    with Scene(server, "a browser's POST on the RESP port") as scene:
        for name, head in (("POST", b"POST / HTTP/1.1\r\n"), ("Host:", b"Host: 127.0.0.1\r\n")):
            got, closed = answer(server.resp, head + b"\r\nSET pwned yes\r\n", seconds=1)
            scene.note(f"{name}: {got!r}{', closed' if closed else ', left open'}")
            scene.require(closed, f"the connection is open after {name}")
        with Connection(server.resp) as connection:
            scene.require(connection.ask("GET", "pwned") is None, "a page's command was obeyed")
    return scene


def all_scenes(server, idle):
    return [lambda: idle_clients(server, idle), lambda: half_open_clients(server),
              lambda: never_reading_client(server), lambda: announced_gigabyte(server),
              lambda: garbage(server), lambda: web_request(server)]


def run_scenes(scenes):
    """How many of them went wrong."""
    return sum(bool(scene().complaints) for scene in scenes)


def self_test():
    noticed = []
    for bug, scene in (("gullible", announced_gigabyte), ("blocking", web_request)):
        with fake_server.FakeServer(bug) as server:
            noticed.append(run_scenes([lambda: scene(server)]) == 1)
    print(f"self-test: wrong servers were {'' if all(noticed) else 'NOT '}noticed")
    return 0 if all(noticed) else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    flags = [] if options.stand_in else ["--clients.max", "12000"]
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with server_process.server_from(options, flags=flags) as server:
        scenes = all_scenes(server, options.idle)
        failed = run_scenes(scenes)
    print(f"{len(scenes) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    server_process.exit_with(main)
