"""Starts and stops the servers that black-box tests talk to, on free ports of loopback."""
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

START_SECONDS = 20
STOP_SECONDS = 20


class StartFailure(Exception):
    """The server did not come to answer."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_answer(port, process, deadline, request, answer):
    """Polls until the port answers. A refused connection is asked again, not waited for."""
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StartFailure(f"exited with {process.returncode} before it answered")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(request)
                if connection.recv(64).startswith(answer):
                    return
        except OSError:
            time.sleep(0.01)
    raise StartFailure(f"did not answer {request.strip().decode()} within {START_SECONDS} s")


def wait_for_ping(port, process, deadline):
    wait_for_answer(port, process, deadline, b"PING\r\n", b"+PONG")


def wait_for_version(port, process, deadline):
    """The same in memcached text."""
    wait_for_answer(port, process, deadline, b"version\r\n", b"VERSION")


def report(title, faults):
    """Prints a line, and the first faults. Returns 1 when there are some, otherwise 0."""
    print(f"{'FAILED' if faults else 'ok':7} {title}", flush=True)
    for fault in faults[:5]:
        print(f"        ! {fault}", flush=True)
    return 1 if faults else 0


def exit_with(main):
    """Ends the program with main's status, or with 2 when the server did not start."""
    try:
        sys.exit(main())
    except StartFailure as failure:
        print(f"cannot test: {failure}", file=sys.stderr)
        sys.exit(2)


class Server:
    """One process, or two for the stand-in: redis-server for RESP and memcached for its text.

    `with Server(binary) as server:` gives `server.resp` and `server.text`, the two ports.
    """

    def __init__(self, binary=None, flags=(), memory="256mb"):
        self.binary = binary
        self.flags = list(flags)
        self.memory = memory
        self.folder = tempfile.mkdtemp(prefix="larder-test-")
        self.resp, self.text = free_port(), free_port()
        self.processes = []
        self.log_path = os.path.join(self.folder, "log")

    def commands(self):
        if self.binary:
            return [[
                self.binary, "serve", "--listen.resp", f"127.0.0.1:{self.resp}",
                "--listen.memcached", f"127.0.0.1:{self.text}",
                "--data", os.path.join(self.folder, "data"), "--memory.limit", self.memory,
                *self.flags]]
        return [
            ["redis-server", "--port", str(self.resp), "--save", "", "--dir", self.folder,
             "--maxclients", "15000", "--client-output-buffer-limit", "normal", "64mb", "32mb",
             "5"],
            ["memcached", "-u", "nobody", "-l", "127.0.0.1", "-p", str(self.text), "-t", "2",
             "-c", "15000"]]

    def start(self):
        with open(self.log_path, "ab") as log:
            for command in self.commands():
                self.processes.append(
                    subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL))
        deadline = time.monotonic() + START_SECONDS
        try:
            wait_for_ping(self.resp, self.processes[0], deadline)
            wait_for_version(self.text, self.processes[-1], deadline)
        except StartFailure as failure:
            self.kill()
            raise StartFailure(f"{self.commands()[0][0]} {failure}\n{self.log()}") from None
        return self

    def stop(self):
        """Asks it to end by SIGTERM and returns the first exit status that is not 0, or 0."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        statuses = []
        for process in self.processes:
            try:
                statuses.append(process.wait(timeout=STOP_SECONDS))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                statuses.append("still running %d s after SIGTERM" % STOP_SECONDS)
        if not self.binary:  # memcached ends by the signal; that is its way
            statuses = [0 if status == -signal.SIGTERM else status for status in statuses]
        shutil.rmtree(self.folder, ignore_errors=True)
        return next((status for status in statuses if status != 0), 0)

    def kill(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()

    def is_running(self):
        return all(process.poll() is None for process in self.processes)

    def pids(self):
        return [process.pid for process in self.processes]

    def log(self):
        with open(self.log_path, "rb") as log:
            return log.read().decode("utf-8", "replace")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.processes and any(process.poll() is None for process in self.processes):
            self.stop()


def add_arguments(parser):
    """The two ways to say what is tested."""
    parser.add_argument("--binary", help="the larder binary")
    parser.add_argument(
        "--stand-in", action="store_true",
        help="test redis-server and memcached instead, to prove the test itself")


def server_from(options, **settings):
    if bool(options.binary) == options.stand_in:
        raise SystemExit("say either --binary PATH or --stand-in")
    if options.binary and not os.access(options.binary, os.X_OK):
        raise SystemExit(f"{options.binary} is not an executable: build it first (swift build)")
    return Server(None if options.stand_in else options.binary, **settings)
