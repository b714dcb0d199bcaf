#!/usr/bin/env python3
"""Many clients move amounts between accounts by WATCH, GET, MULTI, SET and EXEC; the sum stays.

    transfers.py --binary .build/release/larder --seconds 60
    transfers.py --stand-in | --self-test
    transfers.py --binary .build/release/larder --checked      on the history checker, too

Others read all accounts at once, or move amounts in transactions that watch nothing.
Exit status: 0 the sum was kept, 1 it was not, 2 it could not run.
"""
import argparse
import asyncio
import os
import pathlib
import random
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "BlackBox"))
import server_process
from wire import encoded

CLIENTS = 50
READERS = 2
ACCOUNTS = [f"account:{number}" for number in range(12)]
AMOUNT = 1_000


class Client:
    @classmethod
    async def connected(cls, port, forgets=0.0):
        client = cls()
        client.reader, client.writer = await asyncio.open_connection("127.0.0.1", port)
        client.forgets = forgets
        client.done = client.broken = 0
        return client

    async def ask(self, *words):
        return (await self.pipeline(words))[0]

    async def pipeline(self, *commands):
        self.writer.write(b"".join(encoded(*words) for words in commands))
        return [await self.reply() for _ in commands]

    async def reply(self):
        line = (await self.reader.readuntil(b"\r\n"))[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b"$":
            if rest == b"-1":
                return None
            return (await self.reader.readexactly(int(rest) + 2))[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [await self.reply() for _ in range(int(rest))]
        if kind == b"-":
            raise RuntimeError(f"the server said {rest.decode()}")
        return rest

    async def transfer(self):
        """Moves an amount; in vain when another wrote one of the accounts meanwhile."""
        source, target = random.sample(ACCOUNTS, 2)
        if random.random() >= self.forgets:
            await self.ask("WATCH", source, target)
        before = await self.ask("MGET", source, target)
        amount = random.randint(1, 9)
        *_, result = await self.pipeline(
            ("MULTI",), ("SET", source, int(before[0]) - amount),
            ("SET", target, int(before[1]) + amount), ("EXEC",))
        self.done += result is not None
        self.broken += result is None

    async def move(self):
        """The same in a transaction that needs no watch."""
        source, target = random.sample(ACCOUNTS, 2)
        amount = random.randint(1, 9)
        await self.pipeline(
            ("MULTI",), ("DECRBY", source, amount), ("INCRBY", target, amount),
            ("SET", "nearby:" + source, "x" * amount), ("EXEC",))
        self.done += 1


async def act(client, until):
    while time.monotonic() < until:
        if random.random() < 0.8:
            await client.transfer()
        else:
            await client.move()


async def read(client, until, wrong):
    while time.monotonic() < until and len(wrong) < 5:
        balances = await client.ask("MGET", *ACCOUNTS)
        client.done += 1
        if sum(map(int, balances)) != AMOUNT * len(ACCOUNTS):
            wrong.append(f"a reader saw the sum {sum(map(int, balances))}")


async def run(port, seconds, forgets):
    teller = await Client.connected(port)
    await teller.ask("FLUSHALL")
    await teller.ask("MSET", *[word for key in ACCOUNTS for word in (key, AMOUNT)])
    until = time.monotonic() + seconds
    clients = [await Client.connected(port, forgets) for _ in range(CLIENTS)]
    readers = [await Client.connected(port) for _ in range(READERS)]
    wrong = []
    await asyncio.gather(
        *[act(client, until) for client in clients],
        *[read(client, until, wrong) for client in readers])
    end = sum(map(int, await teller.ask("MGET", *ACCOUNTS)))
    if end != AMOUNT * len(ACCOUNTS):
        wrong.append(f"the sum at the end is {end}, not {AMOUNT * len(ACCOUNTS)}")
    done = sum(client.done for client in clients)
    broken = sum(client.broken for client in clients)
    views = sum(client.done for client in readers)
    print(f"{done} transfers, {broken} broken watches, {views} views in {seconds:g} s")
    if min(done, broken, views) == 0:
        wrong.append("nothing was tested")
    return wrong


def check(port, seconds):
    """The checker of histories does the same, and judges every step."""
    environment = dict(
        os.environ, LARDER_TRANSFER_RESP=f"127.0.0.1:{port}", LARDER_TRANSFER_SECONDS=str(seconds))
    done = subprocess.run(
        ["swift", "test", "--disable-xctest", "--filter", "LiveTransferTests"], cwd=ROOT,
        env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    told = re.findall(r"^\d+ histories, .*$", done.stdout, re.MULTILINE)
    if done.returncode == 0 and len(told) == 1:
        print(f"checked: {told[0]}")
        return []
    return ["the history checker:\n" + done.stdout[-4_000:]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--checked", action="store_true", help="on the history checker, too")
    parser.add_argument(
        "--self-test", action="store_true", help="with clients that forget WATCH now and then")
    options = parser.parse_args()
    options.stand_in = options.stand_in or options.self_test
    with server_process.server_from(options) as server:
        forgets = 0.2 if options.self_test else 0
        wrong = asyncio.run(run(server.resp, options.seconds, forgets))
        if options.checked:
            wrong += check(server.resp, int(options.seconds))
        alive = server.is_running()
    print("\n".join(wrong) or "the sum was kept")
    if options.self_test:
        print(f"self-test: forgotten watches were {'' if wrong else 'NOT '}noticed")
        return 0 if wrong else 1
    return 0 if alive and not wrong else 1


if __name__ == "__main__":
    server_process.exit_with(main)
