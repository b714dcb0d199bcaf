"""The small tools of libmemcached: libmemcached_tools.py HOST:PORT"""
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, __file__.rpartition("/tools/")[0])
import checking
from checking import Checks

host, port = checking.address()
SERVERS = f"--servers={host}:{port}"
SECONDS = 60
# Port 9 of loopback is nobody's: the tools must say so.
NOBODY = f"--servers={host}:9"


def run(tool, *words):
    """The exit status and what it printed."""
    done = subprocess.run(
        [tool, *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=SECONDS, errors="replace")
    return done.returncode, done.stdout


found = re.search(r"[0-9]+\.[0-9.]+", run("memcping", "--version")[1])
check = Checks("libmemcached-tools", found[0] if found else "1.1.4")


def on(tool, *words):
    return run(tool, SERVERS, *words)


def slapped(test, *words):
    """memcslap says only how long it took; anything else is an error."""
    status, text = on(
        "memcslap", f"--test={test}", "--execute-number=300", "--concurrency=4", *words)
    return status, "Time total" in text, "error" in text.lower() or "failed" in text.lower()


def caslapped(*words):
    """memcaslap verifies what it reads with -v, and counts what was wrong."""
    _, text = run("memcaslap", "-s", f"{host}:{port}", "-T", "1", "-c", "8", "-x", "2000", *words)
    wrong = re.findall(r"(verify_misses|verify_failed|get_misses): (\d+)", text)
    return sum(int(count) for _, count in wrong), "TPS" in text


def files(folder):
    first, second = folder / "first", folder / "second"
    first.write_text("one\n")
    second.write_bytes(bytes(range(1, 127)) * 1_000)
    check("memccp", lambda: on("memccp", "--flags=7", "--expire=1000", str(first), str(second)),
          (0, ""))
    check("memccat", lambda: on("memccat", "first"), (0, "one\n\n"))
    check("memccat --flags", lambda: on("memccat", "--flags", "first"), (0, "7\none\n\n"))
    back = folder / "back"
    check("memccat --file", lambda: (on("memccat", f"--file={back}", "second")[0],
                                     back.read_bytes() == second.read_bytes()), (0, True))
    check("memccp --add of what is there", lambda: on("memccp", "--add", str(first))[0] != 0)
    check("memccp --replace", lambda: on("memccp", "--replace", str(first)), (0, ""))
    check("memccp --absolute", lambda: on("memccp", "--absolute", str(first)), (0, ""))
    check("memccat of the whole path", lambda: on("memccat", str(first)), (0, "one\n\n"))


check("memcflush", lambda: on("memcflush"), (0, ""))
with tempfile.TemporaryDirectory() as name:
    files(pathlib.Path(name))
check("memcexist", lambda: on("memcexist", "first")[0], 0)
check("memcexist of nothing", lambda: on("memcexist", "nothing")[0], 1)
check("memctouch", lambda: on("memctouch", "--expire=1000", "first")[0], 0)
check("memctouch of nothing", lambda: on("memctouch", "--expire=1000", "nothing")[0], 1)
# memcached shows it only what is in the coldest of its queues; so what it lists is not looked at.
check("memcdump", lambda: on("memcdump")[0], 0)
check("memcrm", lambda: on("memcrm", "first")[0], 0)
check("memcrm of nothing", lambda: on("memcrm", "first")[0], 1)
check("memccat of nothing", lambda: on("memccat", "first")[0], 1)
check("memcstat", lambda: on("memcstat"), lambda result: "curr_items: " in result[1])
for section in ("settings", "items", "slabs"):
    check(f"memcstat --args={section}", lambda: on("memcstat", f"--args={section}"),
          lambda result: result[0] == 0 and len(result[1].splitlines()) > 3)
check("memcping", lambda: on("memcping")[0], 0)
check("memcping of nobody", lambda: run("memcping", NOBODY)[0], 1)
for test in ("set", "get", "mget"):
    check(f"memcslap --test={test}", lambda: slapped(test), (0, True, False))
check("memcslap --non-blocking", lambda: slapped("get", "--non-blocking", "--tcp-nodelay"),
      (0, True, False))
check("memcslap --flush", lambda: slapped("set", "--flush"), (0, True, False))
check("memcaslap -v 1", lambda: caslapped("-v", "1"), (0, True))
check("memcaslap of 20,000 bytes", lambda: caslapped("-X", "20000"), (0, True))
check("memcflush at the end", lambda: on("memcflush"), (0, ""))
sys.exit(check.status())
