"""Medians with intervals that assume nothing about the noise.

The interval of a median lies between two order statistics: with n samples, the median is below the
k-th smallest with the probability that a fair coin shows heads fewer than k times in n throws. The
k is the largest for which at least 95 % remain; below six samples there is none, and the interval
is the whole range with its smaller coverage.
"""

from dataclasses import dataclass
from math import comb
from statistics import median

COVERAGE = 0.95


@dataclass(frozen=True)
class Estimate:
    median: float
    low: float
    high: float
    """The probability that [low, high] holds the true median."""
    coverage: float
    samples: int


def _coverage(count: int, rank: int) -> float:
    """That of the interval from the rank-th smallest to the rank-th largest."""
    return 1 - 2 * sum(comb(count, i) for i in range(rank)) / 2**count


def estimate(samples: list[float]) -> Estimate:
    ordered = sorted(samples)
    count = len(ordered)
    rank = 1
    while rank < count / 2 and _coverage(count, rank + 1) >= COVERAGE:
        rank += 1
    coverage = _coverage(count, rank)
    return Estimate(median(ordered), ordered[rank - 1], ordered[-rank], coverage, count)
