"""Tests of the harness. Run: python3 -m unittest discover Benchmarks/tests"""

import socket
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from larderbench.housekeeping import RUNS_MAX, repeated, settled  # noqa: E402
from larderbench.intervals import estimate  # noqa: E402
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


if __name__ == "__main__":
    unittest.main()
