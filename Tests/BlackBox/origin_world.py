"""A server with two origins, an HTTP service and a SQLite file, and a crowd of clients that say
what they see; for Tests/Acceptance/origins.py.
"""
import collections
import os
import random
import shutil
import sqlite3
import tempfile
import threading
import time
import urllib.request

import server_process
from origin_process import Origin
from wire import Connection, ErrorReply

CLIENTS = 50
KEYS = 40
HTTP_LIMIT, SQL_LIMIT = 8, 4
MEMORY_MIB = 64

CONFIGURATION = """
clients: {{ memory: 64mb }}
origins:
  web: {{ http: "{url}", limit: {http}, timeout: 400ms, connect-timeout: 300ms }}
  file: {{ sqlite: "{path}", limit: {sql}, timeout: 400ms }}
namespaces:
  - match: "page:{{id}}"
    origin: {{ use: web, get: "/page/{{id}}", set: "/page/{{id}}", delete: "/page/{{id}}" }}
    ttl: 200ms
    stale: 100ms
    stale-if-error: 1h
    negative-ttl: 100ms
    wait: 1s
  - match: "fresh:{{id}}"
    origin: {{ use: web, get: "/fresh/{{id}}" }}
    ttl: 1h
  - match: "cold:{{id}}"
    origin: {{ use: web, get: "/cold/{{id}}" }}
    ttl: 1h
    negative-ttl: 0s
    wait: 1s
  - match: "row:{{id}}"
    origin:
      use: file
      get: "SELECT body FROM rows WHERE id = {{id}}"
      get-many: "SELECT id, body FROM rows WHERE id IN (SELECT value FROM json_each({{id}}))"
      set: >-
        INSERT INTO rows (id, body) VALUES ({{id}}, {{value}})
        ON CONFLICT (id) DO UPDATE SET body = excluded.body
    ttl: 200ms
    stale-if-error: 1h
    wait: 1s
"""


class Tally:
    """What all clients saw in one part of the test."""

    def __init__(self):
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.faults = []
        self.slowest = 0.0

    def note(self, kind, seconds=0.0):
        with self.lock:
            self.counts[kind] += 1
            self.slowest = max(self.slowest, seconds)

    def fault(self, text):
        with self.lock:
            self.faults.append(text)

    def __str__(self):
        parts = [f"{kind} {count}" for kind, count in sorted(self.counts.items())]
        return ", ".join(parts) + f"; slowest {self.slowest * 1000:.0f} ms"


class TextConnection:
    """memcached text, with the calls of wire.Connection that are needed here."""

    def __init__(self, port):
        self.connection = Connection(port, timeout=30)

    def ask(self, verb, key, value=None):
        if verb == "SET":
            data = value.encode()
            self.connection.send(b"set %s 0 0 %d\r\n%s\r\n" % (key.encode(), len(data), data))
        else:
            self.connection.send(b"get %s\r\n" % key.encode())
        line = self.line()
        if line.startswith(b"SERVER_ERROR origin"):
            raise ErrorReply("ORIGIN" + line[len("SERVER_ERROR origin"):].decode())
        if line == b"END":
            return None
        if line == b"STORED":
            return b"OK"
        if not line.startswith(b"VALUE "):
            raise ErrorReply(line.decode())
        body = self.connection.file.read(int(line.split()[3]) + 2)[:-2]
        if self.line() != b"END":
            raise ValueError("no END")
        return body

    def line(self):
        line = self.connection.file.readline()
        if not line.endswith(b"\r\n"):
            raise EOFError("the server closed the connection")
        return line[:-2]


def value_of(key, version):
    return f"{key}={version}"


def is_value_of(key, value):
    name, _, version = value.decode().partition("=")
    return name == key and version.isdigit()


class World:
    """The server, its origins, and the clients' way to say what they see."""

    def __init__(self, binary):
        self.folder = tempfile.mkdtemp(prefix="larder-origins-")
        self.origin = Origin(self.folder)
        self.path = os.path.join(self.folder, "rows.db")
        file = os.path.join(self.folder, "larder.yaml")
        with open(file, "w") as text:
            text.write(CONFIGURATION.format(
                url=self.origin.url, path=self.path, http=HTTP_LIMIT, sql=SQL_LIMIT))
        self.server = server_process.Server(binary, flags=[file], memory=f"{MEMORY_MIB}mb")
        self.versions = collections.Counter()
        # Larder's own mistakes, made by us to see that they are noticed.
        self.falsify = lambda key, value: value

    def __enter__(self):
        self.make_file(self.path, "1")
        self.origin.start()
        for number in range(KEYS):
            for kind in ("page", "fresh"):
                key = f"{kind}:{number}"
                request = urllib.request.Request(
                    f"{self.origin.url}/{kind}/{number}", method="PUT",
                    data=value_of(key, 1).encode())
                urllib.request.urlopen(request, timeout=20).close()
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.kill()
        self.origin.__exit__()
        shutil.rmtree(self.server.folder, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_file(self, path, version):
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("CREATE TABLE rows (id TEXT PRIMARY KEY, body TEXT)")
            database.executemany("INSERT INTO rows VALUES (?, ?)", [
                (str(number), value_of(f"row:{number}", version)) for number in range(KEYS)])
        database.close()

    def connection(self, number):
        return Connection(self.server.resp, timeout=30) if number % 2 == 0 else TextConnection(
            self.server.text)

    def resident_mib(self):
        with open(f"/proc/{self.server.pids()[0]}/status") as status:
            line = next(line for line in status if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024


def ask(world, connection, key, tally, value=None):
    """One request, judged as far as the key alone tells. Returns what kind of answer it was."""
    kind = key.partition(":")[0]
    begin = time.monotonic()
    try:
        reply = connection.ask("GET", key) if value is None else connection.ask("SET", key, value)
        answer = "value" if reply is not None else "null"
        if value is None:
            reply = world.falsify(key, reply)
        if value is None and reply is not None and not is_value_of(key, reply):
            tally.fault(f"{key} was {reply[:60]!r}")
    except ErrorReply as error:
        words = str(error).split()
        answer = words[-1] if words[0] == "ORIGIN" else "error"
        if words[0] != "ORIGIN":
            tally.fault(f"{key}: {error}")
    verb = "get" if value is None else "set"
    tally.note(f"{verb} {kind} {answer}", time.monotonic() - begin)
    return answer


def live(world, number, kinds, tally, end, writes):
    """A client's life: most are reads. What is cached may neither fail nor be null."""
    draw = random.Random(number)
    try:
        connection = world.connection(number)
        while not end.is_set():
            kind = draw.choice(kinds)
            key = f"{kind}:{draw.randrange(KEYS)}" if kind != "cold" else (
                f"cold:{draw.randrange(1 << 40)}")
            if writes and kind in ("page", "row") and draw.random() < 0.02:
                ask(world, connection, key, tally, value_of(key, draw.randrange(1 << 30)))
                continue
            answer = ask(world, connection, key, tally)
            if kind == "cold" and answer == "value":
                tally.fault(f"{key} is nowhere, and had a value")
            if kind != "cold" and answer == "null":
                tally.fault(f"{key} was null, which the origin never said")
            if kind == "fresh" and answer != "value":
                tally.fault(f"{key} is cached and fresh, and was {answer}")
            if not writes and kind != "cold" and answer != "value":
                tally.fault(f"{key} may be served while the origin fails, and was {answer}")
    except (OSError, EOFError, ValueError) as error:
        tally.fault(f"a client was cut off: {error!r}")


class Crowd:
    """Fifty clients while a block runs."""

    def __init__(self, world, title, kinds, writes=False):
        self.world, self.title = world, title
        self.tally, self.end = Tally(), threading.Event()
        self.threads = [
            threading.Thread(target=live, args=(world, number, kinds, self.tally, self.end, writes))
            for number in range(CLIENTS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self.tally

    def __exit__(self, *error):
        self.end.set()
        for thread in self.threads:
            thread.join()
        if not self.world.server.is_running():
            self.tally.fault(f"the server ended\n{self.world.server.log()[-2_000:]}")
        print(f"    {self.title}: {self.tally}", flush=True)
