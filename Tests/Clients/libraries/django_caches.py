"""Django's cache, the same calls over a backend: django_caches.py RESP TEXT BACKEND

BACKEND is redis (Django's own), django-redis, pymemcache or pylibmc.
"""
import asyncio
import importlib.metadata
import sys

import django
from django.conf import settings
from django.core import signals

sys.path.insert(0, __file__.rpartition("/libraries/")[0])
import checking
from checking import Checks, Raises

resp, text, backend = "%s:%d" % checking.address(1), "%s:%d" % checking.address(2), sys.argv[3]
BACKENDS = {
    "redis": ("django.core.cache.backends.redis.RedisCache", f"redis://{resp}/0"),
    "django-redis": ("django_redis.cache.RedisCache", f"redis://{resp}/1"),
    "pymemcache": ("django.core.cache.backends.memcached.PyMemcacheCache", text),
    "pylibmc": ("django.core.cache.backends.memcached.PyLibMCCache", text)}
COUNTERS_OF_REDIS = backend in ("redis", "django-redis")

settings.configure(
    CACHES={
        "default": {"BACKEND": BACKENDS[backend][0], "LOCATION": BACKENDS[backend][1],
                    "KEY_PREFIX": "site"}},
    SESSION_ENGINE="django.contrib.sessions.backends.cache", SECRET_KEY="x" * 50,
    SESSION_SERIALIZER="django.contrib.sessions.serializers.JSONSerializer",
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True, MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.cache.UpdateCacheMiddleware",
        "django.middleware.cache.FetchFromCacheMiddleware"])
django.setup()

from django.contrib.sessions.backends.cache import SessionStore  # after setup
from django.core.cache import cache
from django.core.cache.utils import make_template_fragment_key
from django.http import HttpResponse
from django.template import Context, Engine
from django.test import Client
from django.urls import path

calls = []


def wrote(reply):
    """Django's own backends say nothing about a write, django-redis says that it was done."""
    return reply in (None, True, [])


def page(request):
    calls.append(request.path)
    return HttpResponse(f"page {len(calls)}")


def visits(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    response = HttpResponse(str(request.session["visits"]))
    response["Cache-Control"] = "private"
    return response


urlpatterns = [path("page", page), path("visits", visits)]
title = "django-redis" if backend == "django-redis" else f"Django, {backend}"
version = django.__version__
if backend == "django-redis":
    version = f"{importlib.metadata.version('django-redis')} (Django {version})"
check = Checks(title, version)


def fragments():
    engine = Engine(libraries={"cache": "django.templatetags.cache"})
    template = engine.from_string("{% load cache %}{% cache 500 side name %}{{ x }}{% endcache %}")
    first = template.render(Context({"name": "n", "x": 1}))
    return first, template.render(Context({"name": "n", "x": 2}))


def session():
    store = SessionStore()
    store["user"] = {"id": 7, "name": "ünïcode"}
    store.set_expiry(300)
    store.create()
    again = SessionStore(store.session_key)
    found = again["user"], again.get_expiry_age()
    again.cycle_key()
    old, new = SessionStore(store.session_key), SessionStore(again.session_key)
    found += (old.get("user"), new["user"]["id"])
    new.flush()
    return found + (SessionStore().exists(again.session_key),)


async def asynchronous():
    await cache.aset("async", 1)
    await cache.aset_many({"async1": 1, "async2": 2})
    return await cache.aget("async"), await cache.aget_many(["async1", "async2"])


def values():
    for value in ("ünïcode", b"bytes", 17, 2**70, 2.5, None, {"a": [1, ("b",)]}, "x" * 500_000):
        check(f"stores {str(value)[:20]}", lambda: cache.set("v", value), wrote)
        check(f"reads {str(value)[:20]}", lambda: cache.get("v", "missing"), value)


def usual():
    check("misses with a default", lambda: cache.get("nothing", "default"), "default")
    check("has a key", lambda: "v" in cache and not cache.has_key("nothing"))
    check("adds what is absent", lambda: cache.add("a", 1), True)
    check("does not add what is there", lambda: cache.add("a", 2), False)
    check("gets or sets", lambda: cache.get_or_set("g", lambda: 5, 100), 5)
    check("gets what was set", lambda: cache.get_or_set("g", 6), 5)
    check("stores many", lambda: cache.set_many({f"m{n}": n for n in range(100)}, 300), wrote)
    check("reads many", lambda: cache.get_many([f"m{n}" for n in range(101)]),
          {f"m{n}": n for n in range(100)})
    check("deletes", lambda: cache.delete("a"), True)
    check("deletes nothing", lambda: cache.delete("a"), False)
    check("deletes many", lambda: cache.delete_many(["m1", "m2"]), lambda _: True)
    check("they are gone", lambda: cache.get_many(["m1", "m2", "m3"]), {"m3": 3})
    check("counts up", lambda: (cache.set("n", 1), cache.incr("n"), cache.incr("n", 9))[1:],
          (2, 11))
    check("counts down", lambda: cache.decr("n", 4), 7)
    check("counts nothing that is absent", lambda: cache.incr("nothing"), Raises(ValueError))
    check("versions", lambda: (cache.set("w", "v2", version=2), cache.get("w"),
                               cache.get("w", version=2))[1:], (None, "v2"))
    check("raises a version", lambda: cache.incr_version("m3"), 2)
    check("touches", lambda: cache.touch("m4", 500), True)
    check("touches nothing", lambda: cache.touch("nothing", 500), False)
    check("stores for no time", lambda: (cache.set("zero", 1, timeout=0), cache.get("zero"))[1],
          None)
    check("stores for ever", lambda: (cache.set("ever", 1, timeout=None), cache.get("ever"))[1],
          1)
    check("stores for a second", lambda: cache.set("mortal", 1, timeout=1), wrote)
    check("it expires", lambda: check.eventually(lambda: cache.get("mortal"), None))


def sites():
    check("fragments of templates", fragments, ("1", "1"))
    check("a fragment has its key",
          lambda: cache.get(make_template_fragment_key("side", ["n"])), "1")
    browser = Client()
    check("a cached page", lambda: [browser.get("/page").content for _ in range(3)],
          [b"page 1"] * 3)
    check("sessions over requests", lambda: [browser.get("/visits").content for _ in range(3)],
          [b"1", b"2", b"3"])
    check("a session's life", session,
          ({"id": 7, "name": "ünïcode"}, 300, None, 7, False))
    check("asynchronous calls", asynchronous, (1, {"async1": 1, "async2": 2}))
    check("closes at a request's end", lambda: signals.request_finished.send(None) is not None)
    check("and comes back", lambda: cache.get("ever"), 1)


def more_of_django_redis():
    from django_redis import get_redis_connection
    connection = get_redis_connection("default")
    check("ttl", lambda: cache.ttl("m5"), lambda left: 290 < left <= 300)
    check("ttl for ever", lambda: cache.ttl("ever"), None)
    check("pttl", lambda: cache.pttl("m5"), lambda left: 290_000 < left <= 300_000)
    check("expires later", lambda: cache.expire("m5", 50), True)
    check("expires at", lambda: cache.expire_at("m5", 4_000_000_000), True)
    check("persists", lambda: (cache.persist("m5"), cache.ttl("m5")), (True, None))
    check("keys", lambda: sorted(cache.keys("m1?")), [f"m{n}" for n in range(10, 20)])
    check("iterates keys", lambda: len(list(cache.iter_keys("m*"))), 97)
    check("deletes a pattern", lambda: cache.delete_pattern("m*"), 97)
    check("stores when absent", lambda: cache.set("nx", 1, nx=True), True)
    check("stores when present", lambda: cache.set("nx", 2, nx=True), False)
    check("stores when it exists", lambda: cache.set("nx", 2, xx=True), True)
    check("a raw connection", connection.ping)
    check("a lock is taken", lambda: cache.lock("l", timeout=5).acquire(blocking=False), True)

    def locked():
        with cache.lock("released", timeout=5):
            return cache.get("ever")
    check("a lock is released", locked, 1)


cache.clear()
values()
usual()
sites()
if backend == "django-redis":
    more_of_django_redis()
check("clears", lambda: (cache.clear(), cache.get("ever"))[1], None)
sys.exit(check.status())
