"""Clean loads and each cell's health: what is taken out, what is reported, and how soon."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.calibration import RAIL_MAX_COUNTS, RAIL_MIN_COUNTS
from matfw.conditioning import (
    BACK_SAMPLES,
    COMES_AND_GOES,
    FIRST_PERIODS,
    LOST_OWN_S,
    LOST_S,
    RESEED_PERIODS,
    SATURATED_SAMPLES,
    WITHIN_S,
    Conditioning,
)
from matfw.messages import Cell, CellEvent, CellProblem, CleanLoads, Loads

RATE_HZ = 80.0
CELLS = (Cell("a", -900.0, 0.0), Cell("b", 900.0, 0.0))
COUNTS_PER_KG = 42_900.0
QUIET_COUNTS = 45.0  # rms of the converter itself at 80 SPS
# Within so many sample periods every bad cell is named.
NOTICE_PERIODS = {CellProblem.LOST: LOST_OWN_S * RATE_HZ + 1.0}
DEFAULT_NOTICE_PERIODS = 3.0
AT = 4000  # the frame in which something happens: the cell's noise is known by then

Signal = Callable[[int], int | None]


def noisy(sd: float = QUIET_COUNTS, level: float = 1e6, seed: int = 1) -> Signal:
    rng = random.Random(seed)
    return lambda _: round(level + rng.gauss(0.0, sd))


def until(end: int, signal: Signal, then: Signal) -> Signal:
    return lambda k: signal(k) if k < end else then(k)


def stuck_from(start: int, end: int, signal: Signal) -> Signal:
    last: list[int | None] = [None]

    def stuck(k: int) -> int | None:
        value = signal(k)
        if not start <= k < end:
            last[0] = value
        return last[0]

    return stuck


def run(
    signal: Signal, frames: int, rate_hz: float = RATE_HZ, stage: Conditioning | None = None
) -> list[CleanLoads]:
    """Let cell a follow the signal while cell b is healthy."""
    stage = stage or Conditioning(CELLS, rate_hz)
    healthy = noisy(seed=2)
    out = []
    for k in range(frames):
        counts = (signal(k), healthy(k))
        kilograms = tuple(
            None
            if count is None or not RAIL_MIN_COUNTS < count < RAIL_MAX_COUNTS
            else count / COUNTS_PER_KG
            for count in counts
        )
        out.append(stage.update(Loads(k / rate_hz, kilograms, counts)))
    return out


def events(out: Sequence[CleanLoads]) -> list[CellEvent]:
    return [event for clean in out for event in clean.events]


def loads_of_a(values: Sequence[float | None], rate_hz: float = RATE_HZ) -> list[CleanLoads]:
    """Feed kilograms to one cell; counts never repeat, so that it is never stuck."""
    stage = Conditioning(CELLS[:1], rate_hz)
    return [
        stage.update(Loads(k / rate_hz, (value,), (None if value is None else k,)))
        for k, value in enumerate(values)
    ]


# --- filters ---


@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
def test_the_stated_delay_is_the_real_delay_of_a_ramp_within_a_millisecond(rate_hz: float) -> None:
    slope_kg_per_s = 3.0
    out = loads_of_a([slope_kg_per_s * k / rate_hz for k in range(200)], rate_hz)
    load_kg = out[-1].loads_kg[0]
    assert load_kg is not None
    assert load_kg / slope_kg_per_s == pytest.approx(out[-1].t_s, abs=0.001)


@given(st.floats(-200.0, 200.0), st.integers(10, 40), st.floats(-1000.0, 1000.0))
def test_a_single_spike_leaves_no_trace(level_kg: float, at: int, spike_kg: float) -> None:
    values: list[float | None] = [level_kg] * 60
    values[at] = spike_kg
    for clean in loads_of_a(values):
        assert clean.loads_kg[0] == pytest.approx(level_kg)


@given(st.lists(st.floats(-50.0, 150.0), min_size=1, max_size=60))
def test_clean_loads_stay_between_the_loads_that_came_in(values: list[float]) -> None:
    for k, clean in enumerate(loads_of_a(values)):
        load_kg = clean.loads_kg[0]
        assert load_kg is not None
        assert min(values[: k + 1]) - 1e-9 <= load_kg <= max(values[: k + 1]) + 1e-9


@given(st.lists(st.none() | st.floats(0.0, 150.0), min_size=1, max_size=60))
def test_missing_samples_never_make_up_a_value(values: list[float | None]) -> None:
    """Also with holes every value lies between values that were read."""
    seen: list[float] = []
    for value, clean in zip(values, loads_of_a(values), strict=True):
        seen += [] if value is None else [value]
        load_kg = clean.loads_kg[0]
        assert load_kg is None or min(seen) - 1e-9 <= load_kg <= max(seen) + 1e-9
        assert seen or load_kg is None


@pytest.mark.parametrize("missing", [1, 2, 5, 30, 400])
def test_a_missing_sample_is_no_value(missing: int) -> None:
    out = loads_of_a([1.0, 2.0, 3.0, 4.0, 5.0] + [None] * missing)
    assert [clean.loads_kg[0] for clean in out[5:]] == [None] * missing


@pytest.mark.parametrize("is_a_frame_there", [True, False])
@pytest.mark.parametrize("missing", [3, 5, 7])
def test_nothing_is_smeared_across_a_hole(missing: int, is_a_frame_there: bool) -> None:
    assert missing + 1 > RESEED_PERIODS
    stage = Conditioning(CELLS[:1], RATE_HZ)
    out = []
    for k in range(80):
        is_gone = 50 <= k < 50 + missing
        if is_a_frame_there or not is_gone:
            level_kg = 10.0 if k < 50 else 70.0
            load, count = (None, None) if is_gone else (level_kg, k)
            out.append(stage.update(Loads(k / RATE_HZ, (load,), (count,))))
    seen = [clean.loads_kg[0] for clean in out if clean.loads_kg[0] is not None]
    assert seen == [10.0] * 50 + [70.0] * (29 - missing)


def test_what_comes_after_a_hole_belongs_to_the_time_it_is_stamped_with() -> None:
    """On a ramp: off by two thirds of a frame's delay at first, by nothing soon after."""
    slope_kg_per_s = 3.0
    ramp: list[float | None] = [slope_kg_per_s * k / RATE_HZ for k in range(100)]
    ramp[50:55] = [None] * 5
    late_s = [
        clean.t_s - clean.loads_kg[0] / slope_kg_per_s
        for clean in loads_of_a(ramp)[55:]
        if clean.loads_kg[0] is not None
    ]
    assert max(map(abs, late_s)) < 1.2 / RATE_HZ
    assert max(map(abs, late_s[6:])) < 0.001


def test_times_go_forward_and_are_set_back_by_the_delay() -> None:
    stage = Conditioning(CELLS, RATE_HZ)
    out = run(noisy(), 50, stage=stage)
    assert out[10].t_s == pytest.approx(10 / RATE_HZ - stage.delay_s)
    assert all(a.t_s < b.t_s for a, b in pairwise(out))


# --- health ---

BROKEN: list[tuple[CellProblem, Signal]] = [
    (CellProblem.LOST, until(AT, noisy(), lambda _: None)),
    (CellProblem.STUCK, stuck_from(AT, 10**9, noisy())),
    (CellProblem.SATURATED, until(AT, noisy(), lambda _: RAIL_MAX_COUNTS)),
    (CellProblem.SATURATED, until(AT, noisy(), lambda _: RAIL_MIN_COUNTS)),
]


@pytest.mark.parametrize(("problem", "signal"), BROKEN)
def test_a_bad_cell_is_named_in_time_and_gives_no_load(
    problem: CellProblem, signal: Signal
) -> None:
    out = run(signal, AT + 100)
    [event] = events(out)
    assert (event.cell, event.problem) == ("a", problem)
    # The first frame it happens in is AT; a period later would be AT + 1.
    periods = NOTICE_PERIODS.get(problem, DEFAULT_NOTICE_PERIODS)
    assert AT <= event.t_s * RATE_HZ <= AT + periods
    named = round(event.t_s * RATE_HZ)
    assert all(clean.loads_kg[0] is None for clean in out[named:])
    assert all(clean.loads_kg[1] is not None for clean in out)


def silent_for(span_s: float, *, both: bool = False, mask: int = 0) -> list[CellProblem]:
    """Return what is reported of cell a when it, or both, give nothing for so long."""
    stage, out = Conditioning(CELLS, RATE_HZ), []
    for k in range(round((3.0 + span_s) * RATE_HZ)):
        is_gone = 1.0 <= k / RATE_HZ < 1.0 + span_s
        a = None if is_gone else 10.0 + 0.01 * k
        b = None if is_gone and both else 20.0 - 0.01 * k
        counts = (None if a is None else k, None if b is None else -k)
        out.append(stage.update(Loads(k / RATE_HZ, (a, b), counts, mask if is_gone else 0)))
    return [event.problem for event in events(out) if event.cell == "a"]


COME_BACK = [CellProblem.LOST, CellProblem.OK]


@pytest.mark.parametrize(
    ("span_s", "reported"), [(LOST_OWN_S - 0.02, []), (LOST_OWN_S + 0.02, COME_BACK)]
)
def test_a_cell_is_lost_after_its_own_silence(span_s: float, reported: list[CellProblem]) -> None:
    assert silent_for(span_s) == reported


@pytest.mark.parametrize(("both", "mask"), [(False, 1), (True, 0), (True, 3)])
@pytest.mark.parametrize(("span_s", "reported"), [(LOST_S - 0.02, []), (LOST_S + 0.02, COME_BACK)])
def test_a_silence_that_is_the_computer_s_or_everybody_s_counts_later(
    span_s: float, reported: list[CellProblem], both: bool, mask: int
) -> None:
    assert silent_for(span_s, both=both, mask=mask) == reported


@pytest.mark.parametrize(
    ("wire_s", "reported"), [(0.0, []), (LOST_OWN_S - 0.02, []), (LOST_OWN_S + 0.03, COME_BACK)]
)
def test_what_a_late_computer_takes_of_all_cells_is_no_wire_s(
    wire_s: float, reported: list[CellProblem]
) -> None:
    """Five seconds of it, within which the cell alone is silent by itself."""
    stage, out = Conditioning(CELLS, RATE_HZ), []
    for k in range(round(8.0 * RATE_HZ)):
        at_s = k / RATE_HZ - 1.0
        is_gone = 0.0 <= at_s < 5.0
        mask = 0b11 if is_gone and not 1.0 <= at_s < 1.0 + wire_s else 0
        counts = (None if is_gone else k, None if mask else -k)
        loads = tuple(None if count is None else 20.0 + 0.01 * count for count in counts)
        frame = Loads(k / RATE_HZ, loads, counts, mask)
        out.append(stage.update(frame, is_computer_late=bool(mask)))
    assert [(event.cell, event.problem) for event in events(out)] == [("a", x) for x in reported]


def test_the_computer_s_part_of_a_silence_is_not_counted_as_the_cell_s() -> None:
    """By turns: 0.3 s of it, 0.075 s of which is the cell's own."""
    stage, out = Conditioning(CELLS, RATE_HZ), []
    for k in range(200):
        is_gone = 80 <= k < 104
        mask = 1 if is_gone and k % 4 else 0
        counts = (None if is_gone else k, -k)
        a = None if is_gone else 10.0 + 0.01 * k
        out.append(stage.update(Loads(k / RATE_HZ, (a, 20.0 - 0.01 * k), counts, mask)))
    assert events(out) == []


# --- coming and going ---


def flapping(times: int, every_s: float, then_s: float) -> list[CellEvent]:
    """Return what is reported of a cell that is silent for 0.2 s so many times, then well."""
    stage, out = Conditioning(CELLS, RATE_HZ), []
    for k in range(round((1.0 + times * every_s + then_s) * RATE_HZ)):
        since_s = k / RATE_HZ - 1.0
        is_gone = 0.0 <= since_s < times * every_s and since_s % every_s < 0.2
        a = None if is_gone else 10.0 + 0.01 * k
        counts = (None if a is None else k, -k)
        out.append(stage.update(Loads(k / RATE_HZ, (a, 20.0 - 0.01 * k), counts)))
    return events(out)


def test_a_cell_that_comes_and_goes_is_reported_once_and_once_when_it_is_over() -> None:
    reported = flapping(30, 0.8, 2.0 * WITHIN_S)
    problems = [event.problem for event in reported]
    assert problems == [*COME_BACK * (COMES_AND_GOES - 1), CellProblem.UNRELIABLE, CellProblem.OK]
    assert [event.count for event in reported[-2:]] == [COMES_AND_GOES, 30]
    assert reported[-1].t_s == pytest.approx(1.0 + 29 * 0.8 + LOST_OWN_S + WITHIN_S, abs=0.1)


def test_a_cell_that_fails_now_and_then_is_reported_each_time() -> None:
    reported = flapping(4, 0.6 * WITHIN_S, 1.0)
    assert [event.problem for event in reported] == COME_BACK * 4
    assert {event.count for event in reported} == {0}


def test_a_cell_that_comes_and_goes_and_dies_is_lost_at_last() -> None:
    stage, out = Conditioning(CELLS, RATE_HZ), []
    for k in range(round(20.0 * RATE_HZ)):
        t_s = k / RATE_HZ
        is_gone = t_s > 4.0 or (t_s > 1.0 and t_s % 0.6 < 0.2)
        a = None if is_gone else 10.0 + 0.01 * k
        out.append(stage.update(Loads(t_s, (a, 1.0 + 0.01 * k), (None if is_gone else k, -k))))
    assert [e.problem for e in events(out)][-2:] == [CellProblem.UNRELIABLE, CellProblem.LOST]


@pytest.mark.parametrize("samples", [SATURATED_SAMPLES - 1, SATURATED_SAMPLES])
def test_a_cell_is_saturated_from_the_second_sample_at_a_rail(samples: int) -> None:
    signal = noisy()
    rail = until(500, signal, until(500 + samples, lambda _: RAIL_MAX_COUNTS, signal))
    problems = [event.problem for event in events(run(rail, 600))]
    assert (CellProblem.SATURATED in problems) is (samples >= SATURATED_SAMPLES)


@pytest.mark.parametrize(
    "signal",
    [
        until(AT, noisy(), until(AT + 100, lambda _: None, noisy())),
        stuck_from(AT, AT + 100, noisy()),
        until(AT, noisy(), until(AT + 100, lambda _: RAIL_MAX_COUNTS, noisy())),
    ],
)
def test_a_cell_is_ok_again_after_enough_good_samples_and_not_before(signal: Signal) -> None:
    out = run(signal, AT + 200)
    _, back = events(out)
    assert back.problem is CellProblem.OK
    good = round(back.t_s * RATE_HZ) - (AT + 100) + 1
    assert BACK_SAMPLES <= good <= BACK_SAMPLES + 1
    assert all(clean.loads_kg[0] is not None for clean in out[AT + 100 + good :])
    assert all(clean.loads_kg[0] is None for clean in out[AT + 4 : AT + 100 + BACK_SAMPLES - 1])


@pytest.mark.parametrize("sd", [0.5, 1.0, 2.0, 5.0, QUIET_COUNTS])
@pytest.mark.parametrize("seed", range(3))
def test_a_coarse_or_quiet_honest_cell_is_not_called_stuck(sd: float, seed: int) -> None:
    level = 1e6 + 0.5  # between two counts; sd is of the noise, in counts
    assert events(run(noisy(sd, level, seed), 4800)) == []


def test_a_very_coarse_cell_is_learnt_and_then_left_alone() -> None:
    """0.3 counts of noise: nine samples in ten repeat. It may be doubted once, at the start."""
    found = events(run(noisy(0.3, 1e6, 3), 8000))
    assert [event for event in found if event.t_s > 10.0] == []


def test_a_cell_that_never_moved_is_stuck_too() -> None:
    [event] = events(run(lambda _: 12_345, 200))
    assert event.problem is CellProblem.STUCK
    assert event.t_s < 1.0


def test_converters_that_settle_at_the_start_are_not_lost() -> None:
    settling = until(4, lambda _: None, noisy())
    assert events(run(settling, 200)) == []


def test_a_cell_that_never_speaks_is_lost() -> None:
    [event] = events(run(lambda _: None, 200))
    assert event.problem is CellProblem.LOST
    assert event.t_s * RATE_HZ <= FIRST_PERIODS + 1.0


def test_each_change_is_reported_once_and_with_its_own_time() -> None:
    found = events(run(until(AT, noisy(), lambda _: None), AT + 500))
    assert len(found) == 1


def test_reset_starts_as_if_no_frame_had_ever_come() -> None:
    stage = Conditioning(CELLS, RATE_HZ)
    first = run(stuck_from(300, 400, noisy()), 500, stage=stage)
    stage.reset()
    assert run(stuck_from(300, 400, noisy()), 500, stage=stage) == first
