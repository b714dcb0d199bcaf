"""Subscribers in a process of their own: connect, subscribe, read what comes, count its bytes.

    python3 -m larderbench.subscribers PORT COUNT CHANNEL

Writes one line when all have subscribed. Each line that it is sent is a number of bytes: it answers
with a line when so many have come since the last answer.
"""

import selectors
import socket
import sys

RECEIVE_BYTES = 1 << 18


def _subscribed(port: int, channel: str) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    client.sendall(f"SUBSCRIBE {channel}\r\n".encode())
    reply = b""
    while not reply.endswith(b":1\r\n"):
        reply += client.recv(4096)
    client.setblocking(False)
    return client


def _receive(selector: selectors.BaseSelector, wanted: int, received: int) -> int:
    """Reads until `wanted` bytes are there; those that are more than that."""
    buffer = bytearray(RECEIVE_BYTES)
    while received < wanted:
        for key, _ in selector.select():
            count = key.fileobj.recv_into(buffer)
            if count == 0:
                raise EOFError("the server closed a subscriber")
            received += count
    return received - wanted


def main() -> None:
    port, count, channel = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    selector = selectors.DefaultSelector()
    for _ in range(count):
        selector.register(_subscribed(port, channel), selectors.EVENT_READ)
    print("ready", flush=True)
    rest = 0
    for line in sys.stdin:
        rest = _receive(selector, int(line), rest)
        print("received", flush=True)


if __name__ == "__main__":
    main()
