"""Releases and extends redis-py's locks by WATCH, where the server runs no scripts.

    import watch_lock
    watch_lock.install()

After that the locks of redis-py need no script, nor do those of dogpile.cache and django-redis,
which are redis-py's. Taking a lock needs none anyway: it is SET NX PX.
"""
from redis.asyncio.lock import Lock as AsyncLock
from redis.exceptions import LockNotOwnedError, WatchError
from redis.lock import Lock

LOST = "the lock is no longer owned"


def install():
    Lock.do_release, Lock.do_extend, Lock.do_reacquire = release, extend, reacquire
    AsyncLock.do_release, AsyncLock.do_extend = async_release, async_extend
    AsyncLock.do_reacquire = async_reacquire


def release(lock, token):
    while_owned(lock, token, lambda pipe, _: pipe.delete(lock.name))


def extend(lock, seconds, replace_ttl=False):
    return while_owned(lock, lock.local.token, extension(lock, seconds, replace_ttl))


def reacquire(lock):
    return while_owned(
        lock, lock.local.token, lambda pipe, _: pipe.pexpire(lock.name, int(lock.timeout * 1000)))


async def async_release(lock, token):
    await async_while_owned(lock, token, lambda pipe, _: pipe.delete(lock.name))


async def async_extend(lock, seconds, replace_ttl=False):
    return await async_while_owned(
        lock, lock.local.token, extension(lock, seconds, replace_ttl))


async def async_reacquire(lock):
    return await async_while_owned(
        lock, lock.local.token, lambda pipe, _: pipe.pexpire(lock.name, int(lock.timeout * 1000)))


def extension(lock, seconds, replaces):
    return lambda pipe, left: pipe.pexpire(
        lock.name, int(seconds * 1000) + (0 if replaces else max(left, 0)))


def is_mine(lock, stored, token):
    return stored is not None and lock.redis.get_encoder().encode(stored) == token


def while_owned(lock, token, change):
    """Runs the change in a transaction that is void once the lock is somebody else's."""
    with lock.redis.pipeline() as pipe:
        try:
            pipe.watch(lock.name)
            if not is_mine(lock, pipe.get(lock.name), token):
                raise LockNotOwnedError(LOST)
            left = pipe.pttl(lock.name)
            pipe.multi()
            change(pipe, left)
            pipe.execute()
            return True
        except WatchError:
            raise LockNotOwnedError(LOST) from None


async def async_while_owned(lock, token, change):
    async with lock.redis.pipeline() as pipe:
        try:
            await pipe.watch(lock.name)
            if not is_mine(lock, await pipe.get(lock.name), token):
                raise LockNotOwnedError(LOST)
            left = await pipe.pttl(lock.name)
            pipe.multi()
            change(pipe, left)
            await pipe.execute()
            return True
        except WatchError:
            raise LockNotOwnedError(LOST) from None
