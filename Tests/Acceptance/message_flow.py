#!/usr/bin/env python3
"""Messages in numbers: order, slow subscribers, and subscriptions that come and go meanwhile.

    message_flow.py --binary .build/release/larder
    message_flow.py --stand-in                      redis-server, to prove the test itself

1. Two publishers in pipelines and twelve subscribers of both protocols, by channel and by pattern:
   everybody gets everything, each publisher's messages in order, and all in the same order.
2. Subscribers that come and go while messages flow get a gapless piece: from the confirmation of
   the subscription to that of its end.
3. Subscribers that never read are cut at their bound; who reads gets all, and memory stays bounded.

Exit status: 0 all is well, 1 something is not, 2 it could not run.
"""
import argparse
import pathlib
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "BlackBox"))
import server_process
from wire import Connection, encoded

MESSAGES = 20_000
PIPELINE = 50
DEAF = 20
LIMIT_MB = 4


class Subscriber(threading.Thread):
    """Reads messages until one that says `end`."""

    def __init__(self, port, word, topic, protocol):
        super().__init__(daemon=True)
        self.connection = Connection(port, timeout=60)
        self.payloads, self.failure = [], None
        if protocol == 3:
            self.connection.send(encoded("HELLO", "3"))
        self.connection.send(encoded(word, topic))
        while self.push()[-1] != b":1":
            pass

    def push(self):
        """The lines of one message or of one line."""
        line = self.connection.file.readline().rstrip(b"\r\n")
        if line[:1] not in b"*>%" or not line:
            return [line]
        lines = []
        for _ in range(int(line[1:]) * (2 if line[:1] == b"%" else 1)):
            head = self.connection.file.readline().rstrip(b"\r\n")
            if head[:1] == b"$":
                head = self.connection.file.read(int(head[1:]) + 2)[:-2]
            lines.append(head)
        return lines

    def run(self):
        try:
            while not self.payloads or self.payloads[-1] != b"end":
                self.payloads.append(self.push()[-1])
        except Exception as failure:  # told by the main thread
            self.failure = failure


def publish(port, name, channel, counts):
    """Numbered messages in pipelines; the receivers of each go to `counts`."""
    with Connection(port, timeout=60) as connection:
        for start in range(0, MESSAGES, PIPELINE):
            batch = range(start, start + PIPELINE)
            connection.send(b"".join(encoded("PUBLISH", channel, f"{name}:{n}") for n in batch))
            counts += [connection.reply() for _ in batch]


def in_threads(*bodies):
    threads = [threading.Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def one_order(port):
    kinds = [("SUBSCRIBE", "news", 2), ("SUBSCRIBE", "news", 3), ("PSUBSCRIBE", "n*", 2),
             ("PSUBSCRIBE", "n*", 3)] * 3
    subscribers = [Subscriber(port, *kind) for kind in kinds]
    for subscriber in subscribers:
        subscriber.start()
    counts = [[], []]
    in_threads(lambda: publish(port, "a", "news", counts[0]),
               lambda: publish(port, "b", "news", counts[1]))
    with Connection(port) as connection:
        connection.ask("PUBLISH", "news", "end")
    for subscriber in subscribers:
        subscriber.join(60)
    problems = []
    if any(count != len(kinds) for count in counts[0] + counts[1]):
        problems.append("a PUBLISH counted other receivers than there were")
    wanted = [[f"{name}:{n}".encode() for n in range(MESSAGES)] for name in "ab"]
    for subscriber, kind in zip(subscribers, kinds):
        got = subscriber.payloads[:-1]
        for name, messages in zip((b"a:", b"b:"), wanted):
            if [each for each in got if each.startswith(name)] != messages:
                problems.append(f"{kind} got not all of {name.decode()} in order"
                                f" ({len(got)} messages, {subscriber.failure})")
        if got != subscribers[0].payloads[:-1]:
            problems.append(f"{kind} got another order than the first")
    return problems


def coming_and_going(port):
    problems, pieces = [], [0]
    over = threading.Event()

    def come_and_go():
        with Connection(port, timeout=60) as connection:
            while not over.is_set():
                connection.send(encoded("SUBSCRIBE", "news"))
                if connection.reply() != [b"subscribe", b"news", 1]:
                    problems.append("a subscription was not confirmed first")
                    return
                connection.send(encoded("PING") + encoded("UNSUBSCRIBE", "news"))
                got = []
                while True:
                    reply = connection.reply()
                    if reply[0] == b"unsubscribe":
                        break
                    if reply[0] == b"message":
                        got.append(int(reply[2].split(b":")[1]))
                if got and got != list(range(got[0], got[0] + len(got))):
                    problems.append(f"a piece with a gap: {got[:5]} … {got[-5:]}")
                    return
                pieces[0] += len(got)

    def flow():
        publish(port, "a", "news", [])
        over.set()

    in_threads(flow, come_and_go, come_and_go, come_and_go)
    with Connection(port) as connection:
        if connection.ask("PUBLISH", "news", "x") != 0:
            problems.append("somebody is still subscribed")
    if pieces[0] == 0:
        problems.append("nobody got anything")
    return problems


def resident_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0


def deaf_subscribers(port, pid):
    problems = []
    with Connection(port) as connection:
        connection.ask("CONFIG", "SET", "client-output-buffer-limit",
                       f"pubsub {LIMIT_MB}mb 0 0")
    before = resident_mb(pid)
    deaf = [Connection(port) for _ in range(DEAF)]
    for connection in deaf:
        connection.ask("SUBSCRIBE", "news")
    reader = Subscriber(port, "SUBSCRIBE", "news", 2)
    reader.start()
    payload = "x" * 50_000
    peak, sent = before, 0
    with Connection(port) as connection:
        deadline = time.monotonic() + 60
        while connection.ask("PUBLISH", "news", payload) > 1:
            sent += 1
            if sent % 20 == 0:
                peak = max(peak, resident_mb(pid))
            if time.monotonic() > deadline:
                problems.append("who never reads was not cut")
                break
        connection.ask("PUBLISH", "news", "end")
    reader.join(60)
    if len(reader.payloads) != sent + 2:
        problems.append(f"the reader got {len(reader.payloads)} of {sent + 2} messages")
    bound = before + DEAF * LIMIT_MB * 1.5 + 64
    if peak > bound:
        problems.append(f"{peak:.0f} MB resident, of {bound:.0f} allowed")
    print(f"  cut after {sent} messages of 50 KB; {before:.0f} MB before, {peak:.0f} at the peak")
    for connection in deaf:
        connection.close()
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    options = parser.parse_args()
    failed = 0
    with server_process.server_from(options) as server:
        tests = [
            ("all have one order", lambda: one_order(server.resp)),
            ("subscriptions come and go", lambda: coming_and_going(server.resp)),
            ("who never reads is cut", lambda: deaf_subscribers(server.resp, server.pids()[0])),
        ]
        for title, test in tests:
            start = time.monotonic()
            problems = test()
            failed += bool(problems)
            print(f"{'FAILED' if problems else 'ok':7}{time.monotonic() - start:5.1f} s  {title}")
            for problem in problems[:10]:
                print(f"  {problem}")
        if not server.is_running():
            print("the server ended under way")
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    server_process.exit_with(main)
