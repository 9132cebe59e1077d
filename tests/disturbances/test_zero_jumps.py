"""Zeros that jump are named with their cells; what a body, a hand or a foot does is not."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import pytest

from matfw.disturbances.zero_jumps import (
    ALIKE_KG,
    FALL_S,
    FILLED_SAMPLES,
    JUMP_KG,
    LYING_KG,
    REWEIGH_S,
    TWO_KG,
    ZeroJumps,
)
from matfw.messages import Loads

RATE_HZ = 80.0
REST_KG = (20.0, 15.0, 12.0, 18.0)
AT = 100  # the frame in which something happens
SAID_S = 0.35

Kg = Callable[[int], float]


def through(
    kg: Kg, shares: Sequence[float] = (1.0, 0.0, 0.0, 0.0), rest_kg: Sequence[float] = REST_KG
) -> list[Loads]:
    """Return what becomes of a body that breathes, with so much of kg on each cell, and noise."""
    rng = random.Random(2)
    stage = ZeroJumps(len(rest_kg), RATE_HZ)
    out = []
    for k in range(600):
        breath_kg = 0.1 * math.sin(2.0 * math.pi * 0.27 * k / RATE_HZ)
        loads = tuple(
            rest + sign * breath_kg + share * kg(k) + rng.gauss(0.0, 0.01)
            for rest, share, sign in zip(rest_kg, shares, (1, 1, -1, -1), strict=True)
        )
        out.append(stage.update(Loads(k / RATE_HZ, loads, (k,) * len(loads))))
    return out


def jump(kg: float, spread: int = 1) -> Kg:
    """Return a jump that the converter's filter spreads over so many samples."""
    return lambda k: kg * min(1.0, max(0.0, (k - AT + 1) / spread))


def landing(k: int, peak_kg: float) -> float:
    """Return what a leg takes off while it comes down, and gives back as it lands, with a push."""
    lowered_kg = -2.5 * min(1.0, max(0.0, (k - AT + 60) / 40))
    return lowered_kg if k < AT else peak_kg * math.exp(-(((k - AT - 1) / 1.5) ** 2))


def unreliable(out: Sequence[Loads]) -> set[int]:
    return {loads.unreliable_mask for loads in out} - {0}


@pytest.mark.parametrize("spread", [1, 4])
@pytest.mark.parametrize(
    ("kg", "shares", "mask"),
    [
        (1.1 * JUMP_KG, (1, 0, 0, 0), 0b0001),
        (-5.0, (0, 1, 0, 0), 0b0010),
        (1.1 * TWO_KG, (1, 1, 0, 0), 0b0011),
        (-1.1 * TWO_KG, (1, 1, 0, 0), 0b0011),
        (3.0, (-1, 0, 0, 1), 0b1001),
        (-1.15 * ALIKE_KG, (1, 1, 1, 1), 0b1111),
        (2.0, (1, 1, 1, 1), 0b1111),
    ],
)
def test_a_zero_that_jumps_is_unreliable_until_the_body_is_weighed_again(
    kg: float, shares: Sequence[float], mask: int, spread: int
) -> None:
    out = through(jump(kg, spread), shares)
    assert unreliable(out) == {mask}
    said_s = [loads.t_s for loads in out if loads.unreliable_mask]
    is_loss_of_some = kg < 0.0 and mask in (0b0011, 0b1111)
    assert 0.0 < said_s[0] - AT / RATE_HZ < SAID_S + (FALL_S + 0.1 if is_loss_of_some else 0.0)
    assert said_s[-1] - said_s[0] == pytest.approx(REWEIGH_S, abs=0.1)
    assert all(None not in loads.loads_kg for loads in out)


@pytest.mark.parametrize(
    ("kg", "shares"),
    [
        (jump(0.85 * JUMP_KG), (1, 0, 0, 0)),
        (jump(0.9 * TWO_KG), (1, 1, 0, 0)),
        (jump(0.8 * ALIKE_KG), (1, 1, 1, 1)),
        (jump(3.0), (1.0, 0.3, 0.0, 0.0)),
        (jump(3.0), (1.0, 0.8, 0.4, 0.3)),
        (jump(3.0, 12), (1, 0, 0, 0)),
        (lambda k: 3.0 if AT <= k < AT + 6 else 0.0, (1, 0, 0, 0)),
        (lambda k: 3.0 * math.exp(-(k - AT) / 5.0) if k >= AT else 0.0, (1, 0, 0, 0)),
        (lambda k: 0.12 * (k - AT) if k >= AT else 0.0, (1, 1, -1, -1)),
        (lambda k: landing(k, 3.0), (0.9, 0.8, 1.2, 1.1)),
        (lambda k: landing(k, 6.0), (0.0, 0.0, 1.0, 1.0)),
        (lambda k: 0.9 + landing(k, 3.0) if k >= AT else 0.0, (0.9, 0.8, 1.2, 1.1)),
    ],
    ids=["small", "two, small", "all, small", "another cell too", "a weight laid down",
         "a hand that leans", "an impulse", "a blow", "a leg", "a leg that lands",
         "a leg that lands on two", "a body that drops onto it"],
)  # fmt: skip
def test_whoever_loads_a_cell_has_not_moved_its_zero(kg: Kg, shares: Sequence[float]) -> None:
    assert unreliable(through(kg, shares)) == set()


@pytest.mark.parametrize("shares", [(1, 1, 0, 0), (0.5, 0.45, 0.5, 0.45)], ids=["two", "all"])
@pytest.mark.parametrize(("fall_s", "is_named"), [(0.9 * FALL_S, False), (1.3 * FALL_S, True)])
def test_cells_that_lose_load_at_once_are_a_leg_until_it_must_have_landed(
    fall_s: float, is_named: bool, shares: Sequence[float]
) -> None:
    """Its weight is missing while it falls; its landing leads back to the usual load."""
    falls_kg, landed = -1.2 * TWO_KG, AT + round(fall_s * RATE_HZ)
    out = through(lambda k: falls_kg if AT <= k < landed else 0.0, shares)
    assert bool(unreliable(out)) == is_named


@pytest.mark.parametrize(("share", "is_named"), [(0.95, False), (1.05, True)])
def test_an_empty_mat_has_nobody_to_be_weighed_again(share: float, is_named: bool) -> None:
    scale = (share * LYING_KG - 3.0) / sum(REST_KG)
    out = through(jump(3.0), rest_kg=[scale * kg for kg in REST_KG])
    assert bool(unreliable(out)) == is_named


@pytest.mark.parametrize(("missing", "is_named"), [(FILLED_SAMPLES, True), (12, False)])
def test_across_a_longer_hole_nothing_is_known(missing: int, is_named: bool) -> None:
    stage = ZeroJumps(2, RATE_HZ)
    masks = set()
    for k in range(300):
        load = None if AT <= k < AT + missing else 30.0 + jump(3.0)(k)
        loads = Loads(k / RATE_HZ, (load, 30.0), (None if load is None else k, k))
        masks.add(stage.update(loads).unreliable_mask)
    assert (0b01 in masks) == is_named


def test_reset_forgets_everything() -> None:
    stage = ZeroJumps(2, RATE_HZ)
    frames = [Loads(k / RATE_HZ, (30.0 + jump(3.0)(k), 30.0), (k, k)) for k in range(200)]
    first = [stage.update(frame) for frame in frames]
    stage.reset()
    assert [stage.update(frame) for frame in frames] == first
