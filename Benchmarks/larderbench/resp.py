"""Just enough of a RESP client for INFO and FLUSHALL."""

import socket


class RespClient:
    def __init__(self, port: int):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._reader = self._socket.makefile("rb")

    def __enter__(self) -> "RespClient":
        return self

    def __exit__(self, *_) -> None:
        self._reader.close()
        self._socket.close()

    def ask(self, *words: str) -> str:
        """The reply of a command that answers with one string or number."""
        parts = "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        self._socket.sendall(f"*{len(words)}\r\n{parts}".encode())
        line = self._reader.readline().decode().rstrip("\r\n")
        if line[:1] == "$":
            return self._reader.read(int(line[1:]) + 2)[:-2].decode()
        return line

    def information(self, section: str) -> dict[str, str]:
        lines = self.ask("INFO", section).splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)
