"""redis-py or valkey-py, synchronous: sync_redis.py HOST:PORT LIBRARY PROTOCOL PARSER

LIBRARY is redis or valkey, PARSER is python or native (hiredis, libvalkey).
"""
import importlib
import sys
import threading

sys.path.insert(0, __file__.rpartition("/libraries/")[0])
import checking
from checking import Checks, Raises
from libraries import redis_commands
from libraries.redis_client import KEYS, connector, name, parser, protocol

library = importlib.import_module(name)
connect = connector(library)
client, other = connect(), connect(db=1)
release = " 5" if library.__version__.startswith("5.") else ""
check = Checks(f"{name}-py{release} RESP{protocol} {parser}", library.__version__)


def pipelined():
    pipe = client.pipeline(transaction=False)
    for number in range(1_000):
        pipe.set(f"pipe{number}", number)
        pipe.get(f"pipe{number}")
    return pipe.execute()[1::2]


def transaction():
    with client.pipeline() as pipe:
        return pipe.set("t", 1).incr("t").get("t").execute()


def failing_transaction():
    with client.pipeline() as pipe:
        return pipe.set("t", "word").incr("t").set("after", 1).execute(raise_on_error=False)


def optimistic():
    """A transfer that WATCH guards; another client comes between once."""
    interruptions = [lambda: other_of_same_database.set("balance", 70)]

    def transfer(pipe):
        balance = int(pipe.get("balance"))
        if interruptions:
            interruptions.pop()()
        pipe.multi()
        pipe.set("balance", balance - 20)
    client.set("balance", 100)
    client.transaction(transfer, "balance")
    return client.get("balance")


def conflict():
    with client.pipeline() as pipe:
        pipe.watch("balance")
        other_of_same_database.incr("balance")
        pipe.multi()
        pipe.set("balance", 0)
        return pipe.execute()


def released_by_watch():
    """How a lock is released where there are no scripts."""
    client.set("lock", "mine", nx=True, px=10_000)

    def release(pipe):
        mine = pipe.get("lock") == b"mine"
        pipe.multi()
        if mine:
            pipe.delete("lock")
    return client.transaction(release, "lock")


def heard(subscriber, count):
    """That many messages, without those that confirm subscriptions, if they come in time."""
    found = []
    while len(found) < count:
        message = subscriber.get_message(ignore_subscribe_messages=True, timeout=5)
        if message is None and not subscriber.connection.can_read(timeout=5):
            break
        if message:
            found.append((message["type"], message["channel"], message["data"]))
    return found


def published():
    with client.pubsub() as subscriber:
        subscriber.subscribe("news")
        subscriber.psubscribe("we*")
        confirmed = [subscriber.get_message(timeout=5)["data"] for _ in range(2)]
        counts = [client.publish("news", "a"), client.publish("weather", "b")]
        return confirmed, counts, heard(subscriber, 2)


def listened():
    """A thread that listens, as run_in_thread does it."""
    arrived, event = [], threading.Event()
    subscriber = client.pubsub()
    subscriber.subscribe(room=lambda message: (arrived.append(message["data"]), event.set()))
    subscriber.get_message(timeout=5)
    thread = subscriber.run_in_thread(sleep_time=0.01)
    client.publish("room", "hello")
    event.wait(5)
    thread.stop()
    thread.join()
    return arrived


def expired_event():
    client.config_set("notify-keyspace-events", "KEA")
    with client.pubsub() as subscriber:
        subscriber.psubscribe("__keyevent@0__:*")
        subscriber.get_message(timeout=5)
        client.set("mortal", 1, px=20)
        found = heard(subscriber, 3)
    client.config_set("notify-keyspace-events", "")
    return [channel.rpartition(b":")[2] for _, channel, _ in found]


def scanned():
    client.flushdb()
    client.mset({key: 1 for key in KEYS} | {"other": 1})
    return set(client.scan_iter(match="scan:*", count=50, _type="string"))


def many_threads():
    """Fifty threads share a pool; the counts must add up."""
    def count():
        for _ in range(20):
            client.incr("shared")
    client.delete("shared")
    checking.together(50, count)
    return client.get("shared")


client.flushall()
other_of_same_database = connect()
redis_commands.strings(check, client, library)
redis_commands.counters(check, client, library)
redis_commands.keys(check, client, library)
redis_commands.bits(check, client, library)
check("pipelines 2,000 commands", pipelined, [b"%d" % number for number in range(1_000)])
check("a transaction", transaction, [True, 2, b"2"])
check("a transaction with an error in it", lambda: [str(part) for part in failing_transaction()],
      ["True", "value is not an integer or out of range", "True"])
check("a transfer that is repeated after a conflict", optimistic, b"50")
check("a conflict", conflict, Raises(library.WatchError))
check("a lock that WATCH releases", released_by_watch, [1])
check("pub/sub", published, (
    [1, 2], [1, 1], [("message", b"news", b"a"), ("pmessage", b"weather", b"b")]))
check("pub/sub in a thread", listened, [b"hello"])
check("PUBSUB NUMSUB", lambda: client.pubsub_numsub("news"), [(b"news", 0)])
check("PUBSUB CHANNELS", client.pubsub_channels, [])
check("keyspace events", expired_event, [b"set", b"expire", b"expired"])
check("SCAN of 1,000 among others", scanned, KEYS)
check("fifty threads over one pool", many_threads, b"1000")
check("a client that decodes", lambda: connect(decode_responses=True).get("shared"), "1000")
check("a lock is taken", lambda: client.lock("taken", timeout=10).acquire(blocking=False), True)
check("and is not given twice", lambda: client.lock("taken").acquire(blocking=False), False)
lock = client.lock("released", timeout=10)
check("a lock is taken and released", lambda: (lock.acquire(), lock.release()), (True, None))
redis_commands.databases(check, client, other, library)
redis_commands.server(check, client.client(), library)
sys.exit(check.status())
