"""What users of memcached's clients do. Each client names things its own way, so the calls come in
as functions: see `Dialect`."""
import dataclasses
import typing


@dataclasses.dataclass
class Dialect:
    """How one client says it. A call that a client does not have is None and is left out."""
    set: typing.Callable
    get: typing.Callable
    get_many: typing.Callable
    set_many: typing.Callable
    delete: typing.Callable
    add: typing.Callable
    replace: typing.Callable
    append: typing.Callable
    prepend: typing.Callable
    increment: typing.Callable
    decrement: typing.Callable
    touch: typing.Callable
    flush: typing.Callable
    # What the client answers for stored and for not stored.
    stored: typing.Any = True
    refused: typing.Any = False
    absent: typing.Any = None
    # The largest value that is tried.
    limit: int = 900_000


def commands(check, dialect):
    """The values are bytes: what a client does with other types is its own affair."""
    yes, no = dialect.stored, dialect.refused
    for size in (0, 1, 100, 8_192, 65_536, dialect.limit):
        check(f"stores {size} bytes", lambda: dialect.set(b"k", b"x" * size), yes)
        check(f"reads {size} bytes", lambda: dialect.get(b"k"), b"x" * size)
    check("stores what looks like the protocol", lambda: dialect.set(b"k", b"a\r\nEND\r\n"), yes)
    check("reads it", lambda: dialect.get(b"k"), b"a\r\nEND\r\n")
    check("a key of 250 bytes", lambda: dialect.set(b"k" * 250, b"long"), yes)
    check("reads it too", lambda: dialect.get(b"k" * 250), b"long")
    check("misses", lambda: dialect.get(b"nothing"), dialect.absent)
    check("adds what is absent", lambda: dialect.add(b"a", b"1"), yes)
    check("does not add what is there", lambda: dialect.add(b"a", b"2"), no)
    check("replaces what is there", lambda: dialect.replace(b"a", b"3"), yes)
    check("does not replace what is absent", lambda: dialect.replace(b"nothing", b"x"), no)
    check("appends", lambda: dialect.append(b"a", b"4"), yes)
    check("prepends", lambda: dialect.prepend(b"a", b"2"), yes)
    check("all three are there", lambda: dialect.get(b"a"), b"234")
    check("deletes", lambda: dialect.delete(b"a"), yes)
    check("it is gone", lambda: dialect.get(b"a"), dialect.absent)
    many = {b"many%d" % number: b"%d" % number for number in range(200)}
    check("stores many", lambda: not dialect.set_many(many), True)
    check("reads many", lambda: dialect.get_many([*many, b"nothing"]), many)
    check("stores a number", lambda: dialect.set(b"n", b"5"), yes)
    check("counts up", lambda: dialect.increment(b"n", 7), 12)
    check("counts down", lambda: dialect.decrement(b"n", 2), 10)
    check("not below zero", lambda: dialect.decrement(b"n", 100), 0)


def expiry(check, dialect):
    yes = dialect.stored
    check("stores for a second", lambda: dialect.set(b"mortal", b"x", 1), yes)
    check("it is there", lambda: dialect.get(b"mortal"), b"x")
    if dialect.touch:
        check("stores for a second, then touches", lambda: dialect.set(b"touched", b"x", 1), yes)
        check("touches", lambda: dialect.touch(b"touched", 1_000), yes)
    check("it expires",
          lambda: check.eventually(lambda: dialect.get(b"mortal"), dialect.absent), True)
    if dialect.touch:
        check("what was touched lives", lambda: dialect.get(b"touched"), b"x")
    check("flushes", dialect.flush, lambda _: True)
    check("everything is gone", lambda: dialect.get_many([b"k", b"n", b"many1"]), {})
