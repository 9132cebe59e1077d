"""Courses in time that everything here is made of: ways, visits and noise within a band."""

from __future__ import annotations

import numpy as np
import scipy

from tests.accuracy.others.plans import Array, Draw

STEP_S = 0.002  # of the simulation; contacts this stiff want no longer one
WAY_POINTS = 401
# Of noise, before it is used: so long does the filter take to forget that it began.
RUN_IN_CYCLES, LOWEST_HZ, MAX_RUN_IN_S = 4.0, 0.02, 60.0
LEAST_SD = 1e-12  # division guard


def way(share: Array, rise: float, fall: float) -> Array:
    """Return how far one is, 0 to 1, at each share of a way's time.

    Its speed goes as share^rise (1 - share)^fall: 2 and 2 are minimum jerk, less is sharper.
    """
    grid = np.linspace(0, 1, WAY_POINTS)
    before, after = (part**rise * (1 - part) ** fall for part in (grid[:-1], grid[1:]))
    far = np.concatenate([[0], np.cumsum(0.5 * (after + before))])
    return np.asarray(np.interp(np.clip(share, 0, 1), grid, far / far[-1]))


def visit(
    t_s: Array, at_s: float, out_s: float, stays_s: float, back_s: float, *, kept: float = 0.0
) -> Array:
    """Return 0 before, 1 while one is there, and what is kept after, by minimum jerk."""
    out = np.clip((t_s - at_s) / out_s, 0, 1)
    back = np.clip((t_s - at_s - out_s - stays_s) / back_s, 0, 1)
    return np.asarray(_smooth(out) - (1 - kept) * _smooth(back))


def _smooth(share: Array) -> Array:
    return np.asarray(share**3 * (10 - 15 * share + 6 * share * share))


def band(rng: Draw, count: int, low_hz: float, high_hz: float, order: int = 1) -> Array:
    """Return noise between two frequencies, sd 1."""
    run_in = int(min(RUN_IN_CYCLES / max(low_hz, LOWEST_HZ), MAX_RUN_IN_S) / STEP_S)
    passes = scipy.signal.butter(order, [low_hz, high_hz], "band", fs=1 / STEP_S, output="sos")
    noise = scipy.signal.sosfilt(passes, rng.standard_normal(count + run_in))[run_in:]
    return np.asarray(noise / max(float(noise.std()), LEAST_SD))


def low_passed(series: Array, hertz: float) -> Array:
    """Return a series without what is faster, and not later."""
    passes = scipy.signal.butter(2, hertz, fs=1 / STEP_S, output="sos")
    return np.asarray(scipy.signal.sosfiltfilt(passes, series))
