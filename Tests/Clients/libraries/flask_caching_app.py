"""Flask-Caching, cachelib and Flask-Session in one small application:
flask_caching_app.py RESP TEXT BACKEND

BACKEND is redis or memcached.
"""
import importlib.metadata
import sys

import cachelib
import flask
import redis
from flask_caching import Cache
from flask_session import Session

sys.path.insert(0, __file__.rpartition("/libraries/")[0])
import checking
from checking import Checks

(host, resp), (_, text), backend = checking.address(1), checking.address(2), sys.argv[3]
IS_REDIS = backend == "redis"
app = flask.Flask(__name__)
app.config.update(SECRET_KEY="x", TESTING=True, CACHE_KEY_PREFIX="app_", CACHE_DEFAULT_TIMEOUT=300)
if IS_REDIS:
    app.config.update(
        CACHE_TYPE="RedisCache", CACHE_REDIS_HOST=host, CACHE_REDIS_PORT=resp,
        SESSION_TYPE="redis", SESSION_REDIS=redis.Redis(host=host, port=resp, db=2))
    library = cachelib.RedisCache(host=host, port=resp, db=3, key_prefix="lib_")
else:
    import pymemcache
    app.config.update(
        CACHE_TYPE="MemcachedCache", CACHE_MEMCACHED_SERVERS=[f"{host}:{text}"],
        SESSION_TYPE="memcached", SESSION_MEMCACHED=pymemcache.Client((host, text)))
    library = cachelib.MemcachedCache([f"{host}:{text}"], key_prefix="lib_")
cache = Cache(app)
Session(app)
versions = [importlib.metadata.version(name) for name in ("Flask-Caching", "cachelib",
                                                          "Flask-Session")]
check = Checks(f"Flask-Caching, {backend}", "{} (cachelib {}, Flask-Session {})".format(*versions))
calls = []


@app.route("/page")
@cache.cached(timeout=60, query_string=True)
def page():
    calls.append("page")
    return f"page {len(calls)}"


@app.route("/visits")
def visits():
    flask.session["visits"] = flask.session.get("visits", 0) + 1
    return str(flask.session["visits"])


@app.route("/leave")
def leave():
    flask.session.clear()
    return "left"


@cache.memoize(60)
def added(first, second):
    calls.append("added")
    return first + second + len(calls)


def memoized():
    calls.clear()
    first = [added(1, 2), added(1, 2), added(2, 2)]
    cache.delete_memoized(added, 1, 2)
    second = [added(1, 2), added(2, 2)]
    cache.delete_memoized(added)
    return first, second, added(2, 2)


def usual(title, store, many=True):
    check(f"{title}: stores", lambda: store.set("k", {"a": [1, "ü"]}))
    check(f"{title}: reads", lambda: store.get("k"), {"a": [1, "ü"]})
    check(f"{title}: misses", lambda: store.get("nothing"), None)
    check(f"{title}: has", lambda: bool(store.has("k")) and not store.has("nothing"))
    check(f"{title}: adds", lambda: bool(store.add("k", 1)), False)
    check(f"{title}: adds what is absent", lambda: bool(store.add("fresh", 1)), True)
    check(f"{title}: stores many", lambda: bool(store.set_many({"m1": 1, "m2": "b"})), True)
    check(f"{title}: reads many", lambda: list(store.get_many("m1", "nothing", "m2")),
          [1, None, "b"])
    check(f"{title}: reads many by name", lambda: store.get_dict("m1", "m2"), {"m1": 1, "m2": "b"})
    check(f"{title}: deletes", lambda: bool(store.delete("m1")), True)
    check(f"{title}: deletes many", lambda: store.delete_many("m2", "fresh"), lambda _: True)
    check(f"{title}: they are gone", lambda: list(store.get_many("m1", "m2", "fresh")),
          [None, None, None])
    check(f"{title}: stores for a second", lambda: store.set("mortal", 1, timeout=1))
    check(f"{title}: it expires",
          lambda: check.eventually(lambda: store.get("mortal"), None))


with app.app_context():
    cache.clear()
    usual("cache", cache)
    usual("cachelib", library)
    check("cachelib: counts", lambda: (library.inc("n", 3), library.dec("n", 1))[1], 2)
    check("memoizes", memoized, ([4, 4, 6], [6, 6], 8))
    check("clears", lambda: (cache.clear(), cache.get("k"))[1], None)
browser, stranger = app.test_client(), app.test_client()
check("a cached page", lambda: [browser.get("/page").data for _ in range(2)],
      lambda pages: pages[0] == pages[1])
check("another query, another page",
      lambda: browser.get("/page?a=1").data != browser.get("/page?a=2").data)
check("sessions", lambda: [browser.get("/visits").data for _ in range(3)], [b"1", b"2", b"3"])
check("of one browser each", lambda: stranger.get("/visits").data, b"1")
check("that end", lambda: (browser.get("/leave"), browser.get("/visits").data)[1], b"1")
check("cachelib clears", lambda: (library.clear(), library.get("k"))[1], None)
sys.exit(check.status())
