#!/usr/bin/env python3
"""Shows that where replies differ from memcached's, memcached differs from itself.

    memcached_numbers.py --binary .build/release/larder --tools FOLDER
    memcached_numbers.py --binary .build/release/larder --tools FOLDER --n 2000 1 2
    memcached_numbers.py --binary .build/release/larder --tools FOLDER --namespaces 1
    memcached_numbers.py --self-test --tools FOLDER 5     with falsified replies

memcached's `incr`, `decr` and `ma` look for the end of a number of blanks alone, and for a minus
behind one of 2^63 and more, where the value has ended already: the answer is made of what was in
the memory behind it. mc_diff.py compares (all of its groups, seeds 1 to 20)

    memcached with another memcached that has another past and other sizes of chunks, and
    memcached with larder.

Before a batch with such commands the stored values are read on both servers. A difference counts
as one of that kind only if such a command met such a value of the same key, in the same batch or
in one after which the two servers kept different values of the key. Any other is a failure.

Both servers get a batch in the same pieces, unlike in mc_diff.py alone: a reply that memcached has
sent before it reads on is no longer in the way of a change, so the place of a cut can be seen.
Exit status: 0 all differences are of that kind, 1 others are, 2 it could not run.
"""
import argparse
import ast
import base64
import binascii
import collections
import contextlib
import io
import json
import pathlib
import re
import socket
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "BlackBox"))
import elsewhere
import server_process
from tamper import Tampered

REFERENCE_FLAGS = ["-t", "1", "-o", "no_lru_crawler,no_lru_maintainer"]
# Chunks grow by more, and each item has more room: other neighbours, other leftovers.
OTHER_SIZES = ["-n", "96", "-f", "1.7"]
# Stands for the value when the tester numbers versions differently after such a difference.
OUT_OF_STEP = object()
STORES = (b"set", b"add", b"replace", b"append", b"prepend", b"cas")
SUMS = (b"incr", b"decr", b"ma")

Request = collections.namedtuple("Request", "verb token key words data")


def decoded(words, first_flag):
    """The key, and how it was written; meta commands may have it in base64."""
    token = words[1] if len(words) > 1 else b""
    if b"b" in words[first_flag:]:
        with contextlib.suppress(binascii.Error):
            return base64.b64decode(token), token + b" b"
    return token, token


def requests(batch):
    """The requests of a batch, as far as they matter here."""
    found, position = [], 0
    while position < len(batch):
        end = batch.find(b"\n", position)
        words = batch[position:end].split()
        position = end + 1
        if end < 0:
            break
        verb = words[0] if words else b""
        place = 4 if verb in STORES else 2 if verb == b"ms" else None
        data = None
        if place and len(words) > place and words[place].isdigit():
            data = batch[position:position + int(words[place])]
            position += len(data) + 2
        meta = verb[:1] == b"m"
        key, token = decoded(words, (3 if verb == b"ms" else 2) if meta else len(words))
        found.append(Request(verb, token, key, words, data))
    return found


def is_read_past(value):
    """Whether memcached looks behind the end of this value when it is to be a number."""
    number = value.lstrip(b" \t\n\v\f\r")
    digits = re.match(rb"\+?(\d+)", number)
    return value != b"" and (number == b""
                             or digits is not None and 1 << 63 <= int(digits[1]) < 1 << 64)


def flag(request, letter, otherwise):
    return next((word[1:] for word in request.words[2:] if word[:1] == letter), otherwise)


def sums(request, values):
    """What may be stored after `incr`, `decr` or `ma` of one of the values."""
    step = flag(request, b"D", b"1") if request.verb == b"ma" else (request.words + [b"x"] * 3)[2]
    if not step.isdigit():
        return set()
    down = request.verb == b"decr" or flag(request, b"M", b"")[:1] in (b"D", b"-")
    results = {flag(request, b"J", b"0")} if request.verb == b"ma" else set()
    for value in values:
        digits = re.match(rb"\s*\+?(\d+)", value)
        old = int(digits[1]) if digits else 0
        number = b"%d" % (max(0, old - int(step)) if down else (old + int(step)) % (1 << 64))
        results |= {number, number.ljust(len(value))}
    return results


def doubts(found, values):
    """The keys for which a command of a batch reads past the end of a value. `values` has what is
    stored under each key before, and gets whatever may be there in between."""
    doubtful = {}
    for request in found:
        stored = values.setdefault(request.key, set())
        if request.verb in SUMS:
            for value in filter(is_read_past, stored):
                doubtful[request.key] = value
            stored |= sums(request, stored)
        elif request.data is not None:
            mode = flag(request, b"M", b"")[:1].upper() if request.verb == b"ms" else b""
            if request.verb == b"append" or mode == b"A":
                stored |= {value + request.data for value in stored}
            elif request.verb == b"prepend" or mode == b"P":
                stored |= {request.data + value for value in stored}
            else:
                stored.add(request.data)
    return doubtful


class Observer:
    """Looks at what the tester sends, and at the values that it meets."""

    def __init__(self, addresses):
        self.addresses = addresses
        self.peeks = []
        self.asked = []   # (batch, keys named, keys in doubt with the value)
        self.last = set()  # places of those after which the tester connected anew
        self.open = {}    # keys in doubt before whose values may differ, with their tokens
        self.cut = None

    def restart(self, connection_type):
        """The tester has connected anew, and empties both servers."""
        self.open = {}
        self.last.add(len(self.asked) - 1)
        if not self.peeks:
            self.peeks = [connection_type(address, 5) for address in self.addresses]

    def peek(self, side, token):
        """The value under a key; does not count as a read of it."""
        connection = self.peeks[side]
        connection.s.sendall(b"mg %s v u\r\nmn\r\n" % token)
        reply = connection.until(b"MN\r\n")
        if not reply.startswith(b"VA "):
            return None
        header, _, rest = reply.partition(b"\r\n")
        return rest[:int(header.split()[1])]

    def sees(self, batch):
        found = requests(batch)
        tokens = {request.key: request.token for request in found if request.verb in SUMS}
        tokens |= {key: token for key, (token, _) in self.open.items()}
        values = {key: [self.peek(side, token) for side in (0, 1)]
                  for key, token in tokens.items()}
        for key in list(self.open):
            if values[key][0] == values[key][1]:
                del self.open[key]
        before = {key: {value for value in pair if value is not None}
                  for key, pair in values.items()}
        for key, value in doubts(found, before).items():
            self.open[key] = (tokens[key], value)
        named = {request.key for request in found}
        for request in found:
            if request.verb in (b"get", b"gets", b"gat", b"gats"):
                named |= set(request.words[1:])
        self.asked.append((batch, named, {key: value for key, (_, value) in self.open.items()}))


def observed(tester, observer):
    """The tester's connection, under observation."""
    plain = tester.Conn

    class Connection(plain):
        def __init__(self, address, timeout):
            super().__init__(address, timeout)
            self.side = observer.addresses.index(address)
            if self.side == 0:
                observer.restart(plain)

        def send(self, data, chance=None):
            if self.side == 0:
                observer.sees(data)
                observer.cut = None
                if chance and len(data) > 2 and chance.random() < .15:
                    observer.cut = chance.randrange(1, len(data))
            first = min(observer.cut or len(data), len(data))
            self.s.sendall(data[:first])
            if first < len(data):
                time.sleep(.0005)
                self.s.sendall(data[first:])

    return Connection


def explained(differences, observer):
    """For each difference, the value that explains it, or nothing."""
    # The tester connects anew after a difference; but for the three batches at its end.
    count, is_out_of_step = len(observer.asked), False
    places = iter(sorted(observer.last | set(range(count - 3, count))))
    for difference in differences:
        start = ast.literal_eval(difference["cmd"])
        start = b"gets " if start == b"gets all" else start
        place = next((place for place in places
                      if place >= 0 and observer.asked[place][0].startswith(start)), None)
        _, named, doubtful = (b"", set(), {}) if place is None else observer.asked[place]
        value = next((doubtful[key] for key in named if key in doubtful), None)
        is_out_of_step = is_out_of_step or value is not None
        if value is None and is_out_of_step and differ_by_number(difference):
            value = OUT_OF_STEP
        yield difference, value


def differ_by_number(difference):
    """Whether replies differ only in the numbers that the tester gives to versions. It counts
    them on each side, also where one side shows one and the other does not."""
    left, right = (re.sub(rb"CAS\d+", b"CAS", ast.literal_eval(difference[side]))
                   for side in ("ref", "sut"))
    # What is shown is cut off, and numbers have different lengths.
    shown = min(len(left), len(right))
    return left[:shown] == right[:shown]


def compare(tester, left, right, options, seed):
    """Runs the tester; returns its differences with what explains them."""
    addresses = [f"127.0.0.1:{port}" for port in (left, right)]
    observer = Observer(addresses)
    original, tester.Conn = tester.Conn, observed(tester, observer)
    output = io.StringIO()
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        sys.argv = ["mc_diff.py", "--ref", addresses[0], "--sut", addresses[1], "--seed",
                    str(seed), "--n", str(options.n), "--timeout", "20", "--json", report.name]
        try:
            with contextlib.redirect_stdout(output):
                tester.main()
        except SystemExit as ended:
            if ended.code not in (0, 1):
                raise server_process.StartFailure(output.getvalue()[-2_000:]) from None
        finally:
            tester.Conn = original
        result = json.loads(pathlib.Path(report.name).read_text())
    if result["stats"].get("commands", 0) < options.n:
        raise server_process.StartFailure(f"seed {seed} ended early:\n{output.getvalue()[-2_000:]}")
    return list(explained(result["diffs"], observer))


def summary(title, found_by_seed):
    """Prints the differences; returns how many there are, and how many of another kind."""
    kinds, others = collections.Counter(), []
    for seed, found in found_by_seed.items():
        for difference, reason in found:
            if reason is None:
                others.append((seed, difference))
            elif reason is OUT_OF_STEP:
                kinds["numbers"] += 1
            else:
                kinds["blanks" if reason.strip() == b"" else "2^63 and more"] += 1
    per_seed = " ".join(f"{seed}:{len(found)}" for seed, found in found_by_seed.items() if found)
    count = sum(map(len, found_by_seed.values()))
    print(f"{title}: {count} differences in {len(found_by_seed)} seeds ({per_seed or 'none'})")
    print(f"    value of blanks alone {kinds['blanks']}, "
          f"number of 2^63 and more {kinds['2^63 and more']}, "
          f"versions counted on from there {kinds['numbers']}, others {len(others)}")
    for seed, difference in others[:10]:
        print(f"    seed {seed}: {json.dumps(difference)}")
    return count, len(others)


class Reference(server_process.Server):
    """memcached as mc_diff.py wants it."""

    sizes = ()

    def commands(self):
        redis, memcached = super().commands()
        place = memcached.index("-t")
        return [redis, memcached[:place] + REFERENCE_FLAGS + list(self.sizes)]


class Other(Reference):
    """memcached with another past and other sizes of chunks."""

    sizes = OTHER_SIZES

    def start(self):
        super().start()
        with contextlib.closing(Traffic(self.text)) as traffic:
            traffic.run()
        return self


class Traffic:
    """What a server has been through: values of all sizes, with digits and signs, and a flush."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)

    def run(self):
        for number in range(4_000):
            value = (b"-7 " * 400)[:1 + number * 7 % 900]
            self.socket.sendall(b"set past%d 0 0 %d noreply\r\n%s\r\n"
                                % (number, len(value), value))
        self.socket.sendall(b"flush_all\r\n")
        while b"OK\r\n" not in self.socket.recv(4096):
            pass

    def close(self):
        self.socket.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="mc_diff.py's folder")
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument(
        "--self-test", action="store_true", help="with falsified replies, which must be noticed")
    parser.add_argument(
        "--namespaces", action="store_true", help="with namespaces and origins of other keys")
    parser.add_argument("seeds", nargs="*", type=int, default=list(range(1, 21)))
    options = parser.parse_args()
    sys.path.insert(0, str(options.tools))
    import mc_diff as tester
    with elsewhere.file(options.namespaces) as flags, Reference() as reference:
        server = (Tampered(Reference()) if options.self_test
                  else server_process.server_from(options, flags=flags))
        if not options.self_test:
            with Other() as other:
                found = {seed: compare(tester, reference.text, other.text, options, seed)
                         for seed in options.seeds}
            differing, strange = summary("memcached and memcached", found)
        with server:
            found = {seed: compare(tester, reference.text, server.text, options, seed)
                     for seed in options.seeds}
            count, others = summary("memcached and the server", found)
    if options.self_test:
        print(f"self-test: falsified replies were {'' if others else 'NOT '}noticed")
        return 0 if others else 1
    return 0 if others == 0 and strange == 0 else 1


if __name__ == "__main__":
    server_process.exit_with(main)
