#!/usr/bin/env python3
"""resp_diff.py with another grammar: bits, fields and parts of values of up to a megabyte, numbers
with fractions, common subsequences, and keys that change their name and database.

    large_values.py TOOLS --ref 127.0.0.1:1 --sut 127.0.0.1:2 --seed 1 --n 5000 --protocol 3

TOOLS is the folder of resp_diff.py, whose other options these are.
"""
import sys

sys.path.insert(0, sys.argv.pop(1))
import resp_diff

FILLS = [b"x" * 9_000, b"\xff" * 8_192, b"\x00" * 8_193, bytes(range(256)) * 40, b"\xff" * 20_000,
         b"\x00" * 70_000, b"ab" * 100_000, b"q" * 700_000]
EDGES = [0, 1, 7, 8, 63, 64, 65_535, 65_536, 70_000, 80_000, 160_000, 163_840, 1_600_000]
PLACES = [0, -1, 1, -2, 5, 8_192, 8_191, -8_192, 20_000, -20_000, 65_536, 70_000]
RANGE_STARTS = [0, 1, 8_191, 8_192, 8_193, 9_215, 9_216, 16_384, 30_000, 100_000]
WRONG_TYPES = [b"u64", b"i65", b"u0", b"i0", b"x8", b"i", b"u", b"", b"i08", b"I8", b"u-1"]
WRONG_OFFSETS = [b"-1", b"#-1", b"#", b"x", b"4294967296", b"#9223372036854775807",
                 b"#4611686018427387904", b"", b"##1"]
LIMITS = [b"9223372036854775807", b"-9223372036854775808", b"x", b"9223372036854775808"]
DATABASES = [b"0", b"1", b"1", b"2", b"99", b"x", b"-1", b"9999999999"]
FRACTIONS = [b"1e4000", b"1e-4000", b"1e4932", b"-1e4932", b"1e-4950", b"1e5000", b"0.1", b"5 ",
             b"3.3333333333333333333", b"INFINITY", b"nan(1)", b" 5", b"5\x00", b"-0", b"-0.0",
             b"0" * 5_119 + b"1", b"0" * 5_120]
FLOAT_KEYS = [b"f1", b"f2", b"f3"]


def number(value):
    return b"%d" % value


def bit_offset(g):
    return number(g.r.choice(EDGES + [g.r.randint(0, 1_700_000)]))


def place(g):
    return number(g.r.choice(PLACES + [g.r.randint(-80_000, 80_000),
                                       g.r.randint(-800_000, 800_000)]))


def range_words(g):
    units = [b"BIT", b"BYTE", b"bit", b"byte", b"FOO"]
    pair = [place(g), place(g)]
    return g.r.choice([[], pair[:1], pair, pair, pair + [g.r.choice(units)],
                       pair + [g.r.choice(units)], [g.int(), g.int(), g.r.choice(units)],
                       pair + [b"BIT", b"1"]])


def field_type(g):
    if g.r.random() < .08:
        return g.r.choice(WRONG_TYPES)
    return g.r.choice([b"u%d" % g.r.randint(1, 63), b"i%d" % g.r.randint(1, 64)])


def field_offset(g):
    chance = g.r.random()
    if chance < .06:
        return g.r.choice(WRONG_OFFSETS)
    if chance < .4:
        return b"#%d" % g.r.randint(0, 40)
    return number(g.r.randint(0, 700_000 if chance < .5 else 200))


def field_number(g):
    power = 1 << g.r.randint(0, 62)
    return g.r.choice([b"0", b"1", b"-1", number(g.r.randint(-300, 300)), number(power),
                       number(-power), number(g.r.randint(-2**63, 2**63 - 1)),
                       g.r.choice(LIMITS)])


def bitfield(g):
    words = [g.r.choice([b"BITFIELD"] * 4 + [b"BITFIELD_RO"]), g.key()]
    for _ in range(g.r.randint(0, 6)):
        chance = g.r.random()
        if chance < .2:
            words += [g.case(b"OVERFLOW"), g.r.choice([b"WRAP", b"SAT", b"FAIL", b"sat", b"FOO"])]
        elif chance < .45:
            words += [g.case(b"GET"), field_type(g), field_offset(g)]
        elif chance < .7:
            words += [g.case(b"SET"), field_type(g), field_offset(g), field_number(g)]
        elif chance < .98:
            words += [g.case(b"INCRBY"), field_type(g), field_offset(g), field_number(g)]
        else:
            words += [g.r.choice([b"GET", b"FOO", b"SET", b"OVERFLOW"])]
    return words


def letters(g):
    return bytes(g.r.choice(b"ab01") for _ in range(g.r.randint(0, 200)))


def fraction(g):
    made = [b"%.*f" % (g.r.randint(0, 20), g.r.uniform(-1e6, 1e6)),
            b"%de%d" % (g.r.randint(-99, 99), g.r.randint(-30, 30))]
    return g.r.choice(resp_diff.FLOATS + FRACTIONS + made)


def lcs_words(g):
    least = g.r.choice([b"0", b"2", b"4", b"-1", b"x"])
    return g.r.choice([[], [b"LEN"], [b"IDX"], [b"IDX", b"WITHMATCHLEN"], [b"LEN", b"IDX"],
                       [b"IDX", b"MINMATCHLEN", least], [b"FOO"], [b"MINMATCHLEN"],
                       [b"IDX", b"MINMATCHLEN", b"3", b"WITHMATCHLEN"]])


def maybe(g, chance, *words):
    return list(words) if g.r.random() < chance else []


GRAMMAR = {
    "FILL": lambda g: [b"SET", g.key(), g.r.choice(FILLS)],
    "FILL2": lambda g: [b"SET", g.key(), g.r.choice(FILLS)],
    "LETTERS": lambda g: [b"SET", g.key(), letters(g)],
    "LETTERS2": lambda g: [b"SET", g.key(), letters(g)],
    "GET": lambda g: [b"GET", g.key()],
    "STRLEN": lambda g: [b"STRLEN", g.key()],
    "SETBIT": lambda g: [b"SETBIT", g.key(), bit_offset(g), g.r.choice([b"0", b"1", b"1"])],
    "GETBIT": lambda g: [b"GETBIT", g.key(), bit_offset(g)],
    "BITCOUNT": lambda g: [b"BITCOUNT", g.key()] + range_words(g),
    "BITPOS": lambda g: [b"BITPOS", g.key(), g.r.choice([b"0", b"1"])] + range_words(g),
    "BITPOS2": lambda g: [b"BITPOS", g.key(), g.r.choice([b"0", b"1"])] + range_words(g),
    "BITOP": lambda g: [b"BITOP", g.r.choice([b"AND", b"OR", b"XOR", b"not", b"NOT"]),
                        g.key()] + g.keys(1, 4),
    "BITFIELD": bitfield, "BITFIELD2": bitfield, "BITFIELD3": bitfield,
    "APPEND": lambda g: [b"APPEND", g.key(), g.r.choice(
        [g.val(), b"z" * g.r.randint(0, 20_000), b"w" * g.r.choice([1, 1, 1, 600_000])])],
    "SETRANGE": lambda g: [b"SETRANGE", g.key(), number(g.r.choice(
        RANGE_STARTS + [g.r.randint(0, 900_000)])),
        g.r.choice([g.val(), b"k" * g.r.randint(0, 30_000)])],
    "GETRANGE": lambda g: [b"GETRANGE", g.key(), place(g), place(g)],
    "RENAME": lambda g: [g.r.choice([b"RENAME", b"RENAMENX"]), g.key(), g.key()],
    "COPY": lambda g: [b"COPY", g.key(), g.key()] + maybe(g, .5, b"REPLACE")
    + maybe(g, .3, b"DB", g.r.choice(DATABASES)),
    "MOVE": lambda g: [b"MOVE", g.key(), g.r.choice(DATABASES)],
    "SWAPDB": lambda g: [b"SWAPDB", g.r.choice(DATABASES), g.r.choice(DATABASES)],
    "SELECT": lambda g: [b"SELECT", g.r.choice([b"0", b"1"])],
    "EXPIRE": lambda g: [b"EXPIRE", g.key(), b"100000"],
    "TTL": lambda g: [b"TTL", g.key()],
    "PERSIST": lambda g: [b"PERSIST", g.key()],
    "DEL": lambda g: [b"DEL", g.key()],
    "LCS": lambda g: [b"LCS", g.key(), g.key()] + lcs_words(g),
    "INCRBYFLOAT": lambda g: [b"INCRBYFLOAT", g.r.choice(FLOAT_KEYS), fraction(g)],
    "SETFLOAT": lambda g: [b"SET", g.r.choice(FLOAT_KEYS), fraction(g)],
    "MSET": lambda g: [b"MSET"] + [word for _ in range(g.r.randint(1, 4)) for word in (
        g.key(), g.r.choice([g.val(), b"m" * 9_000]))],
    "MSETNX": lambda g: [b"MSETNX"] + [word for _ in range(g.r.randint(1, 3)) for word in (
        g.key(), g.val())],
    "OBJECT": lambda g: g.r.choice([[b"OBJECT", b"FREQ", g.key()], [b"OBJECT", b"HELP"],
                                    [b"OBJECT", b"REFCOUNT", b"none"], [b"OBJECT", b"FREQ"],
                                    [b"OBJECT", b"ENCODING", b"none"], [b"OBJECT", b"X"]]),
    "MEMORY": lambda g: [b"MEMORY", b"USAGE", b"none"] + g.r.choice(
        [[], [b"SAMPLES", b"3"], [b"SAMPLES"], [b"SAMPLES", b"-1"], [b"FOO", b"1"]]),
}

if __name__ == "__main__":
    resp_diff.GROUPS["large"] = GRAMMAR
    # Few keys, so that commands meet.
    resp_diff.KEYS[:] = resp_diff.KEYS[:9]
    sys.argv += ["--groups", "large", "--episode", "100"]
    resp_diff.main()
