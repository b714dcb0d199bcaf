"""What the two ways to use redis-py and valkey-py share: the program's arguments, and clients.

The program's arguments are HOST:PORT LIBRARY PROTOCOL PARSER. LIBRARY is redis or valkey, PARSER is
python or native (hiredis, libvalkey).
"""
import importlib
import sys

import checking

host, port = checking.address()
name, protocol, parser = sys.argv[2], int(sys.argv[3]), sys.argv[4]
KEYS = {b"scan:%d" % number for number in range(1_000)}


def connector(library, prefix=""):
    """A function that makes clients of `library`. `prefix`: what its parsers' names begin with."""
    parsers = importlib.import_module(f"{name}._parsers")
    native = "Hiredis" if name == "redis" else "Libvalkey"
    word = f"RESP{protocol}" if parser == "python" else native
    parser_class = getattr(parsers, f"_{prefix}{word}Parser")
    client = library.Redis if name == "redis" else library.Valkey

    def connect(**options):
        pool = library.ConnectionPool(
            host=host, port=port, protocol=protocol, socket_timeout=10, parser_class=parser_class,
            **options)
        return client(connection_pool=pool)

    return connect
