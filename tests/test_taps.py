"""Taps, and what else hits the mat: distinguished by place, rhythm, and the quiet around them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from matfw.calibration import Calibration
from matfw.layouts import PRESETS
from matfw.messages import Loads, Mat, Phase, PhaseStep, RawFrame
from matfw.taps import (
    ALIKE,
    APART_S,
    DIP_SHARE,
    ON_N,
    QUIET_S,
    QUIET_SHARE,
    REACH_X_MM,
    REACH_Y_MM,
    SPREAD_MM,
    THROWN_S,
    Taps,
)
from tests.importers import kistler, wii

CELLS = PRESETS["core4"].cells
RATE_HZ = 80.0
HAND = (-400.0, 200.0)  # mm, in front of the chest
FOOT = (800.0, 0.0)
WIDTH_S = 0.06
FIRST_S = 3.0
Blow = tuple[float, float, tuple[float, float]]  # s, N, place in mm


def detected(
    blows: Sequence[Blow],
    *,
    width_s: float = WIDTH_S,
    noise_n: float = 0.0,
    phase: Phase = Phase.REST,
    lasts_s: tuple[float, float] = (0.0, 6.0),
    skew_s: float = 0.0,
) -> list[int]:
    """Return what is found when somebody of 65 kg lies there and these blows come.

    lasts_s: from when to when the phase is this one; else they rest. skew_s: from a
    cell's sample to the next cell's.
    """
    taps, found = Taps(CELLS, RATE_HZ), []
    for number in range(round(6.0 * RATE_HZ)):
        t_s = number / RATE_HZ
        kg = [16.25 + 1e-3 * ((number * 7 + 3 * i) % 5) for i in range(4)]
        noise = noise_n * math.sin(2.0 * math.pi * 4.0 * t_s)
        for i, cell in enumerate(CELLS):
            felt_s = t_s - i * skew_s  # each cell is read at a time of its own
            forces = [(_half_sine(felt_s - at_s, n, width_s), place) for at_s, n, place in blows]
            for force_n, (x_mm, y_mm) in (*forces, (noise, HAND)):
                share = (1 + x_mm / cell.x_mm) * (1 + y_mm / cell.y_mm) / 4
                kg[i] += force_n / 9.81 * share
        loads = Loads(t_s, tuple(kg), tuple(round(1000 * each) for each in kg))
        now, since_s = (Phase.REST, 0.0)
        if lasts_s[0] <= t_s < lasts_s[1]:
            now, since_s = phase, lasts_s[0]
        step = PhaseStep(t_s=t_s, phase=now, changed=False, since_s=since_s)
        found.append(taps.update(loads, step))
    return [each for each in found if each]


def _half_sine(elapsed_s: float, force_n: float, width_s: float) -> float:
    return force_n * math.sin(math.pi * elapsed_s / width_s) if 0 < elapsed_s < width_s else 0.0


def beats(
    number: int,
    apart_s: float = 0.35,
    force_n: float = 60.0,
    place: tuple[float, float] = HAND,
) -> list[Blow]:
    return [(FIRST_S + k * apart_s, force_n, place) for k in range(number)]


@pytest.mark.parametrize(("number", "found"), [(1, []), (2, [2]), (3, [3]), (4, []), (6, [])])
def test_two_or_three_are_meant_and_no_other_number(number: int, found: list[int]) -> None:
    assert detected(beats(number)) == found


@pytest.mark.parametrize("force_n", [25.0, 60.0, 120.0])
@pytest.mark.parametrize("width_s", [0.04, 0.1])
@pytest.mark.parametrize("apart_s", [0.2, 0.5])
def test_soft_and_hard_quick_and_slow_taps_are_found(
    force_n: float, width_s: float, apart_s: float
) -> None:
    assert detected(beats(2, apart_s, force_n), width_s=width_s) == [2]


@pytest.mark.parametrize("later_s", [0.0, 0.003, 0.006, 0.009])
@pytest.mark.parametrize("width_s", [0.03, 0.035])
def test_short_taps_have_one_place_however_far_apart_the_cells_are_read(
    width_s: float, later_s: float
) -> None:
    blows = [(FIRST_S + later_s + 0.31 * k, 60.0, HAND) for k in range(3)]
    assert detected(blows, width_s=width_s, skew_s=0.004) == [3]


def beside(along_mm: float, across_mm: float) -> list[Blow]:
    """Return two taps, the second beside the first."""
    place = (-600.0, 200.0)
    other = (place[0] + along_mm, place[1] - across_mm)
    return [(FIRST_S, 60.0, place), (FIRST_S + 0.35, 60.0, other)]


BOUNDARIES: dict[str, Sequence[list[Blow]]] = {  # just a tap, just none
    "too soon": (beats(2, APART_S[0] + 0.01), beats(2, APART_S[0] - 0.01)),
    "too late": (beats(2, APART_S[1] - 0.01), beats(2, APART_S[1] + 0.01)),
    "over the head": tuple(beats(2, place=(REACH_X_MM[0] + mm, 0.0)) for mm in (10.0, -10.0)),
    "at the knees": tuple(beats(2, place=(REACH_X_MM[1] + mm, 0.0)) for mm in (-10.0, 10.0)),
    "off the deck": tuple(beats(2, place=(-300.0, REACH_Y_MM + mm)) for mm in (-10.0, 10.0)),
    "elsewhere along": tuple(beside(part * SPREAD_MM[0], 0.0) for part in (0.95, 1.05)),
    "elsewhere across": tuple(beside(0.0, part * SPREAD_MM[1]) for part in (0.95, 1.05)),
    "of another strength": tuple(
        [(FIRST_S, 30.0, HAND), (FIRST_S + 0.35, 30.0 * part * ALIKE, HAND)]
        for part in (0.97, 1.03)
    ),
    "after a dip": tuple(
        [(FIRST_S - 0.5, -part * QUIET_SHARE * 60.0, HAND), *beats(2)] for part in (0.9, 1.1)
    ),
    "after a landing": tuple(
        [(FIRST_S - QUIET_S - before_s, 60.0, FOOT), *beats(2)] for before_s in (0.1, 0.03)
    ),
    "thrown down early": tuple(
        [(FIRST_S - THROWN_S + later_s, -30.0, HAND), *beats(2)] for later_s in (0.01, -0.06)
    ),
    # A pulse of 60 ms leaves the low-passes with 72 % of its height.
    "too soft": tuple(beats(2, force_n=part * ON_N / 0.72) for part in (1.05, 0.95)),
}  # fmt: skip


@pytest.mark.parametrize("name", BOUNDARIES)
def test_on_either_side_of_a_limit(name: str) -> None:
    just, none = BOUNDARIES[name]
    assert (detected(just), detected(none)) == ([2], [])


def test_a_pulse_as_long_as_a_landing_leg_s_is_no_tap() -> None:
    """The low-passes' answer is as long as WIDTH_S when the pulse is 0.27 s."""
    assert (detected(beats(2, 0.5), width_s=0.25), detected(beats(2, 0.5), width_s=0.29)) == (
        [2],
        [],
    )


@pytest.mark.parametrize(
    "blows",
    [
        beats(2, place=FOOT),  # a leg lands
        beats(2, place=(500.0, 100.0)),  # knees
        beats(2, apart_s=APART_S[1] + 0.1),  # two blows, no rhythm
        beats(2, apart_s=0.1),
        beats(2, force_n=1.3 * ON_N),  # `conditioning` leaves too little of so soft a blow
        [(3.0, 60.0, HAND), (3.35, 60.0, (HAND[0] + 1.5 * SPREAD_MM[0], HAND[1]))],
        [(3.0, 60.0, HAND), (3.35, 60.0, FOOT)],
        [(3.0 - 0.8 * QUIET_S, 60.0, FOOT), *beats(2)],  # somebody moves about
    ],
)
def test_other_blows_are_no_taps(blows: list[Blow]) -> None:
    assert detected(blows) == []


@pytest.mark.parametrize(("share", "found"), [(0.3, [2]), (0.8 * DIP_SHARE, [2]),
                                              (1.2 * DIP_SHARE, []), (1.1, [])])  # fmt: skip
def test_an_arm_that_is_put_elsewhere_is_no_tap(share: float, found: list[int]) -> None:
    """It pushes off, falls, and is caught: as much below the load as above it."""
    first, second = beats(2, apart_s=0.46, force_n=40.0)
    fall: Blow = (0.5 * (first[0] + second[0]), -share * 40.0, HAND)
    assert detected([first, fall, second], width_s=0.1) == found


def test_a_push_is_no_tap() -> None:
    assert detected(beats(2, 0.5), width_s=0.4) == []


def test_a_body_that_trembles_as_loud_makes_no_taps() -> None:
    assert detected(beats(2, force_n=30.0), noise_n=12.0) == []


@pytest.mark.parametrize("phase", [Phase.UP, Phase.HOLD, Phase.DOWN])
def test_nothing_is_looked_for_while_a_repetition_is_under_way(phase: Phase) -> None:
    assert detected(beats(2), phase=phase) == []


@pytest.mark.parametrize(("before_s", "found"), [(THROWN_S - 0.03, [2]), (THROWN_S + 0.06, [])])
def test_an_arm_that_is_thrown_down_may_seem_a_leg(before_s: float, found: list[int]) -> None:
    lasts_s = (FIRST_S - before_s, FIRST_S + 2.0)
    assert detected(beats(2), phase=Phase.UP, lasts_s=lasts_s) == found


@pytest.mark.parametrize(("until_s", "found"), [(FIRST_S - 0.02, [2]), (FIRST_S + 0.1, [])])
def test_the_quiet_before_is_heard_through_what_seemed_a_leg(
    until_s: float, found: list[int]
) -> None:
    assert detected(beats(2), phase=Phase.UP, lasts_s=(2.4, until_s)) == found


def test_single_wrong_samples_are_no_taps() -> None:
    taps, found = Taps(CELLS, RATE_HZ), []
    for number in range(480):
        kg = [16.25] * 4
        if number in (240, 268):  # twice, as far apart as taps
            kg[0] += 20.0
        loads = Loads(number / RATE_HZ, tuple(kg), (1, 2, 3, 4))
        found.append(taps.update(loads, None))
    assert not any(found)


@pytest.mark.parametrize("wide", [2, 4, 8])
def test_a_cell_that_is_disturbed_alone_makes_no_taps(wide: int) -> None:
    """Its place is the cell's own, beyond where a hand taps."""
    taps, found = Taps(CELLS, RATE_HZ), []
    for number in range(480):
        kg = [16.25] * 4
        if 240 <= number < 240 + wide or 268 <= number < 268 + wide:
            kg[0] += 8.0
        found.append(taps.update(Loads(number / RATE_HZ, tuple(kg), (1, 2, 3, 4)), None))
    assert not any(found)


def real(mat: Mat, frames: Sequence[RawFrame]) -> list[int]:
    """Return what is found in a recording, on its whole length."""
    calibration, taps = Calibration(mat.calibration), Taps(mat.cells, mat.rate_hz)
    found = [taps.update(calibration.update(frame), None) for frame in frames]
    return [each for each in found if each]


@pytest.mark.parametrize("name", kistler.RECORDINGS)
def test_nobody_who_stands_on_a_force_plate_taps(name: str) -> None:
    plate = kistler.load(name)
    assert real(plate.mat, plate.frames) == []


def test_nobody_on_a_balance_board_taps() -> None:
    board = wii.load()
    assert real(board.mat, board.frames) == []
