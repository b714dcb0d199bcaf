#!/usr/bin/env python3
"""Compares replies with redis-server, byte by byte, with the tester resp_diff.py. For memcached see
memcached_numbers.py.

    differential.py --binary .build/release/larder --tools FOLDER 1 2 3 4 5
    differential.py --binary .build/release/larder --tools FOLDER --namespaces 1
    differential.py --stand-in --tools FOLDER --n 2000 1
    differential.py --self-test --tools FOLDER 1      with falsified replies

With --namespaces the server has namespaces with origins, of keys that the testers do not use: that
changes nothing. What the server does not know is left out, but only if it is in the list of later
commands below; whatever is left out is printed. Exit status: 0 no difference, 1 differences, 2 it
could not run.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "BlackBox"))
import elsewhere
import server_process
from tamper import Tampered
from wire import Connection, ErrorReply

# The tester's name of a request, and the command without which it is skipped.
LATER = {"WATCH": "WATCH", "UNWATCH": "UNWATCH"}
# The raw protocol cases that need these.
RAW_NEEDS = ["MULTI", "EXEC"]
RESP_GROUPS = "strings,expiry,keyspace,bits,proto,tx"
LARGE_VALUES = pathlib.Path(__file__).resolve().parent / "large_values.py"


def knows(port, command):
    with Connection(port) as connection:
        try:
            connection.ask(command, *["x"] * 30)
        except ErrorReply as error:
            return "unknown command" not in str(error)
        except EOFError:
            pass
        return True


def run_tester(command, excused):
    """Runs a tester; returns the differences that are not excused."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        done = subprocess.run(
            [sys.executable, *command, "--json", report.name], text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        if done.returncode not in (0, 1):
            raise server_process.StartFailure(f"{command[0]} ended with {done.returncode}:\n"
                                              + done.stdout[-2_000:])
        result = json.loads(pathlib.Path(report.name).read_text())
    print("  " + done.stdout.splitlines()[0], flush=True)
    differences = [found for found in result["diffs"] if not excused(found)]
    for found in differences[:10]:
        print("    " + json.dumps(found))
    return len(differences)


def compare_resp(options, server, reference):
    known = {name: knows(server.resp, name) for name in {*LATER.values(), *RAW_NEEDS}}
    skipped = [name for name, command in LATER.items() if not known[command]]
    excuses = not all(known[name] for name in RAW_NEEDS)
    if excuses:
        print("  without " + " ".join(name for name in RAW_NEEDS if not known[name])
              + ": two raw cases with RESET are excused")
    print("  skipped: " + (",".join(skipped) or "nothing"))
    differences = 0
    for protocol in ("2", "3"):
        for seed in options.seeds:
            differences += run_tester(
                [str(options.tools / "resp_diff.py"), "--ref", f"127.0.0.1:{reference.resp}",
                 "--sut", f"127.0.0.1:{server.resp}", "--seed", str(seed), "--n", str(options.n),
                 "--groups", RESP_GROUPS, "--protocol", protocol, "--skip", ",".join(skipped)],
                lambda found: excuses and found["cmd"][0] == "b'@RAW'" and "RESET" in
                found["cmd"][1])
            differences += run_tester(
                [str(LARGE_VALUES), str(options.tools), "--ref", f"127.0.0.1:{reference.resp}",
                 "--sut", f"127.0.0.1:{server.resp}", "--seed", str(seed), "--n",
                 str(options.n // 4), "--protocol", protocol], lambda _: False)
    return differences


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="the testers' folder")
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument(
        "--self-test", action="store_true", help="with falsified replies, which must be noticed")
    parser.add_argument(
        "--namespaces", action="store_true", help="with namespaces and origins of other keys")
    parser.add_argument("seeds", nargs="+", type=int)
    options = parser.parse_args()
    if not shutil.which("redis-server"):
        raise server_process.StartFailure("redis-server is missing: apt-get install redis-server")
    flags = [] if options.stand_in else ["--memory.max-value", "512mb"]
    with elsewhere.file(options.namespaces) as file:
        flags += file
        server = (server_process.Server() if options.stand_in or options.self_test
                  else server_process.server_from(options, memory="2gb", flags=flags))
        if options.self_test:
            options.n, server = 600, Tampered(server_process.Server())
        with server_process.Server() as reference, server:
            differences = compare_resp(options, server, reference)
            alive = server.is_running()
    if options.self_test:
        print(f"self-test: falsified replies were {'' if differences else 'NOT '}noticed")
        return 0 if differences else 1
    print(f"{differences} differences" + ("" if alive else "; the server ended"))
    return 0 if differences == 0 and alive else 1


if __name__ == "__main__":
    server_process.exit_with(main)
