"""The leg raises' import: ten in each block, as high as the shank says, by the written rule."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.importers import leg_raise

NAMES = [who.name for who in leg_raise.SUBJECTS]
PER_BLOCK = 10
MEDIANS = {  # deg; up, hold and down, s: from crossing to crossing
    ("s1", "correct"): (19, 0.9, 4.5, 0.8),
    ("s1", "low"): (7, 0.6, 4.2, 0.7),
    ("s2", "correct"): (54, 0.7, 2.6, 0.6),
    ("s2", "fast"): (70, 0.7, 0.5, 0.6),
    ("s3", "correct"): (57, 0.9, 3.2, 0.6),
    ("s3", "fast"): (68, 0.7, 0.5, 0.7),
}

load = cache(leg_raise.load)


@pytest.mark.parametrize("name", NAMES)
def test_ten_repetitions_in_each_block(name: str) -> None:
    reps = load(name).reps
    counts = [sum(rep.block == block for rep in reps) for block in leg_raise.BLOCKS]
    assert counts == [PER_BLOCK] * 3
    assert [rep.block for rep in reps] == [b for b in leg_raise.BLOCKS for _ in range(PER_BLOCK)]


@pytest.mark.parametrize("name", NAMES)
def test_repetitions_are_such_as_people_make(name: str) -> None:
    real = load(name)
    for rep in real.reps:
        assert rep.start_s < rep.top_s <= rep.lower_s < rep.end_s
        assert 1.0 < rep.end_s - rep.start_s < 9.0
        assert 5 < rep.height_deg < 85
    ends = [rep.end_s for rep in real.reps[:-1]]
    assert all(end <= rep.start_s for end, rep in zip(ends, real.reps[1:], strict=True))
    assert all(20 < to - from_ < 60 for from_, to in real.pauses_s())
    assert len(real.pauses_s()) == 2


@pytest.mark.parametrize(("name", "block"), MEDIANS)
def test_blocks_are_as_their_plots_show(name: str, block: str) -> None:
    reps = [rep for rep in load(name).reps if rep.block == block]
    rows = [
        (r.height_deg, r.top_s - r.start_s, r.lower_s - r.top_s, r.end_s - r.lower_s)
        for r in reps
    ]  # fmt: skip
    assert np.median(rows, axis=0) == pytest.approx(MEDIANS[name, block], rel=0.1, abs=0.1)


@pytest.mark.parametrize("name", NAMES)
def test_height_is_what_gravity_in_the_shank_says(name: str) -> None:
    real = load(name)
    gravity = leg_raise.gravity_in(leg_raise.read_unit(name, 2))
    ratios = []
    for rep in real.reps:
        low, top = (round(at_s * leg_raise.RATE_HZ) for at_s in (rep.span_s[0], rep.top_s))
        cosine = float(np.clip(gravity[low] @ gravity[top], -1.0, 1.0))
        ratios.append(np.degrees(np.arccos(cosine)) / real.excursion_deg[top])
    assert np.median(ratios) == pytest.approx(1.0, abs=0.12)


def test_rule_on_movements_whose_angle_is_known() -> None:
    # Three blocks of ten: 1 s up, 2 s held, 1 s down, 3 s rest; the sensor's gyro has a zero.
    excursion = np.zeros(round(290 * leg_raise.RATE_HZ))
    t_s = np.arange(len(excursion)) / leg_raise.RATE_HZ
    for begin_s, height_deg in ((5.0, 40.0), (110.0, 60.0), (215.0, 20.0)):
        for number in range(PER_BLOCK):
            since = t_s - begin_s - 7.0 * number
            up, down = (np.clip(since - at, 0.0, 1.0) for at in (0.0, 3.0))
            excursion += height_deg * (_smooth(up) - _smooth(down))
    axis = np.array([0.6, -0.8, 0.0])
    zero = np.array([0.03, 0.0, -0.04])
    gyro = np.gradient(np.radians(excursion), t_s)[:, None] * axis + zero
    gyro += 0.003 * np.random.default_rng(1).standard_normal(gyro.shape)
    still = np.tile([0.0, 0.0, 9.81, 0.0, 0.0, 0.0], (len(t_s), 1))
    real = leg_raise.analyse(
        leg_raise.SUBJECTS[0], np.column_stack([np.zeros_like(gyro), gyro]), still
    )
    assert len(real.reps) == 3 * PER_BLOCK
    for rep, begin_s in zip(real.reps[10:20], 110.0 + 7.0 * np.arange(10), strict=True):
        assert rep.height_deg == pytest.approx(60.0, abs=2.0)
        assert rep.start_s == pytest.approx(begin_s + 0.19, abs=0.06)  # minimum jerk: 5 % at 0.19
        assert rep.top_s == pytest.approx(begin_s + 0.81, abs=0.06)
        assert rep.lower_s == pytest.approx(begin_s + 3.19, abs=0.06)
        assert rep.end_s == pytest.approx(begin_s + 3.81, abs=0.06)
    assert max(rep.tilt_deg for rep in real.reps) < 1.0


def test_trunk_that_tilts_along_is_distinguished_from_one_that_lies_still() -> None:
    turned = np.radians(
        np.interp(np.arange(0, 12, 0.04), [0, 4, 5, 8, 9, 12], [0, 0, 10, 10, 0, 0])
    )
    gravity = 9.81 * np.column_stack([np.cos(turned), np.zeros_like(turned), np.sin(turned)])
    rate = np.gradient(turned, 0.04)[:, None] * [0.0, 1.0, 0.0]
    tilt = leg_raise.trunk_tilt_deg(np.column_stack([gravity, rate]), [(50, 260)])
    assert tilt.max() == pytest.approx(10.0, abs=0.5)
    assert tilt[:75].max() < 0.5


def _smooth(share: np.ndarray) -> np.ndarray:
    return share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
