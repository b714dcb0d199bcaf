"""A small RESP server that is wrong on purpose, to prove that the tests notice.

It runs in a process of its own: `with FakeServer("torn") as server:` gives `server.resp`.
"""
import asyncio
import multiprocessing
import os
import random
import time

import server_process

BUGS = {
    "torn": "MSET and RENAME let others in between two keys",
    "forgetful": "SCAN leaves out a key in ten thousand while the table changes",
    "gullible": "takes an announced gigabyte at its word, and stops for a second to clear it",
    "blocking": "one client's garbage or unread reply stops everybody for two seconds",
}


class Service:
    def __init__(self, bug):
        self.bug = bug
        self.store = {}
        self.order = None
        self.hoard = []

    async def handle(self, reader, writer):
        try:
            while line := await reader.readline():
                if not line.startswith(b"*"):
                    await self.inline(line, writer)
                    continue
                words = []
                for _ in range(int(line[1:])):
                    count = int((await reader.readline())[1:])
                    self.announced(count)
                    words.append((await reader.readexactly(count + 2))[:-2])
                writer.write(await self.answer(words))
                await writer.drain()
        except (ValueError, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def inline(self, line, writer):
        if line.strip() == b"PING":
            writer.write(b"+PONG\r\n")
        elif self.bug == "blocking":
            time.sleep(2)
        else:
            writer.write(b"-ERR unknown command\r\n")

    def announced(self, count):
        if self.bug == "gullible" and count >= 1 << 30:
            self.hoard.append(bytearray(os.urandom(1 << 20)) * 300)
            time.sleep(1)

    async def answer(self, words):
        command, words = words[0].upper(), words[1:]
        method = getattr(self, "do_" + command.decode("ascii", "replace").lower(), None)
        return await method(*words) if method else b"-ERR unknown command\r\n"

    async def pause(self):
        if self.bug == "torn":
            await asyncio.sleep(0)

    async def do_ping(self):
        return b"+PONG\r\n"

    async def do_flushall(self):
        self.store.clear()
        return b"+OK\r\n"

    async def do_dbsize(self):
        return b":%d\r\n" % len(self.store)

    async def do_set(self, key, value):
        self.store[key] = value
        return b"+OK\r\n"

    async def do_get(self, key):
        return bulk(self.store.get(key))

    async def do_mset(self, *words):
        for key, value in zip(words[::2], words[1::2]):
            self.store[key] = value
            await self.pause()
        return b"+OK\r\n"

    async def do_mget(self, *keys):
        return b"*%d\r\n" % len(keys) + b"".join(bulk(self.store.get(key)) for key in keys)

    async def do_del(self, *keys):
        count = 0
        for key in keys:
            count += self.store.pop(key, None) is not None
            await self.pause()
        return b":%d\r\n" % count

    async def do_rename(self, source, target):
        if source not in self.store:
            return b"-ERR no such key\r\n"
        value = self.store.pop(source)
        await self.pause()
        self.store[target] = value
        return b"+OK\r\n"

    async def do_scan(self, cursor, *options):
        count = int(options[options.index(b"COUNT") + 1]) if b"COUNT" in options else 10
        if cursor == b"0" or self.order is None:
            self.order = list(self.store)
        start = int(cursor)
        page = self.order[start:start + count]
        if self.bug == "forgetful":
            page = [key for key in page if random.random() > 0.0001]
        end = start + count
        head = b"0" if end >= len(self.order) else b"%d" % end
        return b"*2\r\n" + bulk(head) + b"*%d\r\n" % len(page) + b"".join(map(bulk, page))


def bulk(value):
    return b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value)


def serve(port, bug):
    async def main():
        service = Service(bug)
        server = await asyncio.start_server(service.handle, "127.0.0.1", port, limit=1 << 31)
        async with server:
            await server.serve_forever()
    asyncio.run(main())


class FakeServer:
    """Looks like `server_process.Server` to a test of RESP."""

    binary = None

    def __init__(self, bug):
        if bug is not None and bug not in BUGS:
            raise ValueError(f"no such bug: {bug}")
        self.resp = self.text = server_process.free_port()
        self.process = multiprocessing.Process(target=serve, args=(self.resp, bug), daemon=True)

    def __enter__(self):
        self.process.start()
        self.process.poll = lambda: self.process.exitcode
        self.process.returncode = None
        server_process.wait_for_ping(self.resp, self.process, time.monotonic() + 10)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.join()

    def is_running(self):
        return self.process.is_alive()

    def pids(self):
        return [self.process.pid]
