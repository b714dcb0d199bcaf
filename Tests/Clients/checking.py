"""Runs the checks of one program, tells of each, and counts them.

    check = Checks("redis-py RESP2", redis.__version__)
    check("stores", lambda: client.set("a", "1"), True)
    check("refuses", lambda: client.incr("word"), Raises(redis.ResponseError, "not an integer"))
    sys.exit(check.status())

What a call returns may be awaitable: it is awaited, so that one list of checks serves the
synchronous and the asynchronous form of a client.
"""
import asyncio
import inspect
import sys
import threading
import time
import traceback

RETRY_SECONDS = 0.005


class Raises:
    """Expects an error of this class whose text contains these words."""

    def __init__(self, kind, words=""):
        self.kind, self.words = kind, words

    def __repr__(self):
        return f"an error {self.kind.__name__} with {self.words!r}"


class Checks:
    def __init__(self, title, version):
        self.title, self.passed, self.failed = title, 0, 0
        self.loop = asyncio.new_event_loop()
        print(f"{title}: version {version}")

    def __call__(self, text, call, expected=True):
        """Runs the call and compares: with a value, a predicate, or what it should raise."""
        problem = self.problem(call, expected)
        self.passed, self.failed = self.passed + (not problem), self.failed + bool(problem)
        print(f"  {'FAILED' if problem else 'ok    '}  {self.title}: {text}")
        if problem:
            print("          " + problem.strip().replace("\n", "\n          "))

    def problem(self, call, expected):
        try:
            actual = self.wait(call())
        except Exception as error:  # whatever a client raises is judged here
            if isinstance(expected, Raises) and isinstance(error, expected.kind):
                if expected.words in str(error):
                    return None
                return f"got the error {error}, not {expected!r}"
            return traceback.format_exc()
        if inspect.isfunction(expected):
            return None if expected(actual) else f"got {short(actual)}"
        if type(expected) is bool and type(actual) is not bool:
            return f"expected {expected!r}\nbut got  {short(actual)}"
        if actual == expected:
            return None
        return f"expected {short(expected)}\nbut got  {short(actual)}"

    def wait(self, value):
        if inspect.isawaitable(value):
            return self.loop.run_until_complete(value)
        return value

    def eventually(self, call, expected=True, seconds=5):
        """Whether the call comes to return this in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.wait(call()) == expected:
                return True
            time.sleep(RETRY_SECONDS)
        return False

    def status(self):
        """Tells the counts; the program's exit status."""
        print(f"{self.title}: {self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def short(value):
    text = repr(value)
    return text if len(text) <= 400 else text[:400] + "…"


def address(position=1):
    """The host and the port that the command line names there."""
    host, _, port = sys.argv[position].rpartition(":")
    return host, int(port)


def together(count, work, seconds=10):
    """Runs the work in so many threads, and waits that long at most for all of them.

    What a thread raises ends it silently: the check sees what it did not do.
    """
    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    threading.excepthook = lambda _: None
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
