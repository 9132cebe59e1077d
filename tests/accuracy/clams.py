"""A virtual body that lifts as a real person's thigh moved: MEx clam timing, scaled in height.

Nobody gave these people a tempo, and they hold nothing. The clam's angle over its own resting
level is scaled so that the median repetition is as high as a leg raise; what hangs below that
level is cut off, since a leg cannot sink into the other one. Body, place and side are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from matfw.messages import Cell
from matfw.virtual.person import generate_from_angle
from matfw.virtual.sessions import random_session
from matfw.virtual.trace import Trace
from tests.importers import mex_clam

Array = npt.NDArray[np.float64]

MOVING = (  # recordings with the sensor on the leg that moves
    "01_clam_2", "02_clam_2", "03_clam_2", "04_clam_1", "04_clam_2", "05_clam_2",
    "06_clam_2", "07_clam_2", "08_clam_2", "09_clam_1", "09_clam_2", "10_clam_1",
    "10_clam_2", "11_clam_2", "12_clam_1", "12_clam_2", "13_clam_2", "14_clam_1",
)  # fmt: skip
TOP_DEG = 38.0  # of the median repetition, as in the feasibility study
LOW_PERCENTILE = 5.0  # of the angle: where the leg lies between two repetitions
EDGE_S = 0.5  # the recording begins and ends at the lowest point this near to its repetitions
EVENTS_S = 4.0  # before getting up nobody fidgets any more


def lifted(name: str, cells: Sequence[Cell], seed: int) -> Trace:
    """Return a virtual person who lifts with this recording's timing; skips a test without it."""
    t_s, angle_deg = lift(mex_clam.load(name))
    plan = replace(random_session(np.random.default_rng(seed), "clean"), reps=(), rests_s=())
    last_s = plan.lying_s + float(t_s[-1]) - EVENTS_S
    plan = replace(
        plan,
        fidgets=tuple(event for event in plan.fidgets if event.at_s < last_s),
        fatigued=False,
    )
    return generate_from_angle(t_s, angle_deg, plan, cells, seed)


def lift(clam: mex_clam.Clam) -> tuple[Array, Array]:
    """Return the times from 0 and the angle over rest, degrees, of the leg raise to make of it."""
    first = _lowest(clam, clam.reps[0].start_s - EDGE_S, clam.reps[0].start_s)
    last = _lowest(clam, clam.reps[-1].end_s, clam.reps[-1].end_s + EDGE_S)
    angle_deg, t_s = clam.angle_deg[first : last + 1], clam.t_s[first : last + 1]
    over_deg = np.maximum(angle_deg - np.percentile(angle_deg, LOW_PERCENTILE), 0.0)
    scale = TOP_DEG / float(np.median([rep.height_deg for rep in clam.reps]))
    return t_s - t_s[0], scale * over_deg


def _lowest(clam: mex_clam.Clam, from_s: float, to_s: float) -> int:
    inside = np.flatnonzero((clam.t_s >= from_s) & (clam.t_s <= to_s))
    return int(inside[np.argmin(clam.angle_deg[inside])])
