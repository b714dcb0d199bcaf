#!/usr/bin/env python3
"""What a server says when it cannot start: ten wrong configurations, a port in use, a data folder
without permission, a data folder in use.

    wrong_starts.py --binary .build/release/larder
    wrong_starts.py --self-test

Each must end soon with a status that is not 0 and a message that names what is wrong.
Exit status: 0 all did, 1 some did not.
"""
import argparse
import os
import pathlib
import pwd
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "BlackBox"))
import server_process

END_SECONDS = 10

# What is wrong, the file's text, the line to be named, and words of which the message holds each.
CONFIGURATIONS = [
    ("unknown key", "memry: { limit: 512mb }\n", 1, ["memry", "memory"]),
    ("unknown key inside", "memory:\n  limt: 512mb\n", 2, ["limt", "limit"]),
    ("size that is none", "memory: { limit: lots }\n", 1, ["limit", "lots"]),
    ("negative size", "memory: { limit: -5mb }\n", 1, ["limit", "-5mb"]),
    ("unknown policy", "memory: { policy: best }\n", 1, ["policy", "best", "s3fifo"]),
    ("duration that is none", "clients: { idle: soon }\n", 1, ["idle", "soon"]),
    ("port out of range", "listen: { resp: '127.0.0.1:99999' }\n", 1, ["resp", "99999"]),
    ("list for a number", "clients: { max: [1, 2] }\n", 1, ["max"]),
    ("not YAML", "memory: { limit: 512mb\nlisten: ]\n", 2, []),
    ("the same address twice",
     "listen: { resp: '127.0.0.1:{resp}', memcached: '127.0.0.1:{resp}' }\n", 1,
     ["memcached", "resp"]),
]


class Report:
    """Prints what was given and counts what was wrong."""

    def __init__(self):
        self.failed = 0
        self.total = 0

    def judge(self, what, complaints, given):
        self.total += 1
        self.failed += bool(complaints)
        print(f"{'FAILED' if complaints else 'ok'}  {what}")
        for line in given.strip().splitlines()[-6:]:
            print(f"        | {line}")
        for complaint in complaints:
            print(f"        ! {complaint}")


def attempt(report, what, command, words, user=None):
    """Runs a command that must fail, and judges how it does."""
    given, complaints = "", []
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=END_SECONDS, user=user,
            stdin=subprocess.DEVNULL)
        given = done.stderr + done.stdout
        if done.returncode == 0:
            complaints.append("exit status 0")
        if done.returncode < 0:
            complaints.append(f"it ended by signal {-done.returncode}")
        complaints += [f"the message does not say {word!r}" for word in words if word not in given]
        given += f"\nexit status {done.returncode}"
    except subprocess.TimeoutExpired as expired:
        given = (expired.stderr or b"").decode()
        complaints.append(f"it still ran after {END_SECONDS} s: it took what is wrong for right")
    report.judge(what, complaints, given)


def attempt_all(report, binary, base_flags):
    with tempfile.TemporaryDirectory(prefix="larder-test-") as folder:
        os.chmod(folder, 0o755)
        for number, (what, text, line, words) in enumerate(CONFIGURATIONS, 1):
            path = os.path.join(folder, f"wrong{number}.yaml")
            port = server_process.free_port()
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace("{resp}", str(port)))
            words = [f"{path}:{line}", *words]
            flags = [] if "listen" in text else base_flags()
            attempt(report, f"{what}: {text.strip()!r}",
                    [binary, "serve", path, *flags], words)
            attempt(report, f"{what}, by check", [binary, "check", path], words)
        without_permission(report, binary, base_flags, folder)


def without_permission(report, binary, base_flags, folder):
    """Root may write anywhere, so root tries as somebody else."""
    closed = os.path.join(folder, "closed")
    os.mkdir(closed, 0o555)
    user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
    try:
        attempt(report, "no permission on the data folder",
                [binary, "serve", *base_flags(), "--data", os.path.join(closed, "data")],
                ["closed", "ermission"], user=user)
    except PermissionError as error:
        report.judge("no permission on the data folder",
                     [f"not tried: {error}; 'nobody' cannot run the binary here"], "")


def beside_a_running_server(report, binary):
    with server_process.Server(binary) as server:
        other, data = server_process.free_port(), os.path.join(server.folder, "data")
        attempt(report, "port in use", [
            binary, "serve", "--listen.resp", f"127.0.0.1:{server.resp}", "--listen.memcached",
            f"127.0.0.1:{other}", "--data", os.path.join(server.folder, "other")],
            [str(server.resp), "in use"])
        attempt(report, "data folder in use", [
            binary, "serve", "--listen.resp", f"127.0.0.1:{server_process.free_port()}",
            "--listen.memcached", f"127.0.0.1:{other}", "--data", data], [data])
        complaints = [] if server.is_running() else ["it ended"]
        report.judge("the server that was there goes on", complaints, "")


def base_flags():
    return ["--listen.resp", f"127.0.0.1:{server_process.free_port()}",
            "--listen.memcached", f"127.0.0.1:{server_process.free_port()}"]


def self_test():
    """A program that takes anything must fail every case, and so must one that says nothing."""
    results = []
    for script in ("#!/bin/sh\nexec sleep 60\n", "#!/bin/sh\nexit 1\n", "#!/bin/sh\nexit 0\n"):
        with tempfile.TemporaryDirectory(prefix="larder-test-") as folder:
            os.chmod(folder, 0o755)
            path = os.path.join(folder, "wrong")
            with open(path, "w", encoding="utf-8") as file:
                file.write(script)
            os.chmod(path, 0o755)
            report = Report()
            global END_SECONDS
            END_SECONDS = 0.3
            attempt_all(report, path, base_flags)
            results.append(report.failed == report.total)
    print(f"self-test: wrong programs were {'' if all(results) else 'NOT '}noticed")
    return 0 if all(results) else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", help="the larder binary")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    if not options.binary:
        parser.error("say --binary PATH or --self-test")
    binary = os.path.abspath(options.binary)
    report = Report()
    attempt_all(report, binary, base_flags)
    beside_a_running_server(report, binary)
    print(f"{report.total - report.failed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    server_process.exit_with(main)
