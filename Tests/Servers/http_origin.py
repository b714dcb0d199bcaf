"""An HTTP server for the tests of origins, good and bad by the path.

    http_origin.py [--port N] [--name TEXT] [--tls CERTIFICATE KEY] [--http2 STREAMS]

It prints its port and ends when its standard input does. With --http2 it answers a request when
that many are open on one connection.
"""
import argparse
import gzip
import os
import socket
import ssl
import struct
import sys
import threading
import urllib.parse
import zlib

store, gates, lock = {}, {}, threading.Lock()
counts = {"connections": 0, "requests": 0, "aborted": 0, "trickles": 0}


def gate(name):
    with lock:
        return gates.setdefault(name, threading.Event())


def count(name):
    with lock:
        counts[name] = counts.get(name, 0) + 1


class Request:
    def __init__(self, stream):
        line = stream.readline()
        # Not so what a client of TLS says, or one that has gone.
        self.is_whole = line.count(b" ") == 2
        if not self.is_whole:
            return
        self.line = line.decode("latin-1").strip()
        self.method, self.target, _ = self.line.split(" ", 2)
        self.headers = {}
        while (header := stream.readline().strip()):
            name, value = header.decode("latin-1").split(":", 1)
            self.headers[name.lower()] = value.strip()
        self.body = stream.read(int(self.headers.get("content-length", 0)))
        url = urllib.parse.urlsplit(self.target)
        self.parts = url.path.split("/")[1:]
        self.query = urllib.parse.parse_qsl(url.query, keep_blank_values=True)

    def number(self):
        return int(self.parts[1])


def answer(connection, status, body=b"", headers=(), length=True):
    lines = [f"HTTP/1.1 {status} x"] + [f"{name}: {value}" for name, value in headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)
    return True


def kv(c, r):
    name = r.target
    if r.method == "PUT":
        store[name] = r.body
        return answer(c, 201)
    if r.method == "DELETE":
        return answer(c, 200 if store.pop(name, None) is not None else 404)
    return answer(c, 200, store[name]) if name in store else answer(c, 404, b"none")


def echo(c, r):
    lines = [r.line] + [f"{name}: {value}" for name, value in r.headers.items()]
    return answer(c, 200, "\n".join(lines).encode("latin-1"))


def headed(c, r):
    """The headers of the answer are the query's; 304 if the tag or date is the request's."""
    headers = dict(r.query)
    same = (r.headers.get("if-none-match"), r.headers.get("if-modified-since"))
    if any(x and x in (headers.get("ETag"), headers.get("Last-Modified")) for x in same):
        count("unchanged")
        return answer(c, 304, headers=r.query, length=False)
    return answer(c, 200, b"body", r.query)


def trickle(c, r):
    c.sendall(b"HTTP/1.1 200 x\r\nContent-Length: 1000000\r\n\r\n")
    count("trickles")
    never = threading.Event()
    while not never.wait(0.02):
        c.sendall(b"x")


def hang(c, r):
    if c.recv(1) == b"":
        count("aborted")
    return False


def chunked(c, r):
    c.sendall(b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n")
    left = r.number()
    while left > 0:
        size = min(left, 65536)
        c.sendall(b"%x\r\n" % size + b"c" * size + b"\r\n")
        left -= size
    c.sendall(b"0\r\n\r\n")
    return True


def zipped(c, r):
    packer, left, pieces = zlib.compressobj(9, zlib.DEFLATED, 31), r.number(), []
    while left > 0:
        pieces.append(packer.compress(bytes(min(left, 1 << 20))))
        left -= 1 << 20
    body = b"".join(pieces) + packer.flush()
    return answer(c, 200, body, [("Content-Encoding", "gzip")])


def cut_zip(c, r):
    body = gzip.compress(os.urandom(20000))[:10000]
    return answer(c, 200, body, [("Content-Encoding", "gzip")])


def wait(c, r):
    count("requests")
    gate(r.parts[1] + "-came").set()
    gate(r.parts[1]).wait()
    return answer(c, 200, b"waited")


def opened(c, r):
    gate(r.parts[1]).set()
    return answer(c, 200, b"open")


def await_arrival(c, r):
    gate(r.parts[1] + "-came").wait()
    return answer(c, 200, b"came")


def raw(text, stays=False):
    def send(c, r):
        c.sendall(text)
        return stays
    return send


def redirect(c, r):
    left = r.number()
    if left == 0:
        return answer(c, 200, b"end")
    return answer(c, 302, headers=[("Location", f"/redirect/{left - 1}")])


ROUTES = {
    "kv": kv,
    "echo": echo,
    "headed": headed,
    "trickle": trickle,
    "hang": hang,
    "chunked": chunked,
    "zipped": zipped,
    "cut-zip": cut_zip,
    "wait": wait,
    "open": opened,
    "await": await_arrival,
    "redirect": redirect,
    "loop": lambda c, r: answer(c, 302, headers=[("Location", "/loop")]),
    "away": lambda c, r: answer(c, 302, headers=[("Location", r.query[0][1])]),
    "status": lambda c, r: answer(c, r.number(), b"text of the server"),
    "size": lambda c, r: answer(c, 200, b"s" * r.number()),
    "no-content": lambda c, r: answer(c, 204, length=False),
    "big-head": lambda c, r: answer(c, 200, b"", [(f"X-{i}", "y" * 1000) for i in range(200)]),
    "truncated": raw(b"HTTP/1.1 200 x\r\nContent-Length: 100\r\n\r\nonly this"),
    "truncated-chunk": raw(b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nonly"),
    "truncated-head": raw(b"HTTP/1.1 200 x\r\nContent-Le"),
    "undelimited": raw(b"HTTP/1.1 200 x\r\n\r\nall of it?"),
    "endless-length": raw(
        b"HTTP/1.1 200 x\r\nContent-Length: 99999999999999999999\r\n\r\nonly this"),
    "two-lengths": raw(
        b"HTTP/1.1 200 x\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nok??"),
    "long-line": raw(b"HTTP/1.1 200 x\r\nX-Long: " + b"y" * 200_000
                     + b"\r\nContent-Length: 2\r\n\r\nok"),
    "garbage": raw(b"\x00\x01\x02 this is not HTTP\r\n\r\n"),
    "nothing": raw(b""),
    "interim": raw(b"HTTP/1.1 103 x\r\nETag: early\r\n\r\n"
                   b"HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\nok", stays=True),
}


def serve(connection, arguments):
    stream = connection.makefile("rb")
    try:
        while (request := Request(stream)).is_whole:
            count("requests")
            route = request.parts[0]
            if route == "counts":
                text = " ".join(f"{name}={value}" for name, value in counts.items())
                is_open = answer(connection, 200, text.encode())
            elif route == "name":
                is_open = answer(connection, 200, arguments.name.encode())
            else:
                is_open = ROUTES[route](connection, request)
            if not is_open:
                break
    except OSError:
        count("aborted")
    finally:
        stream.close()
        connection.close()


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(
        ">I", stream) + payload


def serve_http2(connection, arguments):
    stream = connection.makefile("rb")
    stream.read(24)
    connection.sendall(frame(4, 0, 0))
    waiting = []
    while len(head := stream.read(9)) == 9:
        payload = stream.read(int.from_bytes(head[:3], "big"))
        kind, flags = head[3], head[4]
        if kind == 4 and not flags & 1:
            connection.sendall(frame(4, 1, 0))
        if kind == 6 and not flags & 1:
            connection.sendall(frame(6, 1, 0, payload))
        if kind == 1:
            count("requests")
            waiting.append(int.from_bytes(head[5:], "big"))
        if len(waiting) == arguments.http2:
            for number in waiting:
                body = f"connections={counts['connections']}".encode()
                connection.sendall(frame(1, 4, number, b"\x88") + frame(0, 1, number, body))
            waiting = []


def run(raw_connection, context, arguments):
    count("connections")
    try:
        raw_connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = raw_connection
        if context:
            connection = context.wrap_socket(raw_connection, server_side=True)
        (serve_http2 if arguments.http2 else serve)(connection, arguments)
    except OSError:
        raw_connection.close()


def end_with_input():
    sys.stdin.read()
    os._exit(0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--name", default="")
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--http2", type=int, default=0)
    arguments = parser.parse_args()
    context = None
    if arguments.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*arguments.tls)
        if arguments.http2:
            context.set_alpn_protocols(["h2"])
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", arguments.port))
    listener.listen(256)
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=end_with_input, daemon=True).start()
    while True:
        connection, _ = listener.accept()
        threading.Thread(
            target=run, args=(connection, context, arguments), daemon=True).start()


main()
