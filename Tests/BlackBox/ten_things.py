"""Runs a client's ten things and counts them."""
import time
import traceback


def run(title, things):
    """Runs each function; returns the process's exit status."""
    failed = 0
    for thing in things:
        try:
            thing()
            print(f"  ok      {title}: {thing.__doc__}")
        except Exception:  # whatever a client raises is a failed thing
            failed += 1
            print(f"  FAILED  {title}: {thing.__doc__}")
            print("          " + traceback.format_exc().strip().replace("\n", "\n          "))
    print(f"{title}: {len(things) - failed} passed, {failed} failed")
    return 1 if failed else 0


def eventually(condition, seconds=5):
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.005)
    return condition()


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} is not {expected!r}")
