"""An HTTP service that keeps what it was given, for tests that kill it, stop it and make it ill.

    troubled_origin.py --data FILE [--port N]

It prints its port and ends when its standard input does. Any path may be read, written and deleted.
What was confirmed is in FILE before the answer, so that it outlives a kill. Of /control:

    GET /control/mood/NAME     well, slow (50 to 150 ms), failing (half of all are 503, half of
                               those writes are done all the same), hanging (no answer for a second
                               or until the other side gives up)
    GET /control/counts        the numbers of this process, as JSON
"""
import argparse
import http.server
import json
import os
import random
import select
import socketserver
import sys
import threading
import time

lock = threading.Lock()
values = {}
state = {"mood": "well", "busy_loads": 0, "most_loads": 0,
         "busy_writes": 0, "most_writes": 0, "loads": 0, "writes": 0, "failed": 0}
NUMBERS = ("most_loads", "most_writes", "loads", "writes", "failed")


def read(path):
    """What was confirmed before; a last line that is not whole was not."""
    if not os.path.exists(path):
        return
    whole = 0
    with open(path, "rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                key, _, value = line[:-1].partition(b"\t")
                keep(key.decode(), bytes.fromhex(value[1:].decode()) if value else None)
                whole += len(line)
    os.truncate(path, whole)


def keep(key, value):
    if value is None:
        values.pop(key, None)
    else:
        values[key] = value


def change(file, key, value):
    with lock:
        text = b"" if value is None else b"=" + value.hex().encode()
        file.write(key.encode() + b"\t" + text + b"\n")
        file.flush()
        keep(key, value)
        state["writes"] += 1


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    data = None

    def setup(self):
        super().setup()
        self.connection.setsockopt(6, 1, 1)  # TCP_NODELAY

    def log_message(self, *_):
        pass

    def answer(self, status, body=b""):
        self.wfile.write(b"HTTP/1.1 %d x\r\nContent-Length: %d\r\n\r\n%s"
                         % (status, len(body), body))

    def control(self):
        words = self.path.split("/")[2:]
        with lock:
            if words[0] == "mood":
                state["mood"] = words[1]
            numbers = {name: state[name] for name in NUMBERS}
        self.answer(200, json.dumps(numbers).encode())

    def troubled(self, work):
        """Does the work as the mood is, counted."""
        kind = "loads" if self.command == "GET" else "writes"
        with lock:
            state["busy_" + kind] += 1
            state["most_" + kind] = max(state["most_" + kind], state["busy_" + kind])
            mood = state["mood"]
        try:
            if mood == "hanging":
                # Nothing more comes on this connection but its end.
                select.select([self.connection], [], [], 1)
            elif mood == "slow":
                time.sleep(random.uniform(0.05, 0.15))
            if mood == "failing" and random.random() < 0.5:
                if self.command != "GET" and random.random() < 0.5:
                    work()
                with lock:
                    state["failed"] += 1
                reply = (503, b"ill")
            else:
                reply = work()
        finally:
            with lock:
                state["busy_" + kind] -= 1
        self.answer(*reply)

    def load(self):
        with lock:
            state["loads"] += 1
            value = values.get(self.path)
        return (200, value) if value is not None else (404, b"none")

    def do_GET(self):
        if self.path.startswith("/control/"):
            return self.control()
        self.troubled(self.load)

    def do_PUT(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.write(body)

    def do_DELETE(self):
        self.write(None)

    def write(self, value):
        def work():
            change(self.data, self.path, value)
            return 200, b""
        self.troubled(work)


class Service(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 1024

    def handle_error(self, *_):
        pass


def end_with_input():
    sys.stdin.read()
    os._exit(0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    read(arguments.data)
    Handler.data = open(arguments.data, "ab")
    threading.Thread(target=end_with_input, daemon=True).start()
    with Service(("127.0.0.1", arguments.port), Handler) as service:
        print(service.server_address[1], flush=True)
        service.serve_forever()


main()
