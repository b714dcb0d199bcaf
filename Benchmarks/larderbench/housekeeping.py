"""The longest step of housekeeping, in CPU time of its thread, as the server counts it itself."""

from . import load
from .context import Context
from .resp import RespClient
from .result import Result

FIELD = "larder_housekeeping_max_us"
STEP_US_MAX = 1000
KEYS = 5_000_000
QUICK_KEYS = 1_000_000
LIFE_MS = 4000


class HousekeepingRow:
    id = "housekeeping"
    what = "longest housekeeping step"

    def run(self, context: Context) -> list[Result]:
        result = Result(self.id, self.what, unit="us", target=STEP_US_MAX)
        if not context.subject.speaks("resp"):
            result.skipped = f"{context.subject.name} does not speak resp"
            return [result]
        keys = QUICK_KEYS if context.quick else KEYS
        steps = {
            "insert, grow, FLUSHALL": self._grow(context, keys),
            "expire": self._expire(context, keys),
            "evict": self._evict(context, keys),
        }
        known = {name: step for name, step in steps.items() if step is not None}
        if len(known) == len(steps):
            result.value = max(known.values())
        result.details = [f"{name}: {step} us" for name, step in known.items()] or [
            f"INFO has no field {FIELD}"]
        return [result]

    def _grow(self, context: Context, keys: int) -> int | None:
        with context.server(context.subject) as server:
            load.fill(server, keys)
            with RespClient(server.resp) as client:
                client.ask("FLUSHALL")
            # What FLUSHALL leaves behind is swept while others work.
            load.fill(server, keys // 5)
            return self._longest(server)

    def _expire(self, context: Context, keys: int) -> int | None:
        with context.server(context.subject) as server:
            load.fill(server, keys, ttl=LIFE_MS)
            # The clock has to pass: this load is longer than the life of what came before it.
            for _ in range(4):
                load.generate(server, first_key=keys, keys=1000, requests=150_000)
            self._say_left(context, server, keys)
            return self._longest(server)

    def _evict(self, context: Context, keys: int) -> int | None:
        with context.server(context.subject, limit_mb=max(64, keys * 40 // 1_000_000)) as server:
            load.fill(server, keys)
            self._say_left(context, server, keys)
            return self._longest(server)

    @staticmethod
    def _say_left(context: Context, server, keys: int) -> None:
        with RespClient(server.resp) as client:
            context.say(f"housekeeping: {client.ask('DBSIZE')} of {keys:,} keys are left")

    @staticmethod
    def _longest(server) -> int | None:
        server.require_alive()
        value = server.information("all").get(FIELD)
        return None if value is None else int(value)
