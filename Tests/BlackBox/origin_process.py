"""Starts, kills, stops and steers Tests/Servers/troubled_origin.py."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import urllib.request

from server_process import StartFailure, free_port

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "Servers" / "troubled_origin.py"


class Origin:
    """The service on one port, whatever becomes of its process. Its data outlive it."""

    def __init__(self, folder):
        self.data = os.path.join(folder, "origin.data")
        self.port = free_port()
        self.process = None
        # Of processes that are gone.
        self.past = {}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT), "--data", self.data, "--port", str(self.port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != str(self.port):
            raise StartFailure("the origin did not start")
        return self

    def kill(self):
        """As kill -9 does it."""
        self.add(self.numbers() if self.process.poll() is None else {})
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def restart(self):
        self.kill()
        self.start()

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)

    def awaken(self):
        self.process.send_signal(signal.SIGCONT)

    def mood(self, name):
        self.control(f"mood/{name}")

    def control(self, path):
        with urllib.request.urlopen(f"{self.url}/control/{path}", timeout=20) as answer:
            return json.load(answer)

    def numbers(self):
        return self.control("counts")

    def add(self, numbers):
        for name, count in numbers.items():
            old = self.past.get(name, 0)
            self.past[name] = (
                max(old, count) if name.startswith("most") else old + count)

    def counts(self):
        """The numbers of all its processes."""
        self.add({})
        past, now = dict(self.past), self.numbers()
        self.add(now)
        (total, self.past) = (self.past, past)
        return total

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.awaken()
            self.kill()
