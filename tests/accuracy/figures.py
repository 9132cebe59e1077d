"""Shares with their intervals, and middles and tails, as one kind of figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Z_95 = 1.959964  # two-sided 95 % of the normal distribution


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. values: one or several; None: nothing to measure it on.

    low, high: the 95 % interval of a share. n: out of how many. aim: in the figure's own words.
    """

    name: str
    kind: str
    values: tuple[float | None, ...]
    unit: str
    n: int
    low: float | None = None
    high: float | None = None
    aim: str = ""


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share; (0, 1) of nothing. Source: Wilson 1927, score test."""
    if n == 0:
        return 0.0, 1.0
    share, spread = hits / n, Z_95**2 / n
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def share(name: str, kind: str, hits: Sequence[bool]) -> Figure:
    """Return the share of hits, in per cent."""
    n, count = len(hits), sum(hits)
    low, high = wilson(count, n)
    value = 100.0 * count / n if n else None
    return Figure(name, kind, (value,), "%", n, 100.0 * low, 100.0 * high)


def rate(name: str, kind: str, count: int, span_s: float) -> Figure:
    """Return how often something happens in a minute; n is the number of times."""
    value = 60.0 * count / span_s if span_s else None
    return Figure(name, kind, (value,), "/min", count)


def quantiles(
    name: str, kind: str, columns: Sequence[Sequence[float]], percents: Sequence[float], unit: str
) -> Figure:
    """Return the percentiles of each column, column by column."""
    values = tuple(
        float(np.percentile(column, percent)) if column else None
        for column in columns
        for percent in percents
    )
    return Figure(name, kind, values, unit, len(columns[0]))
