"""A cell that creeps is named; a person who moves, or lies still for half an hour, is not."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from matfw.disturbances.drift import WITHIN_S, Drift
from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.layouts import PRESETS
from matfw.messages import (
    Announcement,
    CellEvent,
    CellProblem,
    CleanLoads,
    CueGiven,
    Event,
    Mat,
    Motion,
    PersonWeighed,
    Presence,
    RawFrame,
    RefinedRep,
    Side,
    Verdict,
)
from matfw.pipeline import Pipeline
from matfw.settings.model import NOMINAL
from matfw.virtual.body_noise import resting_noise
from matfw.virtual.deck import Deck

CELLS = PRESETS["core4"].cells
BODY_KG = (17.0, 18.0, 16.0, 15.0)
WEIGHT_KG = sum(BODY_KG)
PERIOD_S = 0.1
LIFT = RefinedRep(
    start_s=10.0,
    top_s=11.2,
    lower_s=13.1,
    end_s=15.0,
    up_s=2.0,
    hold_s=1.0,
    down_s=3.0,
    angle_deg=38.0,
    front_shift_mm=0.0,
)

Loads = Callable[[float], tuple[float, ...]]


def reported(loads: Loads, span_s: float, presence: Presence = Presence.LYING) -> list[CellEvent]:
    drift = Drift(CELLS)
    events: list[CellEvent] = []
    for k in range(round(span_s / PERIOD_S)):
        t_s = k * PERIOD_S
        motion = Motion(
            t_s=t_s, presence=presence, weight_kg=WEIGHT_KG if presence is Presence.LYING else None
        )
        events += drift.update(CleanLoads(t_s, loads(t_s)), motion)
    return events


def body(t_s: float, *, x_kg: float = 0.0, sum_kg: float = 0.0) -> tuple[float, ...]:
    """Return somebody who breathes; x_kg goes from the head to the feet, sum_kg comes on all."""
    breath = 0.15 * math.sin(1.8 * t_s)
    signs = (-1.0, -1.0, 1.0, 1.0)
    return tuple(
        kg + sign * (breath + x_kg / 2.0) + sum_kg / 4.0
        for kg, sign in zip(BODY_KG, signs, strict=True)
    )


@pytest.mark.parametrize("cell", range(4))
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_cell_that_creeps_a_hundredth_of_the_weight_a_minute_is_named(
    cell: int, sign: float
) -> None:
    from_s, a_second = 30.0, sign * 0.012 * WEIGHT_KG / 60.0

    def loads(t_s: float) -> tuple[float, ...]:
        kg = list(body(t_s))
        kg[cell] += a_second * max(t_s - from_s, 0.0)
        return tuple(kg)

    [event] = reported(loads, from_s + 1.5 * WITHIN_S)
    assert (event.cell, event.problem) == (CELLS[cell].name, CellProblem.DRIFTING)
    assert event.t_s - from_s < 1.25 * WITHIN_S


def test_creep_that_ends_is_over_a_minute_later() -> None:
    def loads(t_s: float) -> tuple[float, ...]:
        kg = list(body(t_s))
        kg[1] += 0.015 * WEIGHT_KG / 60.0 * min(max(t_s - 20.0, 0.0), 80.0)
        return tuple(kg)

    problems = [(e.cell, e.problem) for e in reported(loads, 260.0)]
    assert problems == [("head_right", CellProblem.DRIFTING), ("head_right", CellProblem.OK)]


@pytest.mark.parametrize(
    "loads",
    [
        lambda t: body(t, x_kg=6.0 * math.exp(-t / 40.0)),
        lambda t: body(t, x_kg=4.0 if t > 50.0 else 0.0),
        lambda t: body(t, sum_kg=-2.0 if t > 50.0 else 0.0),
        lambda t: body(t, sum_kg=1.5 if 50.0 < t < 80.0 else 0.0),
        lambda t: body(t, sum_kg=-0.8 * (t > 40.0) - 0.8 * (t > 44.0)),
        lambda t: body(t, sum_kg=0.004 * WEIGHT_KG / 60.0 * t),
    ],
    ids=["sinks in", "shifts", "shirt off", "hand", "two hands", "slow"],
)
def test_what_people_do_is_no_drift(loads: Loads) -> None:
    assert reported(loads, 180.0) == []


def test_an_empty_mat_that_reads_wrong_afterwards_is_reported_and_a_bag_is_not() -> None:
    drift = Drift(CELLS)
    events: list[CellEvent] = []
    spans = [
        (Presence.EMPTY, (0.0, 0.0, 0.0, 0.0)),
        (Presence.LYING, BODY_KG),
        (Presence.EMPTY, (0.0, 0.0, 0.9, 0.02)),
        (Presence.EMPTY, (0.5, 0.5, 0.6, 0.5)),
    ]
    t_s = 0.0
    for presence, loads in spans:
        for _ in range(round(20.0 / PERIOD_S)):
            t_s += PERIOD_S
            weight = WEIGHT_KG if presence is Presence.LYING else None
            events += drift.update(
                CleanLoads(t_s, loads), Motion(t_s=t_s, presence=presence, weight_kg=weight)
            )
    # The bag that is put on it while it is empty makes nothing worse, and nothing well.
    assert [(e.cell, e.problem) for e in events] == [("foot_left", CellProblem.DRIFTING)]


def still_frames(span_s: float, rate_hz: float, creep: tuple[float, ...]) -> list[RawFrame]:
    """Return raw frames of somebody who gets on at 5 s and lies still, cells creeping (kg/s)."""
    rng = np.random.default_rng(4)
    t_s = np.arange(0.0, span_s, 1.0 / rate_hz)
    weight_n = WEIGHT_KG * GRAVITY_M_S2
    noise = resting_noise(t_s, weight_n, settling=(5.0, 4.0), rep_starts_s=(), scale=1.0, rng=rng)
    force_n = np.where(t_s < 5.0, 0.0, weight_n + noise.force_n)
    x_mm = np.where(t_s < 5.0, 0.0, 1e3 * noise.moment_x_nm / weight_n)
    y_mm = np.where(t_s < 5.0, 0.0, 1e3 * noise.moment_y_nm / weight_n)
    loads_kg = Deck.for_layout(CELLS).loads_kg(x_mm[:, None], y_mm[:, None], force_n[:, None])
    loads_kg += np.outer(t_s, creep) + 0.02 * rng.standard_normal(loads_kg.shape)
    counts = np.rint(loads_kg * NOMINAL.counts_per_kg).astype(int).tolist()
    return [RawFrame(t, tuple(row)) for t, row in zip(t_s.tolist(), counts, strict=True)]


MAT = Mat(layout="core4", cells=CELLS, calibration=(NOMINAL,) * 4, rate_hz=10.0, side=Side.LEFT)


SLOW = (5e-5, -3e-5, 2e-5, 4e-5)  # kg/s: 3 g a minute and less, what converters drift by


def test_a_bottle_put_on_a_corner_of_the_empty_mat_and_taken_away_is_no_drift() -> None:
    def loads(t_s: float) -> tuple[float, ...]:
        return (0.1 + 2.0 * (15.0 < t_s < 60.0), 0.0, -0.1, 0.0)

    assert reported(loads, 90.0, Presence.EMPTY) == []


def test_half_an_hour_of_lying_still_is_no_drift() -> None:
    frames = still_frames(1800.0, MAT.rate_hz, SLOW)
    drift = Drift(CELLS)
    motion = Motion(t_s=0.0, presence=Presence.LYING, weight_kg=WEIGHT_KG)
    for frame in frames[round(10.0 * MAT.rate_hz) :]:
        loads = tuple((count or 0) / NOMINAL.counts_per_kg for count in frame.counts)
        assert drift.update(CleanLoads(frame.t_s, loads), motion) == ()


def test_somebody_who_lies_still_is_never_tared_away() -> None:
    """Five minutes through the whole line: who is there stays, weighed and judged."""
    line = Pipeline(MAT)
    events: list[Event] = []
    for frame in still_frames(300.0, MAT.rate_hz, SLOW):
        step = line.update(frame)
        events += step.events
        assert step.motion.presence is Presence.LYING or frame.t_s < 15.0
    assert step.motion.weight_kg == pytest.approx(WEIGHT_KG, rel=0.01)
    assert [type(e) for e in events if isinstance(e, CellEvent | PersonWeighed)] == [PersonWeighed]
    [rep] = line.finish_reps(300.0, [LIFT])
    assert rep.verdict is Verdict.CLEAN


def test_a_cell_that_drifts_is_reported_once_and_meanwhile_nothing_is_clean() -> None:
    line = Pipeline(MAT)
    events: list[Event] = []
    for frame in still_frames(150.0, MAT.rate_hz, (0.0, 0.0, 0.015 * WEIGHT_KG / 60.0, 0.0)):
        events += line.update(frame).events
    problems = [(e.cell, e.problem) for e in events if isinstance(e, CellEvent)]
    assert problems == [("foot_left", CellProblem.DRIFTING)]
    cues = [e.cue for e in events if isinstance(e, CueGiven)]
    assert cues.count(Announcement.NOT_JUDGING) == 1
    [rep] = line.finish_reps(150.0, [LIFT])
    assert (rep.verdict, rep.reason) == (
        Verdict.UNSURE, "foot_left is drifting: nothing is called clean"
    )  # fmt: skip
