"""Tests of the harness. Run: python3 -m unittest discover Benchmarks/tests"""

import socket
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from larderbench.housekeeping import RUNS_MAX, repeated, settled  # noqa: E402
from larderbench.intervals import estimate  # noqa: E402
from larderbench.origins.collapse import http_end, share_by_second, warm_after  # noqa: E402
from larderbench.origins.crowd import memcached_end, resp_end  # noqa: E402
from larderbench.origins.flood import Outcome  # noqa: E402
from larderbench.origins.origin import Origin  # noqa: E402
from larderbench.origins.reader import name, right_reply  # noqa: E402
from larderbench.origins.setting import parsed  # noqa: E402
from larderbench.processes import Ports, RunFailure, cpu_spent  # noqa: E402
from larderbench.replay import hit_percent  # noqa: E402
from larderbench.result import Result  # noqa: E402
from larderbench.servers import LARDER, MEMCACHED, subject  # noqa: E402


class IntervalTests(unittest.TestCase):
    def test_fifteen_pairs_leave_the_fourth_from_both_ends(self):
        found = estimate([float(n) for n in range(15, 0, -1)])
        self.assertEqual((found.low, found.median, found.high), (4, 8, 12))
        self.assertAlmostEqual(found.coverage, 0.9648, places=4)

    def test_three_pairs_cover_their_whole_range_only(self):
        found = estimate([3.0, 1.0, 2.0])
        self.assertEqual((found.low, found.high, found.coverage), (1, 3, 0.75))

    def test_one_pair_says_nothing(self):
        self.assertEqual(estimate([1.0]).coverage, 0)


class ResultTests(unittest.TestCase):
    def test_verdicts_follow_target_and_goal(self):
        cases = [(0.75, "goal"), (0.76, "met"), (0.85, "met"), (0.86, "MISSED"), (None, "missing")]
        for value, verdict in cases:
            with self.subTest(value=value):
                result = Result("r", "w", value, target=0.85, goal=0.75)
                self.assertEqual(result.verdict, verdict)

    def test_a_failure_outweighs_a_good_value(self):
        result = Result("r", "w", 0.1, target=1.0, failure="a wrong reply")
        self.assertTrue(result.has_failed)


class ProcessTests(unittest.TestCase):
    def test_a_port_in_use_is_refused(self):
        with socket.socket() as owner:
            owner.bind(("127.0.0.1", 0))
            owner.listen()
            with self.assertRaises(RunFailure):
                Ports(owner.getsockname()[1], 1)

    def test_new_threads_count_and_lost_ones_are_refused(self):
        self.assertEqual(cpu_spent({"1": 10}, {"1": 25, "2": 5}), 20)
        with self.assertRaises(RunFailure):
            cpu_spent({"1": 10, "2": 5}, {"1": 25})


class ServerTests(unittest.TestCase):
    def test_protocols_follow_from_the_command(self):
        self.assertTrue(LARDER.speaks("resp") and LARDER.speaks("memcached"))
        self.assertFalse(MEMCACHED.speaks("resp"))
        self.assertTrue(subject("valkey-server --port {resp}", Path()).speaks("resp"))
        for wrong in ("valkey-server --port 6379", "larder"):
            with self.assertRaises(RunFailure):
                subject(wrong, Path("missing"))


class HousekeepingTests(unittest.TestCase):
    def test_what_comes_once_anywhere_does_not_count(self):
        self.assertEqual(settled([[300, 9000, 200], [5000, 400, 250]]), 400)

    def test_what_comes_every_time_counts(self):
        self.assertEqual(settled([[300, 3100], [250, 3050], [260, 9000]]), 3050)

    def test_runs_of_different_windows_are_refused(self):
        with self.assertRaises(ValueError):
            settled([[1, 2], [1]])

    def test_a_phase_runs_until_each_window_was_short_once(self):
        runs = iter([[300, 9000], [5000, 8000], [5000, 400], [1, 1]])
        self.assertEqual(len(repeated(lambda: next(runs), 1000)), 3)

    def test_a_long_step_stays_long(self):
        runs = repeated(lambda: [300, 3000], 1000)
        self.assertEqual((len(runs), settled(runs)), (RUNS_MAX, 3000))

    def test_a_server_that_counts_no_steps_is_no_good_one(self):
        with self.assertRaises(RunFailure):
            repeated(lambda: [0, 0], 1000)

    def test_one_good_run_is_not_enough(self):
        self.assertEqual(len(repeated(lambda: [300], 1000)), 2)


class ReplayTests(unittest.TestCase):
    def test_the_ratio_is_found_in_the_printed_line(self):
        self.assertEqual(hit_percent("requests 10\nhit ratio:  61.25 %\n"), 61.25)
        with self.assertRaises(RunFailure):
            hit_percent("nothing")


class ReplyTests(unittest.TestCase):
    """Each reply ends where it does, and no part of it does."""

    def require_end(self, end, reply: bytes):
        self.assertEqual(end(reply + b"+more\r\n"), len(reply))
        for length in range(len(reply)):
            self.assertEqual(end(reply[:length]), -1, reply[:length])

    def test_ends_of_resp(self):
        for reply in (b"+OK\r\n", b"$-1\r\n", b"$4\r\n\r\n\r\n\r\n", b"-ORIGIN x open\r\n",
                      b"*2\r\n$1\r\na\r\n*1\r\n:7\r\n", b"*0\r\n"):
            self.require_end(resp_end, reply)

    def test_ends_of_memcached(self):
        for reply in (b"END\r\n", b"VALUE a 0 3\r\nEND\r\nEND\r\n", b"VA 2 s2\r\nab\r\n",
                      b"EN\r\n"):
            self.require_end(memcached_end, reply)

    def test_ends_of_http(self):
        self.require_end(http_end, b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")


class OriginTests(unittest.TestCase):
    def setUp(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.ports = Ports(probe.getsockname()[1] + 1, 1)

    def load(self, origin: Origin, key: str) -> bytes:
        with socket.create_connection(("127.0.0.1", origin.port), timeout=10) as client:
            client.sendall(b"GET /load/%s HTTP/1.1\r\n\r\n" % key.encode())
            data = client.recv(4096)
            while data and http_end(data) < 0 and (more := client.recv(4096)):
                data += more
            return data

    def test_it_counts_each_key_and_gives_its_value(self):
        with Origin(self.ports) as origin:
            self.assertIn(right_reply(7).split(b"\r\n")[1], self.load(origin, name(7)))
            self.load(origin, name(7))
            self.load(origin, name(8))
            books = origin.books()
            self.assertEqual((books["loads"], books["keys"], books["most"], books["repeated"]),
                             (3, 2, 2, 1))
            origin.reset()
            self.assertEqual(origin.books()["loads"], 0)

    def test_it_fails_as_often_and_as_it_should(self):
        with Origin(self.ports, failures=1) as origin:
            for failure, start in (("500", b"HTTP/1.1 500"), ("cut", b"")):
                origin.set(failure=failure)
                origin.reset()
                self.assertTrue(self.load(origin, "a").startswith(start))
                self.assertTrue(self.load(origin, "a").startswith(b"HTTP/1.1 200"))

    def test_one_that_was_killed_comes_back_with_new_books(self):
        with Origin(self.ports, bytes=100) as origin:
            self.load(origin, "a")
            origin.kill()
            with self.assertRaises(OSError):
                self.load(origin, "a")
            origin.start()
            self.assertTrue(self.load(origin, "b").endswith(b"b=" + b"v" * 98))
            self.assertEqual(origin.books()["keys"], 1)


class FloodTests(unittest.TestCase):
    def test_shares_are_of_what_was_sent_in_each_second(self):
        outcomes = [Outcome(sent, is_good=good)
                    for sent, good in ((5.0, True), (5.9, False), (6.1, True))]
        self.assertEqual(share_by_second(outcomes, lambda each: each.is_good), [0.5, 1.0])

    def test_it_is_warm_when_it_has_nine_tenths_of_its_steady_ratio(self):
        self.assertEqual(warm_after([0.1, 0.5, 0.73, 0.8, 0.8, 0.8, 0.8, 0.8]), (0.8, 3))

    def test_info_is_parsed(self):
        self.assertEqual(parsed("breaker=open,loads=3"), {"breaker": "open", "loads": 3})


if __name__ == "__main__":
    unittest.main()
