#!/usr/bin/env python3
"""Kills, stops and makes ill the origins of a server under load, and looks at what clients see.

    origins.py --binary .build/release/larder
    origins.py --binary .build/release/larder --quick
    origins.py --self-test

Fifty clients, half in either protocol, read and write keys of an HTTP service in a process of its
own and of a SQLite file. Every value tells its key. Whatever happens to the origins: no wrong
value, no null for what the origin has, no error for what is cached and fresh, none for what may
be served while the origin fails; the origin sees no more at once than its limit; memory stays
bounded; all is well again soon. Exit status: 0 all held, 1 something did not, 2 it could not run.
"""
import argparse
import os
import pathlib
import random
import signal
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "BlackBox"))
import server_process
from origin_world import HTTP_LIMIT, KEYS, MEMORY_MIB, Crowd, Tally, World, ask
from wire import Connection, ErrorReply

# Promise P5, of both limits: values and clients.
RESIDENT_MAX_MIB = (MEMORY_MIB + 64) * 1.15 + 64
# Probes come within 750 ms, and must all succeed. An origin that has failed soon after its return
# before is left alone for longer.
RECOVERY_SECONDS = 20
SHOWN = 5


def warm(world, *kinds, seconds=RECOVERY_SECONDS):
    """All keys are loaded, and well. A key whose load has failed before is tried again later."""
    tally, connection, end = Tally(), world.connection(0), time.monotonic() + seconds
    for number in range(KEYS):
        for kind in kinds:
            while ask(world, connection, f"{kind}:{number}", tally) != "value":
                if time.monotonic() > end:
                    tally.fault(f"{kind}:{number} could not be loaded")
                    break
                time.sleep(0.01)
    return tally.faults


def nowhere(kind):
    """A key that its origin has not, and was never asked for."""
    return f"{kind}:none{random.randrange(1 << 40)}"


def recovery(world, kind, faults):
    """Seconds until what was never asked for is answered by the origin again."""
    begin, connection = time.monotonic(), world.connection(0)
    while time.monotonic() - begin < RECOVERY_SECONDS:
        try:
            if connection.ask("GET", nowhere(kind)) is None:
                break
        except ErrorReply:
            time.sleep(0.01)
    else:
        faults.append(f"no answer of the origin {RECOVERY_SECONDS} s after it was back")
    print(f"    well again after {time.monotonic() - begin:.2f} s", flush=True)


def needs(tally, faults, *kinds):
    """What the test is about must have been seen."""
    faults += tally.faults
    faults += [f"nobody saw '{kind}'" for kind in kinds if not tally.counts[kind]]


def killed(world, seconds):
    """kill -9: what is cached is served as if nothing had happened, stale or not."""
    faults = warm(world, "page", "fresh")
    with Crowd(world, "cached keys", ["page", "fresh"]) as tally:
        world.origin.kill()
        time.sleep(seconds)
    needs(tally, faults, "get page value", "get fresh value")
    with Crowd(world, "absent keys", ["cold", "fresh"]) as tally:
        time.sleep(seconds / 2)
    needs(tally, faults, "get cold open", "get fresh value")
    if tally.counts["get cold null"]:
        faults.append("a dead origin was taken for one that has nothing")
    world.origin.start()
    recovery(world, "cold", faults)
    return faults


def stopped(world, seconds):
    """SIGSTOP: it accepts connections and says nothing."""
    faults = warm(world, "page", "fresh")
    world.origin.hang()
    with Crowd(world, "cached keys", ["page", "fresh"]) as tally:
        time.sleep(seconds)
    needs(tally, faults, "get page value")
    with Crowd(world, "absent keys", ["cold", "fresh"]) as tally:
        time.sleep(seconds / 2)
    needs(tally, faults, "get cold open")
    world.origin.awaken()
    recovery(world, "cold", faults)
    return faults


def restarted(world, seconds):
    """Killed and started again under reads and writes, over and over."""
    faults = warm(world, "page", "fresh")
    with Crowd(world, "reads and writes", ["page", "fresh"], writes=True) as tally:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.3)
            world.origin.restart()
    needs(tally, faults, "get page value", "set page value")
    recovery(world, "cold", faults)
    return faults


def ill(world, seconds):
    """Slow, failing, hanging: the limit holds, what is cached is served."""
    faults = warm(world, "page", "fresh")
    for mood in ("slow", "failing", "hanging"):
        world.origin.mood(mood)
        with Crowd(world, f"{mood}", ["page", "fresh", "cold"], writes=True) as tally:
            time.sleep(seconds / 3)
        needs(tally, faults, "get page value", "get fresh value")
    world.origin.mood("well")
    recovery(world, "cold", faults)
    return faults


def locked(world, seconds):
    """Another program holds the write lock, then the whole file."""
    faults = warm(world, "row")
    other = sqlite3.connect(world.path, isolation_level=None, timeout=20)
    other.execute("BEGIN IMMEDIATE")
    with Crowd(world, "write lock", ["row"], writes=True) as tally:
        time.sleep(seconds / 2)
    other.execute("ROLLBACK")
    other.close()
    needs(tally, faults, "get row value", "set row timeout")
    recovery(world, "row", faults)
    return faults


def removed(world, seconds):
    """The file goes, comes back, and is another one."""
    faults = warm(world, "row")
    names = [world.path + end for end in ("", "-wal", "-shm")]
    away = [name + ".away" for name in names]
    for name, place in zip(names, away):
        if os.path.exists(name):
            os.rename(name, place)
    with Crowd(world, "without a file", ["row"]) as tally:
        time.sleep(seconds / 2)
    needs(tally, faults, "get row value")
    connection = world.connection(0)
    answer = ask(world, connection, nowhere("row"), tally)
    if answer not in ("unreachable", "open"):
        faults.append(f"without its file the origin said '{answer}'")
    for name in away:
        if os.path.exists(name):
            os.remove(name)
    world.make_file(world.path + ".new", "2")
    os.rename(world.path + ".new", world.path)
    recovery(world, "row", faults)
    end = time.monotonic() + RECOVERY_SECONDS
    while connection.ask("GET", "row:1") != b"row:1=2":
        if time.monotonic() > end:
            faults.append("what another file has under the same name is not seen")
            break
        time.sleep(0.01)
    return faults


def signalled(world, seconds):
    """SIGHUP under reads and writes, then SIGTERM: it goes on, and ends in order."""
    faults = warm(world, "page", "fresh")
    with Crowd(world, "reads and writes", ["page", "fresh", "row"], writes=True) as tally:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for pid in world.server.pids():
                os.kill(pid, signal.SIGHUP)
            time.sleep(seconds / 20)
    needs(tally, faults, "get page value", "get fresh value", "get row value")
    if world.server.log().count("reloaded") < 5:
        faults.append("the log does not tell of the reloads")
    status = world.server.stop()
    if status != 0:
        faults.append(f"SIGTERM: it ended with {status}")
    return faults


def self_test(binary):
    """A wrong value, and a null, are noticed."""
    noticed = []
    for falsify in (lambda key, value: b"page:x=1" if key == "page:3" else value,
                    lambda key, value: b"page:3=" if key == "page:3" else value):
        with World(binary) as world:
            world.falsify = falsify
            noticed.append(bool(warm(world, "page", seconds=0.1)))
    with World(binary) as world:
        world.origin.kill()
        noticed.append(bool(warm(world, "page", seconds=0.1)))
        with Crowd(world, "nothing is cached", ["fresh"]) as tally:
            time.sleep(0.3)
        noticed.append(bool(tally.faults))
    print(f"self-test: {sum(noticed)} of {len(noticed)} noticed")
    return 0 if all(noticed) else 1


PARTS = [killed, stopped, restarted, ill, locked, removed]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", required=True, help="the larder binary")
    parser.add_argument("--quick", action="store_true", help="a second of each")
    parser.add_argument("--self-test", action="store_true", help="only prove that it can fail")
    parser.add_argument("--only", help="one of " + ", ".join(part.__name__ for part in PARTS))
    options = parser.parse_args()
    if options.self_test:
        return self_test(options.binary)
    seconds, failed = 1 if options.quick else 6, 0
    with World(options.binary) as world:
        resident = 0.0
        for part in PARTS:
            if options.only in (None, part.__name__):
                faults = part(world, seconds)
                resident = max(resident, world.resident_mib())
                failed += server_process.report(part.__doc__.split("\n")[0], faults[:SHOWN])
        counts, bounds = world.origin.counts(), []
        told = Connection(world.server.resp).ask("INFO", "origins").decode().split()
        print("".join(f"    {line}\n" for line in told if line.startswith("larder_origin")), end="")
        if counts["most_loads"] > HTTP_LIMIT:
            bounds.append(f"{counts['most_loads']} loads at the origin at once, of {HTTP_LIMIT}")
        if counts["most_writes"] > HTTP_LIMIT:
            bounds.append(f"{counts['most_writes']} writes at once, of {HTTP_LIMIT}")
        if resident > RESIDENT_MAX_MIB:
            bounds.append(f"resident memory reached {resident:.0f} MiB of {RESIDENT_MAX_MIB:.0f}")
        failed += server_process.report(
            f"the origin saw {counts['loads']} loads, at most {counts['most_loads']} at once, "
            f"{counts['writes']} writes, at most {counts['most_writes']} at once; "
            f"resident memory {resident:.0f} MiB", bounds)
        failed += server_process.report(signalled.__doc__, signalled(world, seconds)[:SHOWN])
    return 1 if failed else 0


if __name__ == "__main__":
    server_process.exit_with(main)
