"""redis-benchmark with the tests of strings: redis_benchmark.py HOST:PORT

It prints errors, but does not look at replies. What the server holds afterwards is looked at here.
"""
import csv
import subprocess
import sys

sys.path.insert(0, __file__.rpartition("/tools/")[0])
import checking
from checking import Checks

host, port = checking.address()
SECONDS = 60
version = subprocess.run(["redis-benchmark", "--version"], capture_output=True, text=True).stdout
check = Checks("redis-benchmark", version.split()[1])


def run(program, *words):
    done = subprocess.run(
        [program, "-h", host, "-p", str(port), *words], text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=SECONDS)
    return done.stdout


def cli(*words):
    return run("redis-cli", *words).strip()


def benchmark(*words):
    """The names of the tests that came to a rate; anything else that it said is an error."""
    names = []
    for row in csv.reader(run("redis-benchmark", "--csv", *words).splitlines()):
        if row[0] == "test" or row[0].startswith("WARNING: Keepalive disabled"):
            continue
        if len(row) != 8 or float(row[1]) <= 0:
            raise AssertionError(f"it said {row}")
        names.append(row[0])
    return names


def fresh(*words):
    cli("flushall")
    return benchmark(*words)


check("ping", lambda: benchmark("-t", "ping", "-n", "2000"), ["PING_INLINE", "PING_MBULK"])
check("set and get", lambda: fresh("-t", "set,get", "-n", "5000"), ["SET", "GET"])
check("it set one key", lambda: cli("dbsize"), "1")
check("with its value", lambda: cli("strlen", "key:__rand_int__"), "3")
check("incr", lambda: fresh("-t", "incr", "-n", "5000"), ["INCR"])
check("it counted each", lambda: cli("get", "counter:__rand_int__"), "5000")
check("mset", lambda: fresh("-t", "mset", "-n", "2000", "-r", "100"), ["MSET (10 keys)"])
check("it set a hundred keys", lambda: cli("dbsize"), "100")
check("-P 16", lambda: fresh("-t", "ping,set,get,incr,mset", "-n", "8000", "-P", "16"),
      ["PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)"])
check("it counted each in pipelines", lambda: cli("get", "counter:__rand_int__"), "8000")
check("--threads", lambda: fresh("-t", "set,get,incr", "-n", "8000", "--threads", "2", "-c", "20"),
      ["SET", "GET", "INCR"])
check("its threads counted each", lambda: cli("get", "counter:__rand_int__"), "8000")
check("-3", lambda: fresh("-t", "set,get,incr", "-n", "3000", "-3"), ["SET", "GET", "INCR"])
check("it counted each in RESP3", lambda: cli("get", "counter:__rand_int__"), "3000")
check("-d 20000", lambda: fresh("-t", "set,get", "-n", "1000", "-d", "20000"), ["SET", "GET"])
check("it set 20,000 bytes", lambda: cli("strlen", "key:__rand_int__"), "20000")
check("-k 0", lambda: benchmark("-t", "get", "-n", "300", "-k", "0", "-c", "5"), ["GET"])
check("--dbnum", lambda: fresh("-t", "set", "-n", "100", "--dbnum", "3"), ["SET"])
check("it set a key of that database", lambda: cli("-n", "3", "dbsize"), "1")
check("a command of one's own",
      lambda: fresh("-n", "500", "-r", "50", "set", "own:__rand_int__", "v"),
      ["set own:__rand_int__ v"])
check("it set fifty keys", lambda: 40 <= int(cli("dbsize")) <= 50)
check("an error ends it", lambda: "Error from server" in run(
    "redis-benchmark", "-n", "10", "-q", "incr", "key", "too many"))
sys.exit(check.status())
