"""Times and heights of slow lifts: means over sways of fixed seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from matfw.estimation.leg_model import Array
from matfw.judging.rules import SLOW_SHARE
from matfw.messages import Limits, Tempo
from matfw.refinement import slow_fit, slow_lifts
from matfw.refinement.rep_shape import DOWN_S, HOLD_S, TOP_RAD, UP_S
from matfw.refinement.segment import Segment
from matfw.refinement.slow_fit import slow_shape
from tests.refinement.test_slow_lifts import BEGIN_S, window

ASKED = Tempo(6.0, 1.0, 6.0)
RUSHED = Tempo(3.0, 1.0, 3.0)
LIMITS = Limits().at(ASKED)
TOP_DEG = 36.0
SEEDS = range(8)
LAID_S = 1.0  # that a shape lay too early
READ = [UP_S, HOLD_S, DOWN_S, TOP_RAD]


def read(done: Tempo, laid: Tempo, seed: int) -> Array:
    """Return ascent, hold, descent (s) and height (deg) of a lift as done, laid as another one."""
    segment = Segment.of(window(ASKED, done, top_rad=math.radians(TOP_DEG), seed=seed), -math.inf)
    assert segment is not None
    params = slow_shape(segment, BEGIN_S - LAID_S, laid, (-math.inf, math.inf))
    return np.asarray(params[READ] * [1.0, 1.0, 1.0, math.degrees(1.0)])


def off(done: Tempo, laid: Tempo) -> Array:
    """Return root mean squares of how far lifts are read from what they were."""
    truth = np.array([done.up_s, done.hold_s, done.down_s, TOP_DEG])
    left = np.array([read(done, laid, seed) - truth for seed in SEEDS])
    return np.asarray(np.sqrt(np.mean(left**2, axis=0)))


@pytest.mark.parametrize("share", [0.75, 1.25])
def test_a_slow_lift_is_read_as_it_was_wherever_it_was_laid(share: float) -> None:
    up_s, hold_s, down_s, height_deg = off(
        ASKED, Tempo(share * ASKED.up_s, ASKED.hold_s, share * ASKED.down_s)
    )
    assert max(up_s, down_s) < 0.8
    assert hold_s < 0.6
    assert height_deg < 4.0


def test_one_that_was_hurried_is_no_slow_one() -> None:
    """The tempo asked for is likely, but not more than what was measured."""
    found = np.array([read(RUSHED, RUSHED, seed) for seed in SEEDS])
    is_named = (found[:, 0] < SLOW_SHARE * LIMITS.rushed_up_s) | (
        found[:, 2] < SLOW_SHARE * LIMITS.rushed_down_s
    )
    assert is_named.sum() >= len(SEEDS) - 1


@pytest.mark.parametrize(
    ("name", "less", "more"),
    [("NOISE_SHARE", 0.03, 6.0), ("FOLLOWS", 0.02, 0.999)],
)
def test_trust_in_the_tempo_has_a_cost_on_either_side(
    monkeypatch: pytest.MonkeyPatch, name: str, less: float, more: float
) -> None:
    at_tempo = off(ASKED, ASKED)[[0, 2]].max()
    hurried = off(RUSHED, RUSHED)[[0, 2]].max()
    monkeypatch.setattr(slow_fit, name, less)
    assert off(ASKED, ASKED)[[0, 2]].max() > 1.15 * at_tempo
    monkeypatch.setattr(slow_fit, name, more)
    assert off(RUSHED, RUSHED)[[0, 2]].max() > 1.15 * hurried


def test_a_leg_that_still_comes_down_has_not_finished() -> None:
    """What lies over the first three quarters of it would be over."""
    end_s = BEGIN_S + ASKED.up_s + ASKED.hold_s + ASKED.down_s
    early = Segment.of(window(ASKED, ASKED, until_s=end_s - 0.5), -math.inf)
    late = Segment.of(window(ASKED, ASKED, until_s=end_s + 2.0), -math.inf)
    assert early is not None
    assert late is not None
    assert slow_lifts.slow_lifts(early) == []
    assert len(slow_lifts.slow_lifts(late)) == 1
