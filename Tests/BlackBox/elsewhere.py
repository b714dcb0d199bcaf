"""Namespaces and origins of keys that no tester uses: they change nothing for others."""
import contextlib
import tempfile

# The origins are not there.
NAMESPACES = """
origins:
  web: { http: "http://127.0.0.1:9", limit: 8 }
  file: { sqlite: /nowhere/shop.db }
namespaces:
  - { match: "elsewhere:{all...}", cache: never }
  - match: "shelf:{id}"
    origin: { use: file, get: "SELECT {id}", set: "SELECT {id}, {value}" }
    ttl: 1h
    write: around
"""
for mode in ("cache", "through", "invalidate"):
    NAMESPACES += f"""
  - match: "{mode}-elsewhere:{{id}}"
    origin: {{ use: web, get: "/{{id}}", set: "/{{id}}" }}
    ttl: 1h
    write: {mode}
"""


@contextlib.contextmanager
def file(is_wanted):
    """The arguments that give a server these namespaces, if they are wanted."""
    if not is_wanted:
        yield []
        return
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as made:
        made.write(NAMESPACES)
        made.flush()
        yield [made.name]
