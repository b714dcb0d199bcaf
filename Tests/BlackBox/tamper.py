"""Puts a proxy that falsifies replies now and then before a right server, to prove that a test of
replies can fail."""
import itertools
import re
import socket
import threading

RARITY = 4
FALSIFIED = {b":": b":424242\r\n", b"S": b"NOT_STORED\r\n"}
# The head of a reply with a value: the number of its bytes comes last.
VALUE = re.compile(rb"(?:\$|VALUE \S+ \d+ )([1-9]\d*)\r\n")


class Proxy:
    """Every fourth reply that is a number, STORED, or a value becomes another."""

    def __init__(self, upstream):
        self.upstream = upstream
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.counter = itertools.count(1)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.upstream))
            for source, target, change in (
                    (client, server, lambda data: data), (server, client, self.changed)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(
                    target=self.relay, args=(source, target, change), daemon=True).start()

    def changed(self, data):
        value = VALUE.match(data)
        if not value and not data.startswith((b":", b"STORED\r\n")):
            return data
        if next(self.counter) % RARITY:
            return data
        if not value:
            return FALSIFIED[data[:1]] + data[data.index(b"\r\n") + 2:]
        last = min(value.end() + int(value[1]), len(data)) - 1
        return data[:last] + bytes([data[last] ^ 1]) + data[last + 1:]

    @staticmethod
    def relay(source, target, change):
        try:
            while data := source.recv(65_536):
                target.sendall(change(data))
        except OSError:
            pass
        for side in (source, target):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Tampered:
    """Wraps a server: the same, but reached through falsifying proxies."""

    def __init__(self, server):
        self.server = server

    def start(self):
        self.server.start()
        self.proxies = [Proxy(self.server.resp), Proxy(self.server.text)]
        self.resp, self.text = (proxy.port for proxy in self.proxies)
        return self

    def stop(self):
        for proxy in self.proxies:
            proxy.listener.close()
        return self.server.stop()

    def is_running(self):
        return self.server.is_running()

    def log(self):
        return self.server.log()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
