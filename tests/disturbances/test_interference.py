"""What concerns all cells at once: reported in time, ended, and never reported of a body."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import pytest

from matfw.disturbances.interference import ALL, PART_S, QUIET_PARTS, Interference
from matfw.layouts import PRESETS
from matfw.messages import CellEvent, CellProblem, CleanLoads, Loads, RawFrame

CELLS = PRESETS["core4"].cells
RATE_HZ = 80.0
SAID_S = 5.0
BEGINS_S, ENDS_S = 10.0, 25.0
SHARES = (0.45, 0.3, 0.2, 0.05)  # of the load on each cell

Wander = Callable[[float], float]


def reported(common_kg: Wander, load_kg: float = 70.0, rate_hz: float = RATE_HZ) -> list[CellEvent]:
    """Return what is reported of a resting load, its breath (1 mm) and a wander of all cells."""
    rng = random.Random(3)
    stage = Interference(CELLS, rate_hz)
    events: list[CellEvent] = []
    for k in range(round(40.0 * rate_hz)):
        t_s = k / rate_hz
        is_on = BEGINS_S <= t_s < ENDS_S
        breath_kg = 3e-4 * load_kg * math.sin(2.0 * math.pi * 0.27 * t_s)
        loads = tuple(
            load_kg * share
            + (breath_kg if i % 2 else -breath_kg)
            + rng.gauss(0.0, 0.002)
            + (common_kg(t_s) if is_on else 0.0)
            for i, share in enumerate(SHARES)
        )
        frame = RawFrame(t_s, tuple(round(42_900.0 * load) for load in loads))
        events += seen(stage, frame, loads)
    return events


def seen(
    stage: Interference, frame: RawFrame, loads_kg: tuple[float | None, ...]
) -> Sequence[CellEvent]:
    """Return what is reported of loads that nothing smoothed."""
    real = Loads(frame.t_s, loads_kg, frame.counts)
    return stage.update(frame, real, CleanLoads(frame.t_s, loads_kg, ()))


def sine(hz: float, kg: float) -> Wander:
    return lambda t_s: kg * math.sin(2.0 * math.pi * hz * t_s)


@pytest.mark.parametrize("load_kg", [0.0, 70.0], ids=["empty", "a body"])
@pytest.mark.parametrize(("hz", "kg"), [(0.3, 0.15), (1.0, 0.2), (1.0, 0.09), (7.0, 0.3)])
def test_a_wander_of_all_cells_is_reported_within_five_seconds_and_ended(
    hz: float, kg: float, load_kg: float
) -> None:
    bad, good = reported(sine(hz, kg), load_kg)
    assert (bad.cell, bad.problem) == (ALL, CellProblem.UNRELIABLE)
    assert BEGINS_S < bad.t_s <= BEGINS_S + SAID_S
    assert good.problem is CellProblem.OK
    assert ENDS_S < good.t_s <= ENDS_S + SAID_S


@pytest.mark.parametrize(
    "common_kg",
    [
        pytest.param(lambda _: 0.0, id="nothing"),
        pytest.param(lambda _: 3.0, id="a bag put in the middle and taken away"),
        pytest.param(lambda t_s: 0.02 * (t_s - BEGINS_S), id="creep"),
        pytest.param(
            lambda t_s: 0.5 * math.sin(2.0 * math.pi * (t_s - BEGINS_S)) * (t_s < BEGINS_S + 1.0),
            id="one bounce",
        ),
    ],
)
def test_what_does_not_last_is_no_interference(common_kg: Wander) -> None:
    assert reported(common_kg) == []


@pytest.mark.parametrize(
    ("shares", "is_reported"),
    [
        ((1.0, 1.0, 1.0, 1.0), True),
        ((1.15, 0.85, 1.05, 0.95), True),
        ((1.25, 0.75, 1.05, 0.95), False),
        ((1.2, 1.2, 0.8, 0.8), False),
        ((0.7, 0.7, 1.3, 1.3), False),
        ((2.0, 0.1, 0.0, 0.1), True),
        ((4.0, 1.4, 0.5, 0.1), False),
    ],
    ids=["the supply", "of cells that weigh it unlike", "a hand that scratches in the middle",
         "a body that rocks", "a leg that swings", "a wire", "a hand that scratches at a corner"],
)  # fmt: skip
def test_what_swings_off_the_middle_is_a_body(shares: Sequence[float], is_reported: bool) -> None:
    rng = random.Random(4)
    stage = Interference(CELLS, RATE_HZ)
    events: list[CellEvent] = []
    for k in range(round(8.0 * RATE_HZ)):
        wander_kg = 0.2 * math.sin(2.0 * math.pi * 3.0 * k / RATE_HZ)
        loads = tuple(15.0 + share * wander_kg + rng.gauss(0.0, 0.02) for share in shares)
        frame = RawFrame(k / RATE_HZ, tuple(round(42_900.0 * load) for load in loads))
        events += seen(stage, frame, loads)
    assert bool(events) == is_reported


@pytest.mark.parametrize("is_lone", [False, True], ids=["all cells", "one cell"])
@pytest.mark.parametrize("has_frames", [False, True], ids=["no frames", "a cell gives nothing"])
@pytest.mark.parametrize(("hole_s", "is_reported"), [(0.2, True), (20.0, False)])
def test_what_a_long_hole_interrupts_has_not_lasted(
    hole_s: float, is_reported: bool, has_frames: bool, is_lone: bool
) -> None:
    """A wander of 2.7 s before and 2.7 s after it; nobody knows what was in between."""
    stage = Interference(CELLS, RATE_HZ)
    events: list[CellEvent] = []
    for k in range(round((5.4 + hole_s) * RATE_HZ)):
        t_s = k / RATE_HZ
        is_hole = 2.7 <= t_s < 2.7 + hole_s
        if is_hole and not has_frames:
            continue
        wander_kg = 0.3 * math.sin(2.0 * math.pi * 2.0 * t_s)
        loads = tuple(15.0 + (0.0 if is_lone and i else wander_kg) for i in range(len(CELLS)))
        frame = RawFrame(t_s, tuple(round(42_900.0 * load) for load in loads))
        there = (None, *loads[1:]) if is_hole else loads
        events += seen(stage, frame, there)
    assert bool(events) is is_reported


@pytest.mark.parametrize(("shares", "cell"), [((1.0,) * 4, ALL), ((1.0, 0.0, 0.0, 0.0), None)])
def test_what_was_reported_is_over_once_as_much_quiet_is_seen_after_a_hole(
    shares: Sequence[float], cell: str | None
) -> None:
    """It wanders for 6 s; a hole of 20 s; then nothing does."""
    stage = Interference(CELLS, RATE_HZ)
    events: list[CellEvent] = []
    for k in range(round(30.0 * RATE_HZ)):
        t_s = k / RATE_HZ
        if 6.0 <= t_s < 26.0:
            continue
        wander_kg = 0.3 * math.sin(2.0 * math.pi * 2.0 * t_s) if t_s < 6.0 else 0.0
        loads = tuple(15.0 + share * wander_kg for share in shares)
        frame = RawFrame(t_s, tuple(round(42_900.0 * load) for load in loads))
        events += seen(stage, frame, loads)
    bad, good = events
    assert bad.cell == good.cell == (cell or CELLS[0].name)
    assert 26.0 + QUIET_PARTS * PART_S <= good.t_s < 26.0 + QUIET_PARTS * PART_S + 0.1


@pytest.mark.parametrize("shares", [(1.0,) * 4, (1.0, 0.0, 0.0, 0.0)], ids=["all", "one"])
def test_what_was_reported_is_over_though_a_cell_drops_out_again_and_again(
    shares: Sequence[float],
) -> None:
    """It wanders for 6 s; then nothing does, but a cell gives nothing in 0.35 of each 1.2 s."""
    stage = Interference(CELLS, RATE_HZ)
    events: list[CellEvent] = []
    for k in range(round(12.0 * RATE_HZ)):
        t_s = k / RATE_HZ
        wander_kg = 0.3 * math.sin(2.0 * math.pi * 2.0 * t_s) if t_s < 6.0 else 0.0
        loads = tuple(15.0 + share * wander_kg for share in shares)
        frame = RawFrame(t_s, tuple(round(42_900.0 * load) for load in loads))
        is_hole = t_s > 6.0 and t_s % 1.2 < 0.35
        there = (None, *loads[1:]) if is_hole else loads
        events += seen(stage, frame, there)
    assert [event.problem for event in events] == [CellProblem.UNRELIABLE, CellProblem.OK]


def test_an_animal_that_walks_over_it_is_no_interference() -> None:
    def paws(t_s: float) -> float:
        return 1.5 * max(0.0, math.sin(2.0 * math.pi * t_s / 0.16)) * (t_s % 1.6 < 0.16)

    assert reported(lambda t_s: paws(t_s) - paws(t_s + 0.8)) == []


def test_whoever_moves_on_the_mat_is_no_interference() -> None:
    """Weight goes from cell to cell while the whole of it swings: somebody turns over."""
    stage = Interference(CELLS, RATE_HZ)
    events: list[CellEvent] = []
    for k in range(round(8.0 * RATE_HZ)):
        t_s = k / RATE_HZ
        swing_kg = 0.5 * math.sin(2.0 * math.pi * t_s)
        moved_kg = 0.4 * t_s
        loads = tuple(15.0 + sign * moved_kg + swing_kg for sign in (1, 1, -1, -1))
        frame = RawFrame(t_s, tuple(round(42_900.0 * load) for load in loads))
        events += seen(stage, frame, loads)
    assert events == []


def reported_rate(real_hz: float, stated_hz: float, late_share: float = 0.0) -> list[CellEvent]:
    rng = random.Random(5)
    stage = Interference(CELLS, stated_hz)
    events: list[CellEvent] = []
    for k in range(round(12.0 * real_hz)):
        mask = 15 if rng.random() < late_share else 0
        counts = (None if mask else k,) * 4
        frame = RawFrame(k / real_hz, counts, computer_mask=mask)
        events += seen(stage, frame, tuple(None if mask else 1.0 for _ in CELLS))
    return events


@pytest.mark.parametrize(("real_hz", "stated_hz"), [(80.0, 10.0), (10.0, 80.0)])
def test_a_wrong_rate_is_reported_within_five_seconds(real_hz: float, stated_hz: float) -> None:
    [event] = reported_rate(real_hz, stated_hz)
    assert (event.cell, event.problem) == (ALL, CellProblem.UNRELIABLE)
    assert event.t_s <= SAID_S


@pytest.mark.parametrize("error", [0.9, 1.0, 1.1])
@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
def test_a_chips_own_clock_is_no_wrong_rate(rate_hz: float, error: float) -> None:
    assert reported_rate(rate_hz * error, rate_hz) == []


def test_a_late_computer_is_no_wrong_rate() -> None:
    assert reported_rate(80.0, 80.0, late_share=0.6) == []
