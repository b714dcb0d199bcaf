#!/usr/bin/env python3
"""Loads a server for a long time, and looks for what only time shows: leaks, drift, wrong values.

    soak.py --binary .build/release/larder --minutes 10
    soak.py --stand-in --minutes 1
    soak.py --self-test

Clients in both protocols read, write, delete and expire values of 16 bytes to 1 MiB at full memory,
come and go, subscribe and leave, watch and forget. Every value tells its key, so a wrong one is
noticed. Exit status: 0 all held, 1 something did not, 2 it could not run.
"""
import argparse
import multiprocessing
import os
import pathlib
import random
import sys
import time
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "BlackBox"))
import server_process
from wire import Connection, ErrorReply, encoded

LIMIT_MIB = 64
CLIENTS_MIB = 64
# Promise P5: the limits of values and clients, 15 % and 64 MiB.
RESIDENT_MAX_MIB = (LIMIT_MIB + CLIENTS_MIB) * 1.15 + 64
KEYS = 200_000
SIZES = [16] * 60 + [200] * 25 + [3_000] * 10 + [40_000] * 4 + [1 << 20]
# Growth of resident memory between the second and the last quarter.
DRIFT_MAX_MIB = 12
COMMANDS_PER_CONNECTION = 400
SHOWN = 5


def value_of(key, size):
    """Bytes of which every part follows from the key and the size."""
    unit = b"%s/%d/" % (key, size)
    unit += b"%08x;" % zlib.crc32(unit)
    return (unit * (size // len(unit) + 1))[:max(size, len(unit))]


def is_value_of(key, value):
    name, _, rest = value.partition(b"/")
    size, _, _ = rest.partition(b"/")
    return name == key and size.isdigit() and value == value_of(key, int(size))


def pick(dice):
    """A key: most often one of the few that are popular."""
    return b"key:%d" % int(KEYS * dice.random() ** 4)


def resp_round(port, dice):
    """One connection's life in RESP."""
    wrong = []
    with Connection(port, timeout=60) as connection:
        for _ in range(COMMANDS_PER_CONNECTION):
            key, draw = pick(dice), dice.random()
            if draw < 0.6:
                value = connection.ask("GET", key)
                if value is not None and not is_value_of(key, value):
                    wrong.append(f"GET {key}: {value[:60]!r}")
            elif draw < 0.85:
                words = ["SET", key, value_of(key, dice.choice(SIZES))]
                words += ["PX", dice.randint(1, 5_000)] if dice.random() < 0.5 else []
                connection.ask(*words)
            elif draw < 0.9:
                connection.ask(dice.choice(["DEL", "PERSIST", "TTL", "TOUCH"]), key)
            elif draw < 0.95:
                other = pick(dice)
                connection.send(
                    encoded("WATCH", key) + encoded("MULTI") + encoded("GET", key)
                    + encoded("GET", other) + encoded("EXEC"))
                wrong += check_transaction([connection.reply() for _ in range(5)], (key, other))
            elif draw < 0.96:
                with Connection(port, timeout=60) as subscriber:
                    subscriber.ask("SUBSCRIBE", key)
            else:
                connection.ask("PUBLISH", key, "there")
        if dice.random() < 0.2:
            connection.send(b"*3\r\n$3\r\nSET\r\n$4\r\nhalf\r\n$900000\r\nnever ends")
    return COMMANDS_PER_CONNECTION, wrong


def check_transaction(replies, keys):
    """The values that EXEC brought, unless the watched key was changed."""
    values = replies[-1] or []
    return [f"EXEC GET {key}: {value[:60]!r}" for key, value in zip(keys, values)
            if value is not None and not is_value_of(key, value)]


def text_round(port, dice):
    """One connection's life in memcached's text."""
    wrong = []
    with Connection(port, timeout=60) as connection:
        for _ in range(COMMANDS_PER_CONNECTION):
            key = pick(dice)
            if dice.random() < 0.7:
                connection.send(b"get %s\r\n" % key)
                header = connection.file.readline()
                if header == b"END\r\n":
                    continue
                value = connection.file.read(int(header.split()[3]) + 2)[:-2]
                connection.file.readline()
                if not is_value_of(key, value):
                    wrong.append(f"get {key}: {value[:60]!r}")
            else:
                value = value_of(key, dice.choice(SIZES[:-1]))
                connection.send(
                    b"set %s 0 %d %d\r\n%s\r\n" % (key, dice.randint(0, 3), len(value), value))
                if connection.file.readline() != b"STORED\r\n":
                    wrong.append(f"set {key}: not stored")
    return COMMANDS_PER_CONNECTION, wrong


def live(arguments):
    """Connections one after the other until the time is over."""
    round_of, port, seed, until = arguments
    dice = random.Random(seed)
    commands, wrong = 0, []
    while time.monotonic() < until and len(wrong) < SHOWN:
        try:
            done, found = round_of(port, dice)
        except (OSError, EOFError, ErrorReply, ValueError) as failure:
            done, found = 0, [f"{round_of.__name__}: {type(failure).__name__} {failure}"]
        commands += done
        wrong += found
    return commands, wrong


def resident_mib(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/statm", encoding="ascii") as status:
            total += int(status.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return total / (1 << 20)


def descriptors(pids):
    return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids)


def watch(server, until, jobs):
    """Samples of resident memory, one a second, while the clients are at work."""
    samples = []
    while not jobs.ready():
        jobs.wait(1)
        if not server.is_running():
            break
        if time.monotonic() < until:
            samples.append(resident_mib(server.pids()))
    return samples


def drift(samples):
    """Growth of the largest sample from the second quarter to the last."""
    quarter = max(1, len(samples) // 4)
    return max(samples[-quarter:]) - max(samples[quarter:2 * quarter])


def verdict(samples, opened, wrong, is_larder):
    """What did not hold, in words."""
    faults = list(wrong[:SHOWN])
    if is_larder and max(samples) > RESIDENT_MAX_MIB:
        faults.append(f"resident memory reached {max(samples):.0f} MiB of {RESIDENT_MAX_MIB:.0f}")
    if drift(samples) > DRIFT_MAX_MIB:
        faults.append(f"resident memory grew by {drift(samples):.1f} MiB after it was warm")
    if opened > 0:
        faults.append(f"{opened} descriptors stayed open")
    return faults


def soak(server, seconds, is_larder):
    before = descriptors(server.pids())
    until = time.monotonic() + seconds
    roles = [(resp_round, server.resp, 1), (resp_round, server.resp, 2),
             (resp_round, server.resp, 3), (text_round, server.text, 4)]
    with multiprocessing.Pool(len(roles)) as pool:
        jobs = pool.map_async(live, [(*role, until) for role in roles])
        samples = watch(server, until, jobs)
        if not server.is_running():
            pool.terminate()
            return [f"the server ended\n{server.log()[-2_000:]}"]
        results = jobs.get()
    commands = sum(count for count, _ in results)
    wrong = [fault for _, faults in results for fault in faults]
    deadline = time.monotonic() + 10
    while descriptors(server.pids()) > before and time.monotonic() < deadline:
        os.sched_yield()
    print(f"{commands} commands in {seconds:.0f} s, resident {samples[-1]:.0f} MiB (most "
          f"{max(samples):.0f} of {RESIDENT_MAX_MIB:.0f}), drift {drift(samples):+.1f} MiB")
    return verdict(samples, descriptors(server.pids()) - before, wrong, is_larder)


def self_test():
    """Each thing that may go wrong is seen when it does."""
    key, steady = b"key:1", [100.0] * 8
    growing = [100.0 + 10 * index for index in range(8)]
    noticed = [
        is_value_of(key, value_of(key, 200)),
        not is_value_of(b"key:2", value_of(key, 200)),
        not is_value_of(key, value_of(key, 200)[:-1] + b"?"),
        not verdict(steady, 0, [], True),
        len(verdict(growing, 0, [], True)) == 1,
        len(verdict([RESIDENT_MAX_MIB + 1] * 8, 0, [], True)) == 1,
        len(verdict(steady, 2, ["wrong"], True)) == 2,
        bool(check_transaction([value_of(b"other", 16), [value_of(b"other", 16)]], (key,))),
    ]
    print(f"self-test: {sum(noticed)} of {len(noticed)} noticed")
    return 0 if all(noticed) else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--self-test", action="store_true", help="only prove that it can fail")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    server = server_process.server_from(options, memory=f"{LIMIT_MIB}mb")
    with server:
        if not options.binary:
            with Connection(server.resp) as connection:
                connection.ask("CONFIG", "SET", "maxmemory", f"{LIMIT_MIB}mb")
                connection.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        faults = soak(server, options.minutes * 60, bool(options.binary))
        status = server.stop()
    if status != 0:
        faults.append(f"it ended with {status}")
    print("\n".join(faults) if faults else "all held")
    return 1 if faults else 0


if __name__ == "__main__":
    server_process.exit_with(main)
