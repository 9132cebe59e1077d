"""A hum is reported beside a leg that moves; what bodies do is not, however fast."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from matfw import conditioning
from matfw.disturbances import hum
from matfw.disturbances.hum import Hums, _reaching
from matfw.layouts import PRESETS
from matfw.messages import Loads

CELLS = PRESETS["core4"].cells
ALL = "all"
RATE_HZ = 80.0
SAID_S = 5.0
BEGINS_S, ENDS_S, UNTIL_S = 8.3, 23.0, 30.0
SHARES = (0.45, 0.3, 0.2, 0.05)  # of the load on each cell
LIFT_KG = (-1.2, -0.9, 1.1, 1.0)  # that a lifted leg takes from the one end and gives to the other
THROWN_KG = (0.1, 0.1, 0.4, 0.4)  # what throws it up

Added = Callable[[float], Sequence[float]]
"""Takes the time; returns what is added to each cell, kg."""


def heard(
    added: Added, rate_hz: float = RATE_HZ, holes: float = 0.0, lifts: bool = True
) -> list[tuple[float, str | int | None]]:
    """Return when what was found changed, beside somebody who lifts a leg every 5 s."""
    rng = random.Random(3)
    stage = Hums(CELLS, rate_hz)
    found: list[tuple[float, str | int | None]] = [(0.0, None)]
    for k in range(round(UNTIL_S * rate_hz)):
        t_s = k / rate_hz
        up = 0.5 - 0.5 * math.cos(2.0 * math.pi * min(t_s % 5.0 / 4.0, 1.0))
        thrown = math.cos(2.0 * math.pi * t_s % 5.0) if t_s % 5.0 < 1.0 else 0.0
        loads = [
            70.0 * share + lifts * (lift * up + throw * thrown) + rng.gauss(0.0, 0.02) + extra
            for share, lift, throw, extra in zip(
                SHARES, LIFT_KG, THROWN_KG, added(t_s), strict=True
            )
        ]
        row = tuple(None if rng.random() < holes else load for load in loads)
        stage.update(Loads(t_s, row, ()))
        now = ALL if stage.is_common else stage.lone
        if now != found[-1][1]:
            found.append((t_s, now))
    return found[1:]


def while_on(kg: float, hz: float, shares: Sequence[float], late: Sequence[float]) -> Added:
    """Return a hum of an amplitude; late: at each cell by so much of a turn."""

    def added(t_s: float) -> list[float]:
        if not BEGINS_S <= t_s < ENDS_S:
            return [0.0] * len(CELLS)
        return [
            share * kg * math.sin(2.0 * math.pi * (hz * t_s - turn))
            for share, turn in zip(shares, late, strict=True)
        ]

    return added


ALIKE, FIRST, AT_ONCE = (1.0,) * 4, (1.0, 0.0, 0.0, 0.0), (0.0,) * 4
IN_TURN = (0.0, 0.3, 0.55, 0.85)  # of their periods, that free-running converters are apart


@pytest.mark.parametrize("holes", [0.0, 0.01], ids=["whole", "with holes"])
@pytest.mark.parametrize(
    ("shares", "late", "who"),
    [(ALIKE, AT_ONCE, ALL), (FIRST, AT_ONCE, 0), (ALIKE, IN_TURN, ALL)],
    ids=["all alike", "one", "one after the other"],
)
@pytest.mark.parametrize("size", [(3.0, 0.3), (7.0, 0.6), (10.0, 0.8), (26.9, 0.4)], ids=str)
def test_a_hum_is_named_within_five_seconds_beside_lifts_and_ended(
    size: tuple[float, float],
    shares: Sequence[float],
    late: Sequence[float],
    who: str | int,
    holes: float,
) -> None:
    hz, kg = size
    found = heard(while_on(kg, hz, shares, late), holes=holes)
    if (shares, late) == (ALIKE, AT_ONCE) and hz < hum.SLOWEST_COMMON_HZ - 1.0:
        assert found == []  # a body does it too: `Wanders` asks more of it
        return
    (bad_s, named), *_, (good_s, none) = found
    assert named == who
    assert BEGINS_S < bad_s <= BEGINS_S + SAID_S
    assert none is None
    assert ENDS_S < good_s <= ENDS_S + SAID_S


@pytest.mark.parametrize(
    ("hz", "rms_kg", "shares", "late", "is_named"),
    [
        (3.0, 0.9 * hum.LIMIT_KG / 2.0, ALIKE, IN_TURN, False),
        (3.0, 1.3 * hum.LIMIT_KG / 2.0, ALIKE, IN_TURN, True),
        (8.0, 0.9 * hum.LIMIT_KG / 4.0, ALIKE, AT_ONCE, False),
        (8.0, 1.3 * hum.LIMIT_KG / 4.0, ALIKE, AT_ONCE, True),
        (3.0, 0.9 * hum.LIMIT_KG, FIRST, AT_ONCE, False),
        (3.0, 1.3 * hum.LIMIT_KG, FIRST, AT_ONCE, True),
        (1.0, 1.3 * hum.LIMIT_KG / 2.0, ALIKE, IN_TURN, False),
    ],
    ids=["small", "large", "small alike", "large alike", "small alone", "large alone", "slow"],
)
def test_what_is_too_small_to_disturb_is_not_named(
    hz: float, rms_kg: float, shares: Sequence[float], late: Sequence[float], is_named: bool
) -> None:
    [reaching] = _reaching(np.array([hz]), RATE_HZ)
    kg = rms_kg * math.sqrt(2.0) / float(reaching)
    assert bool(heard(while_on(kg, hz, shares, late), lifts=False)) is is_named


def nothing(_: float) -> Sequence[float]:
    return (0.0,) * len(CELLS)


def noise(hz: float, width_hz: float, seed: int) -> Callable[[float], float]:
    """Return a swing of 1 rms around a frequency: no two seconds are alike."""
    rng = random.Random(seed)
    waves = [
        (hz + width_hz * rng.uniform(-1.0, 1.0), rng.uniform(0.0, 2.0 * math.pi)) for _ in range(12)
    ]
    size = math.sqrt(2.0 / len(waves))
    return lambda t_s: size * sum(math.sin(2.0 * math.pi * f * t_s + at) for f, at in waves)


@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
def test_lifts_are_no_hum(rate_hz: float) -> None:
    assert heard(nothing, rate_hz=rate_hz) == []


@pytest.mark.parametrize("hz", [4.0, 5.0, 6.0, 7.0, 8.0, 10.0])
def test_a_leg_that_trembles_on_and_on_is_no_hum(hz: float) -> None:
    """3 N rms at the foot's end, twice what tires people do, and most of it over one cell."""
    shaking = noise(hz, 1.0, seed=round(hz))
    assert heard(lambda t_s: [x * 0.3 * shaking(t_s) for x in (-0.1, -0.1, 0.75, 0.45)]) == []
    assert (
        heard(
            lambda t_s: [
                x * 0.3 * math.sin(2.0 * math.pi * hz * t_s) for x in (-0.1, -0.1, 0.75, 0.45)
            ]
        )
        == []
    )


def test_a_strong_heart_is_no_hum() -> None:
    """0.03 kg rms in each cell, from head to foot and back: its wave takes a twentieth second."""
    beats = noise(5.0, 1.0, seed=1)
    assert heard(lambda t_s: [0.03 * beats(t_s - late) for late in (0.0, 0.0, 0.05, 0.05)]) == []


def test_steps_beside_the_mat_are_no_hum() -> None:
    """Somebody walks past on a floor that gives: 0.6 kg in each cell at each step."""

    def step(t_s: float) -> float:
        since_s = t_s % 0.55
        return 0.6 * math.exp(-since_s / 0.08) * math.sin(2.0 * math.pi * 9.0 * since_s)

    assert heard(lambda t_s: [step(t_s) * x for x in (1.2, 0.8, 1.1, 0.9)]) == []


def test_somebody_who_gets_on_at_one_end_is_no_hum() -> None:
    def gets_on(t_s: float) -> Sequence[float]:
        on = min(1.0, max(0.0, t_s - 9.0) / 4.0)
        sway = 0.5 * on * (1.0 - on) * math.sin(2.0 * math.pi * 3.0 * t_s)
        return (0.0, 0.0, 40.0 * on + 4.0 * sway, 0.0)

    assert heard(gets_on, lifts=False) == []


@pytest.mark.parametrize(("even", "is_named"), [(0.45, False), (0.75, True)])
def test_what_dies_away_is_no_hum(even: float, is_named: bool) -> None:
    """All cells swing alike, less and less, as a kicked deck; even: what is left after 3 s."""

    def settles(t_s: float) -> Sequence[float]:
        left = even ** max(0.0, (t_s - 10.0) / 3.0) if t_s > 10.0 else 0.0
        return (0.5 * left * math.sin(2.0 * math.pi * 8.0 * t_s),) * len(CELLS)

    assert bool(heard(settles, lifts=False)) is is_named


@pytest.mark.parametrize(
    ("shares", "late", "who"),
    [
        ((1.0, 0.2, 0.2, 0.2), (0.0, 0.25, 0.25, 0.25), 0),
        ((1.0, 0.35, 0.35, 0.35), (0.0, 0.25, 0.25, 0.25), ALL),
        ((1.0, 0.2, 0.2, 0.05), AT_ONCE, None),
    ],
    ids=["nearly alone", "not alone", "a hand beside it"],
)
def test_what_is_mostly_in_one_cell_hums_alone(
    shares: Sequence[float], late: Sequence[float], who: int | str | None
) -> None:
    found = heard(while_on(0.5, 5.0, shares, late), lifts=False)
    assert (found[0][1] if found else None) == who


@pytest.mark.parametrize(("turn", "is_named"), [(0.06, False), (0.2, True)])
def test_what_comes_late_to_some_cells_goes_in_circles(turn: float, is_named: bool) -> None:
    """A force from one end, and the same a little later from the other: no body's where it is long.

    At 6 Hz a fifth of a turn is 33 ms.
    """
    found = heard(while_on(0.4, 6.0, (1.0, 0.2, 0.9, 0.1), (0.0, turn, turn, 0.0)), lifts=False)
    assert bool(found) is is_named


def test_a_hum_goes_on_over_a_long_hole_until_as_much_quiet_is_seen() -> None:
    stage = Hums(CELLS, RATE_HZ)
    hums: list[bool] = []
    for k in range(round(40.0 * RATE_HZ)):
        t_s = k / RATE_HZ
        if 8.0 <= t_s < 28.0:
            continue
        swing_kg = 0.4 * math.sin(2.0 * math.pi * 5.0 * t_s) if t_s < 8.0 else 0.0
        stage.update(Loads(t_s, (15.0 + swing_kg,) * len(CELLS), ()))
        hums.append(stage.is_common)
    assert hums[round(8.0 * RATE_HZ) - 1]
    quiet = hums[round(8.0 * RATE_HZ) :].index(False) / RATE_HZ
    assert 1.0 <= quiet <= 2.0


@pytest.mark.parametrize("hole_s", [0.2, 20.0])
def test_what_a_long_hole_interrupts_has_not_lasted(hole_s: float) -> None:
    """A hum of 2.6 s before and 2.6 s after it."""
    stage = Hums(CELLS, RATE_HZ)
    for k in range(round((5.2 + hole_s) * RATE_HZ)):
        t_s = k / RATE_HZ
        swing_kg = 0.4 * math.sin(2.0 * math.pi * 5.0 * t_s)
        row: tuple[float | None, ...] = (15.0 + swing_kg,) * len(CELLS)
        if 2.6 <= t_s < 2.6 + hole_s:
            row = (None, *row[1:])
        stage.update(Loads(t_s, row, ()))
    assert stage.is_common is (hole_s < 1.0)


def test_mains_that_the_filters_take_out_is_no_hum() -> None:
    """50 and 60 Hz at 80 samples a second show as 30 and 20; half a kilogram does no harm."""
    for hz in (20.0, 30.0, 40.0):
        assert heard(while_on(0.5, hz, ALIKE, IN_TURN)) == []


@pytest.mark.parametrize(
    ("shares", "late", "who"), [(FIRST, AT_ONCE, 0), (ALIKE, IN_TURN, ALL)], ids=["one", "in turn"]
)
@pytest.mark.parametrize("hz", [2.5, 3.1, 4.0])
def test_slow_converters_are_listened_to(
    hz: float, shares: Sequence[float], late: Sequence[float], who: str | int
) -> None:
    (bad_s, named), *_ = heard(while_on(0.5, hz, shares, late), rate_hz=10.0)
    assert named == who
    assert BEGINS_S < bad_s <= BEGINS_S + SAID_S


@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
def test_what_reaches_the_judge_goes_by_the_filters_that_follow(rate_hz: float) -> None:
    filters = conditioning.Conditioning(CELLS, rate_hz)
    assert filters._corner_hz == min(hum.CORNER_HZ, hum.CORNER_SHARE * rate_hz)


@pytest.mark.parametrize(("hz", "is_named"), [(4.0, True), (6.0, False)])
def test_the_faster_a_hum_the_less_it_looks_like_a_leg(hz: float, is_named: bool) -> None:
    assert bool(heard(while_on(0.25, hz, FIRST, AT_ONCE), lifts=False)) is is_named


@pytest.mark.parametrize(("lasts_s", "is_named"), [(3.0, False), (5.0, True)])
def test_what_does_not_last_is_no_hum(lasts_s: float, is_named: bool) -> None:
    def added(t_s: float) -> Sequence[float]:
        return while_on(0.5, 5.0, ALIKE, IN_TURN)(t_s) if t_s < BEGINS_S + lasts_s else nothing(t_s)

    assert bool(heard(added, lifts=False)) is is_named


@pytest.mark.parametrize(("even", "is_named"), [(0.5, False), (0.8, True)])
def test_what_goes_in_circles_less_and_less_is_no_hum(even: float, is_named: bool) -> None:
    """Who settles. even: what is left after 3 s."""

    def settles(t_s: float) -> Sequence[float]:
        left = even ** max(0.0, (t_s - 10.0) / 3.0) if t_s > 10.0 else 0.0
        return [0.8 * left * math.sin(2.0 * math.pi * (3.0 * t_s - turn)) for turn in IN_TURN]

    assert bool(heard(settles, lifts=False)) is is_named


@pytest.mark.parametrize(
    ("shares", "is_named"),
    [
        ((1.05, 1.05, 0.95, 0.95), True),
        ((1.2, 1.2, 0.8, 0.8), False),
        ((1.3, 0.7, 0.7, 1.3), True),
        ((1.6, 0.4, 0.4, 1.6), False),
    ],
    ids=["near the middle", "off the middle", "nearly alike", "unlike"],
)
def test_what_is_in_all_cells_alike_is_no_bodys(shares: Sequence[float], is_named: bool) -> None:
    assert bool(heard(while_on(0.5, 8.0, shares, AT_ONCE), lifts=False)) is is_named


@pytest.mark.parametrize(("hz", "is_named"), [(10.0, False), (26.5, True)])
def test_nobody_trembles_faster_than_twelve_times_a_second(hz: float, is_named: bool) -> None:
    """From one end, as a leg would: slowly it may be one."""
    found = heard(while_on(0.6, hz, (-0.1, -0.1, 1.0, 0.6), AT_ONCE), lifts=False)
    assert bool(found) is is_named


@pytest.mark.parametrize(("moved_kg", "is_named"), [(4.0, True), (9.0, False)])
def test_while_somebody_turns_over_nothing_is_a_hum(moved_kg: float, is_named: bool) -> None:
    hums = while_on(0.5, 5.0, FIRST, AT_ONCE)

    def added(t_s: float) -> Sequence[float]:
        moved = moved_kg * max(0.0, t_s - BEGINS_S) / 4.0 * (t_s < ENDS_S)
        return [kg + moved * sign for kg, sign in zip(hums(t_s), (1, 1, -1, -1), strict=True)]

    assert bool(heard(added, lifts=False)) is is_named
