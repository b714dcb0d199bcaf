#!/usr/bin/env python3
"""Users against redis-server: the same people with the same rights on both, and every reply and
every right compared; then somebody who guesses passwords.

    users.py --binary .build/release/larder
    users.py --stand-in                      redis against redis, to prove the comparison
    users.py --self-test                     a redis whose users are others, which must be noticed

Larder's users are in its configuration; redis gets them from the line of ACL LIST that each must
come to, so that the line is proven true too: for every user and every command of larder both must
say the same of ACL DRYRUN.
Exit status: 0 no difference, 1 differences, 2 it could not run.
"""
import argparse
import hashlib
import os
import pathlib
import re
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "BlackBox"))
import server_process
from wire import Connection, encoded

SECRET = "hunter2"
FREE_GUESSES = 10
BASE = "-@all +@connection +@transaction +@pubsub +time +acl|whoami -@dangerous"

# Name, keys of the configuration, and what ACL LIST shows behind the password.
USERS = [
    ("boss", "can: [read, write, admin]", "~* &* +@all"),
    ("app", "", f"~* &* {BASE} +@read +@write"),
    ("ro", "can: read, deny: [keys, '@pubsub']", f"~* &* {BASE} +@read -keys -@pubsub"),
    ("tenant", 'keys: ["t1:*", "shared:?"]',
     f"~t1:* ~shared:? resetchannels {BASE} +@read +@write"),
    ("press", 'can: [], keys: [], channels: ["news:*"]', f"resetchannels &news:* {BASE}"),
    ("ops", "can: [admin], deny: ['config|set', flushall]",
     "~* &* +@all -@read -@write -config|set -flushall"),
    ("meter", "can: [info, 'config|get', client]", f"~* &* {BASE} +info +config|get +client"),
]

# What a client says: the user to log in as, or none, and commands.
TALKS = [
    (None, ["PING", "GET a", "ACL WHOAMI", "MULTI", "EXEC", "AUTH boss", "AUTH boss nope",
            "AUTH nobody nope", "HELLO 3", "HELLO 2 AUTH boss nope", "CLIENT REPLY OFF",
            "CONFIG GET", "NOSUCH", "RESET", "GET a b", "QUIT"]),
    ("app", ["ACL WHOAMI", "SET k 1", "GET k", "CONFIG GET port", "CONFIG SET", "CONFIG NOSUCH",
             "CLIENT LIST", "CLIENT KILL ID 1", "CLIENT GETNAME", "KEYS *", "INFO", "MULTI",
             "SET k 2", "CONFIG GET port", "EXEC", "MULTI", "INCR k", "EXEC",
             "MULTI", "AUTH ro pw-ro", "SET k 3",
             "GET k", "AUTH press pw-press", "GET k", "PUBLISH other 1", "AUTH tenant pw-tenant",
             "GET k", "AUTH app pw-app", "INCR k", "EXEC", "RESET", "GET k"]),
    ("ro", ["GET k", "SET k 2", "MGET k j", "KEYS *", "SCAN 0 MATCH none COUNT 10000", "FLUSHALL",
            "DEL k",
            "OBJECT ENCODING k", "EXPIRE k 10", "DBSIZE", "ACL LIST", "ACL CAT nosuch", "SELECT 1",
            "DISCARD", "COMMAND COUNT x"]),
    ("tenant", ["SET t1:a 1", "SET t2:a 1", "GET t1:a", "MGET t1:a shared:1", "MGET t1:a shared:12",
                "MSET t1:b 1 t2:b 1", "RENAME t1:a t1:c", "RENAME t1:c x", "COPY t1:c shared:1",
                "EXISTS x", "SET t2:a", "OBJECT ENCODING x", "OBJECT ENCODING shared:1",
                "APPEND x 1", "FLUSHDB", "EXISTS t1:c"]),
    ("press", ["GET a", "DBSIZE", "PING", "TIME x", "CLIENT ID x", "ACL WHOAMI", "ECHO a"]),
    ("ops", ["CONFIG GET databases", "CONFIG SET maxmemory-policy noeviction", "GET k",
             "SET k 1", "FLUSHALL", "FLUSHDB", "CLIENT GETNAME", "ACL USERS", "ACL GETUSER nobody",
             "ACL GETUSER ops", "ACL GETUSER press", "ACL GETUSER default",
             "CLIENT KILL USER nobody",
             "CLIENT KILL USER app", "ACL DRYRUN nobody GET a", "ACL DRYRUN app NOSUCH",
             "ACL DRYRUN app GET", "ACL DRYRUN tenant GET x", "ACL DRYRUN app CONFIG SET a b"]),
    ("meter", ["GET k", "CONFIG GET databases", "CONFIG SET a b", "CLIENT NO-EVICT on",
               "CLIENT UNPAUSE", "ACL USERS"]),
]

# ACL LOG's fields that are times, or tell of buffers and addresses; and the rules of ACL GETUSER,
# which redis puts together anew each time. That they mean the same is shown command by command.
BEYOND_COMPARE = re.compile(
    rb"(age-seconds\r\n)(,[\d.]+|\$\d+\r\n[\d.]+)|\$\d+\r\nid=[^\r]*"
    rb"|(commands\r\n)\$\d+\r\n[-+][^\r]*")


def raw_reply(connection):
    """The bytes of one reply."""
    line = connection.file.readline()
    if not line:
        return b"<closed>"
    kind, count = line[:1], line[1:-2]
    if kind in b"$=" and int(count) >= 0:
        return line + connection.file.read(int(count) + 2)
    if kind in b"*~%" and int(count) >= 0:
        parts = int(count) * (2 if kind == b"%" else 1)
        return line + b"".join(raw_reply(connection) for _ in range(parts))
    return line


def say(connection, words):
    connection.send(encoded(*words))
    return raw_reply(connection)


def digest(name):
    return hashlib.sha256(f"pw-{name}".encode()).hexdigest()


def configuration(folder):
    """Larder's file: one password in a file, one in the environment, the others as digests."""
    lines = ["users:"]
    for index, (name, keys, _) in enumerate(USERS):
        secret = f"password-sha256: {digest(name)}"
        if index == 0:
            path = os.path.join(folder, "boss-password")
            pathlib.Path(path).write_text(f"pw-{name}\n")
            secret = f"password-file: {path}"
        if index == 1:
            os.environ["LARDER_TEST_APP_PASSWORD"] = f"pw-{name}"
            secret = "password-environment: LARDER_TEST_APP_PASSWORD"
        lines.append(f"  - {{ name: {name}, {secret}{', ' + keys if keys else ''} }}")
    return "\n".join(lines) + "\n"


class Larder(server_process.Server):
    """With users nobody gets PONG: any answer will do."""

    def commands(self):
        path = os.path.join(self.folder, "larder.yaml")
        pathlib.Path(path).write_text(configuration(self.folder))
        command = super().commands()[0]
        return [[*command[:2], path, *command[2:]]]

    def start(self):
        with open(self.log_path, "ab") as log:
            self.processes.append(server_process.subprocess.Popen(
                self.commands()[0], stdout=log, stderr=log))
        deadline = time.monotonic() + server_process.START_SECONDS
        while time.monotonic() < deadline and self.is_running():
            try:
                with Connection(self.resp):
                    return self
            except OSError:
                time.sleep(0.02)
        raise server_process.StartFailure(f"larder did not start\n{self.log()}")


class Redis(server_process.Server):
    """With the same users. `spoilt`: one of them may do something else."""

    def __init__(self, spoilt=False):
        super().__init__()
        self.spoilt = spoilt

    def start(self):
        super().start()
        with Connection(self.resp) as connection:
            for name, _, rules in USERS:
                words = ["ACL", "SETUSER", name, "on", f"#{digest(name)}", *rules.split()]
                connection.ask(*words)
            if self.spoilt:
                connection.ask("ACL", "SETUSER", "app", "-append")
            connection.ask("ACL", "SETUSER", "default", "off", "resetpass", "resetkeys",
                           "resetchannels", "-@all")
        return self


def talk(server):
    """What is answered to everything in TALKS."""
    transcript = []
    for user, commands in TALKS:
        with Connection(server.resp) as connection:
            if user:
                transcript.append((f"{user}: AUTH", say(connection, ["AUTH", user, f"pw-{user}"])))
            for command in commands:
                reply = say(connection, command.split())
                transcript.append((f"{user}: {command}", BEYOND_COMPARE.sub(rb"\1\3", reply)))
    with Connection(server.resp) as connection:
        say(connection, ["AUTH", "boss", "pw-boss"])
        log = say(connection, ["ACL", "LOG", "100"])
        transcript.append(("ACL LOG", BEYOND_COMPARE.sub(rb"\1\3", log)))
        connection.ask("ACL", "LOG", "RESET")
    return transcript


def arguments(arity):
    return ["x"] * (abs(arity) - 1)


def rights(server, commands):
    """What ACL DRYRUN says of every user and command; keys and channels are called x."""
    found = {}
    with Connection(server.resp) as connection:
        say(connection, ["AUTH", "boss", "pw-boss"])
        for name, _, _ in USERS:
            for words in commands:
                found[name, " ".join(words)] = say(
                    connection, ["ACL", "DRYRUN", name, *words])
    return found


def commands_of(reference, server):
    """Every command and subcommand that both servers have, with as few arguments as it takes."""
    with Connection(server.resp) as connection:
        say(connection, ["AUTH", "boss", "pw-boss"])
        own = {name.decode() for name in connection.ask("COMMAND", "LIST")}
        inner_own = {inner[0] for row in connection.ask("COMMAND") for inner in row[9]}
    with Connection(reference.resp) as connection:
        say(connection, ["AUTH", "boss", "pw-boss"])
        rows = connection.ask("COMMAND", "INFO", *sorted(own))
    commands = []
    for row in filter(None, rows):
        name = row[0].decode()
        for inner in row[9]:
            if inner[0] not in inner_own:
                continue
            word = inner[0].decode().partition("|")[2]
            commands.append([name, word, *arguments(inner[1])[1:]])
        if not row[9]:
            commands.append([name, *arguments(row[1])])
    return commands


def compare(reference, server):
    failures = []
    for (what, wanted), (_, found) in zip(talk(reference), talk(server)):
        if wanted != found:
            failures.append(f"{what}\n      redis  {wanted[:400]!r}\n      larder {found[:400]!r}")
    commands = commands_of(reference, server)
    wanted, found = rights(reference, commands), rights(server, commands)
    for what, reply in wanted.items():
        if found[what] != reply:
            failures.append(
                f"right of {what}\n      redis  {reply!r}\n      larder {found[what]!r}")
    return failures, len(commands)


def compare_lines(server):
    """ACL LIST must show the lines that redis was given."""
    with Connection(server.resp) as connection:
        say(connection, ["AUTH", "boss", "pw-boss"])
        lines = {line.decode() for line in connection.ask("ACL", "LIST")}
    wanted = {f"user {name} on #{digest(name)} {rules}" for name, _, rules in USERS}
    wanted.add("user default off resetchannels -@all")
    return [f"ACL LIST: {line}" for line in sorted(wanted ^ lines)]


def processor_seconds(server):
    fields = [pathlib.Path(f"/proc/{pid}/stat").read_text().split() for pid in server.pids()]
    return sum(int(f[13]) + int(f[14]) for f in fields) / os.sysconf("SC_CLK_TCK")


def guess(server, count=20_000):
    """Guesses passwords as fast as one can, over several connections, while another works."""
    failures = []
    with Connection(server.resp) as worker:
        worker.ask("AUTH", "app", "pw-app")
        guessers = [Connection(server.resp) for _ in range(8)]
        before, looked_at, slowest = processor_seconds(server), 0, 0.0
        batch = encoded("AUTH", "boss", SECRET) * 100
        for _ in range(count // 800):
            for guesser in guessers:
                guesser.send(batch)
            start = time.monotonic()
            worker.ask("SET", "k", "v")
            slowest = max(slowest, time.monotonic() - start)
            for guesser in guessers:
                for _ in range(100):
                    looked_at += b"too many failed logins" not in raw_reply(guesser)
        spent = processor_seconds(server) - before
        for guesser in guessers:
            guesser.close()
    print(f"    {count} guesses: {looked_at} looked at, {spent * 1e6 / count:.1f} us of processor"
          f" each; the slowest request of another took {slowest * 1e3:.1f} ms")
    if looked_at > 3 * FREE_GUESSES:
        failures.append(f"{looked_at} guesses were looked at")
    log = server.log()
    if "login failed" not in log or "user=boss" not in log:
        failures.append("the log says nothing of the failed logins")
    if SECRET in log or "pw-" in log:
        failures.append("the log holds a password")
    if len(log.splitlines()) > 200:
        failures.append(f"the log has {len(log.splitlines())} lines")
    return failures


def run(options):
    with Redis() as reference:
        subject = Redis(spoilt=options.self_test)
        if options.binary:
            subject = Larder(options.binary)
        with subject as server:
            failures, count = compare(reference, server)
            print(f"    {len(USERS)} users, {count} commands each")
            if options.binary:
                failures += compare_lines(server)
                failures += guess(server)
    for failure in failures:
        print(f"  ! {failure}")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    parser.add_argument("--self-test", action="store_true", help="must find differences")
    options = parser.parse_args()
    if options.self_test:
        found = run(options)
        print("ok  the differences were noticed" if found else "FAILED  nothing was noticed")
        return 0 if found else 1
    if bool(options.binary) == options.stand_in:
        raise SystemExit("say either --binary PATH or --stand-in")
    failures = run(options)
    print(f"{'FAILED' if failures else 'ok'}  users: {len(failures)} differences")
    return 1 if failures else 0


if __name__ == "__main__":
    server_process.exit_with(main)
