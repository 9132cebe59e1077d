"""Phases and repetitions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from matfw.messages.limits import FaultSeen, Verdict
from matfw.messages.mat import Side


class Phase(StrEnum):
    """A repetition's phases; `rest` also covers an empty mat."""

    REST = "rest"
    UP = "up"
    HOLD = "hold"
    DOWN = "down"


class PhaseStep(Struct, frozen=True, kw_only=True, gc=False):
    """Where in a repetition the person is, every 50 ms.

    changed: the phase began with this step. since_s: when it began. top_deg: highest angle of this
    rep so far. up_s, hold_s: lengths of this rep's phases that are over, as decided live.
    """

    t_s: float
    phase: Phase
    changed: bool
    since_s: float
    top_deg: float = 0.0
    up_s: float = 0.0
    hold_s: float = 0.0
    down_s: float = 0.0

    @property
    def begins_rep(self) -> bool:
        """Return whether a rep begins: most with `up`, one whose lift was not seen with `hold`."""
        is_unseen = self.phase is Phase.HOLD and self.up_s == self.hold_s == 0.0
        return self.changed and (self.phase is Phase.UP or is_unseen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rep:
    """One finished repetition, times refined with what came after them.

    start, top, lower, end: the 5 % and 95 % crossings of the leg's travel. up_s, hold_s, down_s:
    standstill to standstill. angle_deg: highest angle over rest. front_shift_mm: hips toward the
    body's front (+) or back (-) at the top. reason: why it is `unsure`, or empty.
    cancellation_score_mm: what `Limits.curvature_mm` is compared with; 0 where a hip sensor settles
    it. tremor_n: what the load shakes by while the leg is held, rms; 0: not known. It is not kept
    in the store.
    """

    rep: int
    t_s: float
    start_s: float
    top_s: float
    lower_s: float
    end_s: float
    up_s: float
    hold_s: float
    down_s: float
    angle_deg: float
    front_shift_mm: float
    verdict: Verdict
    faults: tuple[FaultSeen, ...]
    side: Side
    reason: str = ""
    cancellation_score_mm: float = 0.0
    tremor_n: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RefinedRep:
    """One up and down of the leg, as refined after it. Times in s, angles in deg over rest.

    start, top, lower, end: the 5 % and 95 % crossings of its travel; up_s, hold_s, down_s: the
    movement's own lengths, standstill to standstill. curvature_mm: how far the shift's course is
    curved on the way, and shift_left_mm what that leaves of it (`shift_course`). How far to trust
    it: fit_error_deg, by how much the fitted shape's top misses the curve's, 0 where a shape found
    it and no peak of the curve; noise_scale, variance of the body's noise against the usual;
    plausibility, the log-odds that this was a leg raise at all; hole_s, the longest time in it
    without a measurement. tremor_n: the load's rms at 5-8 Hz while the leg is held; 0: not known.
    plates_agree: plates saw the leg leave and land just when it began and ended. is_fitted: its
    times are those of a shape that begins where the curve has a peak, and explains load and moment;
    paused_up_s, paused_down_s: for so long that shape's ways stand still midway; curve_end_s: when
    the curve has it end, -inf where the times are not that shape's. has_arm: only with an arm
    thrown up in its midst it is one. is_searched: a search found it and no peak of the curve;
    shape_deg: the height of the shape that was fitted to a peak, None where the times are not that
    shape's; wobble_dps2: by how much, rms, the leg sped up and down besides while it was up;
    was_unweighed: it began before it was known who lies there, so settling may be taken for a part
    of it; usual_s: the median time from start to end of this person's last ones before it, 0: not
    known. From tremor_n on none of these is kept in the store.
    """

    start_s: float
    top_s: float
    lower_s: float
    end_s: float
    up_s: float
    hold_s: float
    down_s: float
    angle_deg: float
    front_shift_mm: float
    hip_roll_deg: float | None = None
    hip_sd_deg: float = 0.0
    curvature_mm: float = 0.0
    shift_left_mm: float = 0.0
    fit_error_deg: float = 0.0
    noise_scale: float = 1.0
    plausibility: float = math.inf
    hole_s: float = 0.0
    tremor_n: float = 0.0
    plates_agree: bool = False
    is_fitted: bool = False
    paused_up_s: float = 0.0
    paused_down_s: float = 0.0
    curve_end_s: float = -math.inf
    has_arm: bool = False
    is_searched: bool = False
    shape_deg: float | None = None
    wobble_dps2: float = 0.0
    was_unweighed: bool = False
    usual_s: float = 0.0
