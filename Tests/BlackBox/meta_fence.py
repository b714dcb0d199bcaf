"""A proxy for memcached testers whose fence is `mg fence k O…`, before a server without meta
commands: it asks `get fence` instead, and says of the reply what mg would have said."""
import re
import socket
import threading

FENCE = re.compile(rb"mg fence k O(\w+)\r\n")
FOUND = b"VALUE fence 0 1\r\nx\r\nEND\r\n"


class MetaFence:
    """`with MetaFence(port) as fence:` serves at `fence.port`."""

    def __init__(self, upstream):
        self.upstream = upstream
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.upstream))
            for side in (client, server):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting = []
            for work in (self.requests, self.replies):
                threading.Thread(
                    target=work, args=(client, server, waiting), daemon=True).start()

    @staticmethod
    def requests(client, server, waiting):
        """Holds back what may be the beginning of a fence."""
        held = b""
        while data := receive(client):
            held += data
            while match := FENCE.search(held):
                waiting.append(match.group(1))
                server.sendall(held[:match.start()] + b"get fence\r\n")
                held = held[match.end():]
            cut = held.rfind(b"mg fence k O")
            if cut < 0:
                server.sendall(held)
                held = b""
            elif cut > 0:
                server.sendall(held[:cut])
                held = held[cut:]
        close(server)

    @staticmethod
    def replies(client, server, waiting):
        held = b""
        while data := receive(server):
            held += data
            while (at := held.find(FOUND)) >= 0 and waiting:
                told = b"HD kfence O" + waiting.pop(0) + b"\r\n"
                client.sendall(held[:at] + told)
                held = held[at + len(FOUND):]
            cut = next((len(held) - size for size in range(len(FOUND) - 1, 0, -1)
                        if held.endswith(FOUND[:size])), len(held))
            client.sendall(held[:cut])
            held = held[cut:]
        close(client)


def receive(side):
    try:
        return side.recv(65_536)
    except OSError:
        return b""


def close(side):
    try:
        side.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
