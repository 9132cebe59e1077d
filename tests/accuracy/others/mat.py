"""From what a body presses with to a mat's frames: the deck's statics, cheap cells, raw counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matfw.messages import Cell, CellCalibration, Mat, Person, RawFrame
from matfw.virtual.deck import Deck
from matfw.virtual.truth import TrueRep, reps_of_angle
from tests.accuracy.others.plans import Array, Lift, Recording

REST_DEG = -7.0  # the upper leg hangs to the lower one's foot
COUNTS_PER_KG, TARE_COUNTS = 42_900.0, 8_000.0
CELL_G, GAIN_SD = 15.0, 0.003
LATEST_S = 0.010  # a cell's sample is older than its frame by up to this
# Where a side-lying body touches: heights from the hips, and what share it bears.
TOUCHES = ((-0.43, 0.07), (-0.29, 0.34), (-0.02, 0.41), (0.20, 0.09), (0.46, 0.09))
HALF_WIDTH_M = 0.07


def cell_loads(
    cells: Sequence[Cell], force_n: Array, mx_nm: Array, my_nm: Array, height_m: float
) -> Array:
    """Return each cell's load, (n, cells) kg, of a body that presses so about the deck's middle.

    Five touches, two points each, share what is asked by the least change of their usual shares.
    """
    x_m = np.repeat([x * height_m for x, _ in TOUCHES], 2)
    y_m = np.tile([HALF_WIDTH_M, -HALF_WIDTH_M], len(TOUCHES))
    share = np.repeat([0.5 * each for _, each in TOUCHES], 2)
    levers = np.stack([np.ones_like(x_m), x_m, y_m])
    usual = force_n[:, None] * share
    missing = np.stack([force_n, mx_nm, my_nm], axis=1) - usual @ levers.T
    weighted = levers * share
    change = missing @ np.linalg.solve(weighted @ levers.T, weighted)
    return Deck.for_layout(cells).loads_kg(1e3 * x_m, 1e3 * y_m, usual + change)


def truth_of(t_s: Array, excursion_deg: Array, lifts: Sequence[Lift]) -> tuple[TrueRep, ...]:
    """Return the true repetitions: of each lift, the hump that is there."""
    reps = []
    for number, lift in enumerate(lifts):
        before = lifts[number - 1].end_s if number else lift.at_s - 1.0
        after = lifts[number + 1].at_s if number + 1 < len(lifts) else lift.end_s + 1.0
        ends = (max(before, lift.at_s - 0.3), min(after, lift.end_s + 0.5))
        part = slice(*np.searchsorted(t_s, ends))
        humps = reps_of_angle(t_s[part], np.radians(excursion_deg[part]), np.radians(REST_DEG))
        hump = max(humps, key=lambda each: each.angle_deg)
        reps.append(
            replace(
                hump, onset_s=lift.at_s, up_s=lift.up_s, hold_s=lift.hold_s, down_s=lift.down_s,
                faults=lift.faults,
            )
        )  # fmt: skip
    return tuple(reps)


def mat_of(recording: Recording, layout: str) -> Mat:
    """Return the mat as this person described themselves to it."""
    plan = recording.plan
    line = (CellCalibration(TARE_COUNTS, COUNTS_PER_KG),) * len(recording.cells)
    person = Person(sex=plan.sex, height_m=plan.height_m)
    return Mat(layout, recording.cells, line, person=person, side=plan.side)


def frames_of(recording: Recording, mat: Mat, rng: np.random.Generator) -> list[RawFrame]:
    """Return the frames of cheap cells and converters."""
    rate_hz = mat.rate_hz * float(rng.uniform(0.985, 1.015))
    t_s = np.arange(0.01, float(recording.t_s[-1]), 1.0 / rate_hz)
    columns = []
    for load_kg in recording.loads_kg.T:
        late_s, gain = float(rng.uniform(0.0, LATEST_S)), 1.0 + GAIN_SD * float(rng.normal())
        seen = gain * np.interp(t_s - late_s, recording.t_s, load_kg)
        seen += 1e-3 * CELL_G * rng.laplace(0.0, np.sqrt(0.5), len(t_s))
        counts = np.rint(TARE_COUNTS + COUNTS_PER_KG * seen).astype(np.int64)
        columns.append(counts.tolist())
    return [
        RawFrame(at_s, tuple(row))
        for at_s, row in zip(t_s.tolist(), zip(*columns, strict=True), strict=True)
    ]
