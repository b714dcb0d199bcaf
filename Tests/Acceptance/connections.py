#!/usr/bin/env python3
"""Plays scenarios of several connections on redis-server and on larder, step by step, and compares
every reply byte for byte.

    connections.py --binary .build/release/larder
    connections.py --binary .build/release/larder watch 'pubsub*'     these files only
    connections.py --stand-in                       redis against redis, to prove the scenarios
    connections.py --self-test                      with falsified replies, which must be noticed

The scenarios are in scenarios/*.txt; how they are written stands in ../BlackBox/scenario.py.
Exit status: 0 no difference, 1 differences, 2 it could not run.
"""
import argparse
import fnmatch
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "BlackBox"))
import scenario
import server_process
from tamper import Tampered
from wire import Connection, ErrorReply


def knows(port, command):
    """Whether the server has a command, or a subcommand: `CLIENT PAUSE`."""
    with Connection(port) as connection:
        try:
            connection.ask(*command.split(), *["x"] * 30)
        except ErrorReply as error:
            return not str(error).startswith(("ERR unknown command '", "ERR unknown subcommand '"))
        except EOFError:
            pass
        return True


def clean(server):
    """Every scenario begins with an empty server, and with its usual settings."""
    with Connection(server.resp) as connection:
        connection.ask("FLUSHALL")


def play(one, server, protocol):
    clean(server)
    return scenario.Play(server, protocol).run(one)


def difference(reference, tested):
    """The first place where two transcripts differ; `None` when they are equal."""
    for wanted, found in zip(reference, tested):
        if wanted != found:
            place, step, reply = wanted
            return (f"    {place}: {step[:100]}\n      redis  {reply[:300]!r}\n"
                    f"      larder {found[2][:300]!r}")
    return None


class Tally:
    def __init__(self):
        self.equal, self.different, self.known, self.left_out = 0, [], [], []

    def note(self, one, protocol, found):
        name = f"{one.title} (RESP{protocol}, {one.place})"
        lack = one.marks.get("lacks")
        if found is None and lack:
            self.different.append(
                f"{name}\n    is equal now: its mark '! lacks {lack}' has to go")
        elif found is None:
            self.equal += 1
        elif lack:
            self.known.append(f"{name}: {lack}")
        else:
            self.different.append(f"{name}\n{found}")


def compare(scenarios, reference, server, verbose=False):
    tally = Tally()
    known = {}
    for one in scenarios:
        need = one.marks.get("needs")
        if need and need not in known:
            known[need] = knows(server.resp, need)
        if need and not known[need]:
            tally.left_out.append(f"{one.title} ({one.place}): there is no {need}")
            continue
        for protocol in (2, 3):
            if one.runs_in(protocol):
                start = time.monotonic()
                found = difference(play(one, reference, protocol), play(one, server, protocol))
                tally.note(one, protocol, found)
                if verbose:
                    print(f"{time.monotonic() - start:6.2f} s  {one.title} ({one.place})")
    return tally


def chosen(patterns):
    files = sorted((HERE / "scenarios").glob("*.txt"))
    names = [path for path in files
             if not patterns or any(fnmatch.fnmatch(path.stem, each) for each in patterns)]
    return [one for path in names for one in scenario.read(path)]


def report(tally):
    for title, lines in (("left out", tally.left_out), ("known to differ", tally.known)):
        for line in lines:
            print(f"{title}: {line}")
    for text in tally.different:
        print(f"DIFFERENT {text}")
    print(f"{tally.equal} equal, {len(tally.different)} different, {len(tally.known)} known to "
          f"differ, {len(tally.left_out)} left out")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    parser.add_argument(
        "--self-test", action="store_true", help="with falsified replies, which must be noticed")
    parser.add_argument("--verbose", action="store_true", help="tell each scenario and its time")
    parser.add_argument("files", nargs="*", help="patterns of names in scenarios/")
    options = parser.parse_args()
    options.stand_in = options.stand_in or options.self_test
    scenarios = chosen(options.files)
    if not scenarios:
        raise server_process.StartFailure("no such scenarios")
    server = server_process.server_from(options)
    if options.stand_in:
        for one in scenarios:
            one.marks.pop("lacks", None)
    if options.self_test:
        server = Tampered(server)
    with server_process.Server() as reference, server:
        tally = compare(scenarios, reference, server, options.verbose)
        alive = server.is_running()
    report(tally)
    if not alive:
        print("the server ended under way")
    if options.self_test:
        noticed = len(tally.different) > 0
        print(f"self-test: falsified replies were {'' if noticed else 'NOT '}noticed")
        return 0 if noticed else 1
    return 0 if alive and not tally.different and tally.equal else 1


if __name__ == "__main__":
    server_process.exit_with(main)
