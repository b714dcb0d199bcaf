"""redis-cli in every mode that makes sense with strings: redis_cli.py HOST:PORT"""
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, __file__.rpartition("/tools/")[0])
import checking
from checking import Checks

host, port = checking.address()
COMMAND = ["redis-cli", "-h", host, "-p", str(port)]
SECONDS = 30
version = subprocess.run(["redis-cli", "--version"], capture_output=True, text=True).stdout.split()
check = Checks("redis-cli", version[1])


def cli(*words, given="", seconds=SECONDS):
    """What it prints, errors among it, without the last line's end."""
    done = subprocess.run(
        [*COMMAND, *words], input=given, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=seconds)
    return done.stdout.rstrip("\n")


def status(*words):
    return subprocess.run([*COMMAND, *words], capture_output=True, timeout=SECONDS).returncode


def endless(*words, until):
    """What a mode without an end prints, up to the words that are waited for. It sees a terminal,
    or it would keep its lines."""
    terminal, side = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *words], stdin=subprocess.DEVNULL, stdout=side, stderr=side,
        env=os.environ | {"TERM": "xterm"})
    os.close(side)
    found = b""
    try:
        while until.encode() not in found:
            found += os.read(terminal, 65_536)
    except OSError:  # it ended
        pass
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
    return found.decode("utf-8", "replace")


def typed(*lines):
    """Several commands over one connection, as a script gives them."""
    return cli(given="".join(line + "\n" for line in lines)).split("\n")


def piped(lines):
    return cli("--pipe", given="".join(line + "\r\n" for line in lines)).split("\n")[-1]


def bulk_piped():
    """Raw protocol, as a program that loads data writes it."""
    parts = [f"*3\r\n$3\r\nSET\r\n${len(key)}\r\n{key}\r\n$1\r\nv\r\n"
             for key in (f"raw:{number}" for number in range(5_000))]
    return cli("--pipe", given="".join(parts)).split("\n")[-1]


def subscribed():
    """A subscriber in one process, a publisher in another."""
    process = subprocess.Popen(
        ["stdbuf", "-oL", *COMMAND, "subscribe", "news"], stdout=subprocess.PIPE, text=True)
    try:
        confirmation = [process.stdout.readline().strip() for _ in range(3)]
        if confirmation != ["subscribe", "news", "1"]:
            return confirmation
        receivers = cli("publish", "news", "hello")
        return receivers, [process.stdout.readline().strip() for _ in range(3)]
    finally:
        process.kill()
        process.wait()


def hot_keys():
    before = cli("config", "get", "maxmemory-policy").split("\n")[1]
    cli("config", "set", "maxmemory-policy", "allkeys-lfu")
    cli(given="get hot\n" * 500)
    found = cli("--hotkeys")
    cli("config", "set", "maxmemory-policy", before)
    return found


def tagged(kind):
    with tempfile.NamedTemporaryFile() as file:
        pathlib.Path(file.name).write_bytes(b"from a file")
        with open(file.name) as given:
            words = ["-x", "set", "x"] if kind == "x" else ["-X", "tag", "set", "x", "tag"]
            subprocess.run([*COMMAND, *words], stdin=given, capture_output=True, timeout=SECONDS)
    return cli("get", "x")


def writing():
    check("FLUSHALL", lambda: cli("flushall"), "OK")
    check("one command", lambda: cli("set", "a", "1"), "OK")
    check("a script of commands", lambda: typed("set b 2", "incrby b 40", "get b"),
          ["OK", "42", "42"])
    check("--pipe with lines", lambda: piped([f"set pipe:{n} {n}" for n in range(1_000)]),
          "errors: 0, replies: 1000")
    check("--pipe with raw protocol", bulk_piped, "errors: 0, replies: 5000")
    check("--pipe with an error", lambda: piped(["set c 3", "incr", "get c"]),
          "errors: 1, replies: 3")
    check("-x", lambda: tagged("x"), "from a file")
    check("-X", lambda: tagged("X"), "from a file")
    check("-r", lambda: cli("-r", "3", "incr", "a"), "2\n3\n4")
    check("-n", lambda: (cli("-n", "1", "set", "there", "1"), cli("-n", "1", "dbsize"))[1], "1")
    check("-u", lambda: cli("-u", f"redis://{host}:{port}/1", "dbsize"), "1")
    check("a transaction", lambda: typed("multi", "set t 1", "incr t", "exec"),
          ["OK", "QUEUED", "QUEUED", "OK", "2"])
    check("WATCH", lambda: typed("watch t", "multi", "set t 5", "exec", "get t"),
          ["OK", "OK", "QUEUED", "OK", "5"])
    check("SELECT", lambda: typed("select 1", "get there", "select 0", "exists there"),
          ["OK", "1", "OK", "0"])


def printing():
    check("--no-raw", lambda: cli("--no-raw", "mget", "a", "none"), '1) "4"\n2) (nil)')
    check("--no-raw, an integer", lambda: cli("--no-raw", "strlen", "a"), "(integer) 1")
    check("--raw", lambda: cli("--raw", "mget", "a", "b"), "4\n42")
    check("--csv", lambda: cli("--csv", "mget", "a", "none"), '"4",NULL')
    check("--json", lambda: cli("--json", "get", "a"), '"4"')
    check("--json of a map", lambda: cli("--json", "config", "get", "databases"),
          '{"databases":"16"}')
    check("-d", lambda: cli("-d", ",", "mget", "a", "b"), "4,42")
    check("-D", lambda: cli("-D", ";", "get", "a"), "4;")
    check("-3", lambda: cli("-3", "--no-raw", "config", "get", "databases"),
          '1# "databases" => "16"')
    check("-3 hello", lambda: "proto 3" in cli("-3", "hello"))
    check("-2 hello", lambda: "proto\n2" in cli("-2", "hello"))
    check("-e", lambda: status("-e", "incr", "x"), 1)
    check("without -e", lambda: status("get", "x"), 0)
    check("--quoted-input", lambda: cli("--quoted-input", "get", r'"\x61"'), "4")
    check("an unknown command", lambda: cli("nope", "a"),
          "ERR unknown command 'nope', with args beginning with: 'a' ")
    check("a list", lambda: (cli("lpush", "l", "a"), cli("del", "l")), ("1", "1"))
    check("hints for GET", lambda: "GET key" in re.sub(r"\x1b\[\d+m", "", cli(given="help get\n")))
    check("-a with a password nobody asked for", lambda: "AUTH failed" in cli("-a", "p", "ping"))
    check("--user", lambda: "WRONGPASS" in cli("--user", "u", "--pass", "p", "ping"))


def looking():
    # First, as the others read every key: Larder counts an entry's uses up to three only.
    check("--hotkeys", hot_keys, lambda text: 'keyname: "hot"' in text)
    check("--scan", lambda: len(set(cli("--scan").split("\n"))), cli_keys)
    check("--scan --pattern", lambda: len(cli("--scan", "--pattern", "pipe:99?").split()), 10)
    check("--bigkeys", lambda: cli("--bigkeys"),
          lambda text: '"x" has 11 bytes' in text.replace("'", "") and "strings with" in text)
    check("--bigkeys counts all", lambda: f"Sampled {cli_keys} keys" in cli("--bigkeys"))
    check("--memkeys", lambda: cli("--memkeys"), lambda text: "Biggest string found" in text)
    check("--hotkeys without LFU",
          lambda: "LFU maxmemory policy is not selected" in cli("--hotkeys"))
    check("--latency", lambda: cli("--latency", "-i", "0.2"), lambda text: len(text.split()) == 4)
    check("--latency --raw", lambda: cli("--latency", "--raw", "-i", "0.2"),
          lambda text: len(text.split()) == 4)
    check("--latency-history", lambda: endless("--latency-history", "-i", "0.2", until="range"),
          lambda text: "avg:" in text)
    check("--latency-dist", lambda: endless("--latency-dist", "-i", "0.2", until="From 0 to 100"),
          lambda text: "milliseconds" in text)
    # It counts the keys of all databases, and there is one in database 1.
    check("--stat", lambda: endless("--stat", "-i", "0.1", until="(+1)"),
          lambda text: "requests" in text and f"\n{cli_keys + 1} " in text.replace("\r", ""))
    check("--lru-test", lambda: endless("--lru-test", "1000", until="Gets/sec"),
          lambda text: "Hits:" in text)
    check("SUBSCRIBE", subscribed, ("1", ["message", "news", "hello"]))
    check("MONITOR", lambda: endless("monitor", until="OK"), lambda text: text.startswith("OK"))
    check("INFO", lambda: "redis_version:7.0.15" in cli("info"))
    check("OBJECT FREQ without LFU", lambda: cli("object", "freq", "x"),
          lambda text: text.startswith("ERR An LFU maxmemory policy is not selected"))
    check("DEBUG is refused", lambda: cli("debug", "sleep", "0"),
          lambda text: text.startswith("ERR DEBUG command not allowed."))


writing()
printing()
cli("set", "hot", "1")
cli_keys = int(cli("dbsize"))
looking()
sys.exit(check.status())
