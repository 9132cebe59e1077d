"""What a virtual person is going to do: repetitions, disturbances and a whole session, as data."""

from __future__ import annotations

from dataclasses import dataclass, field

from matfw.messages import Fault, Side
from matfw.virtual.body import Body
from matfw.virtual.profiles import MIN_JERK, Profile


@dataclass(frozen=True, slots=True)
class RepPlan:
    """One repetition. Times are standstill to standstill; angles are reached at the top.

    excursion_deg is over the leg's rest; hike_deg comes on top of the body's own coupling;
    overshoot_deg is how far the leg flies over the top and comes back, sag_deg how far it sinks
    during the hold; drop ends in a landing instead of a stop.
    lead: the exponent with which roll, hike and forward follow the leg (1 together, < 1 early).
    forward_lead: one of its own for forward, which may also come later than the leg.
    faults is what this repetition is meant to be called: its plan, so its truth.
    """

    up_s: float = 2.0
    hold_s: float = 1.0
    down_s: float = 3.0
    excursion_deg: float = 38.0
    roll_deg: float = 0.0
    forward_deg: float = 0.0
    hike_deg: float = 0.0
    knee_bend_deg: float = 0.0
    sag_deg: float = 0.0
    overshoot_deg: float = 0.0
    lead: float = 1.0
    forward_lead: float | None = None
    forward_late_s: float = 0.0
    drop: bool = False
    push_mm: float = 0.0  # the pelvis rises this far as the lower leg pushes off
    up_profile: Profile = MIN_JERK
    down_profile: Profile = MIN_JERK
    faults: tuple[Fault, ...] = ()

    @property
    def total_s(self) -> float:
        """Return the time from leaving rest to being back."""
        return self.up_s + self.hold_s + self.down_s


@dataclass(frozen=True, slots=True)
class Push:
    """A hand that pushes for some seconds.

    braced: against something beside the mat, so that the mat bears force_n more (less if < 0) at
    the hand's place. Otherwise on the mat itself, which no total can see: load only moves.
    """

    at_s: float
    duration_s: float
    force_n: float
    braced: bool = True


@dataclass(frozen=True, slots=True)
class OffMat:
    """A hand on the floor in front of the mat, taking force_n off it."""

    at_s: float
    duration_s: float
    force_n: float


@dataclass(frozen=True, slots=True)
class Fidget:
    """An arm or the head put somewhere else for good: the CoM moves by this much."""

    at_s: float
    duration_s: float
    x_mm: float
    y_mm: float
    lift_mm: float = 60.0  # how high the limb is carried over


@dataclass(frozen=True, slots=True)
class Scratch:
    """An arm that scratches: a few newtons at a few hertz."""

    at_s: float
    duration_s: float
    force_n: float
    rate_hz: float


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """One lie-down on one side.

    rests_s[i] is the rest before repetition i (the first one: after settling). All event times of
    pushes, fidgets and scratching count from lying down. bend_deg: the body's plan-view angle,
    legs to trunk, > 0 bent forward. hover_deg: how far over its rest the leg stays between reps.
    """

    side: Side
    body: Body
    reps: tuple[RepPlan, ...] = ()
    rests_s: tuple[float, ...] = ()
    empty_s: float = 2.0
    get_on_s: float = 7.0
    settle_s: float = 5.0
    still_s: float = 2.5
    get_up_s: float = 4.5
    bend_deg: float = 0.0
    hover_deg: float = 0.0
    place_x_mm: float = 0.0
    place_y_mm: float = 0.0
    yaw_deg: float = 0.0
    prop_n: float = 10.0  # the upper hand's share of the load, in front of the chest
    tremor_deg: tuple[float, float] = (0.004, 0.008)  # rms at the first and at the last repetition
    steps_on: bool = False  # stands on the mat before sitting down, else sits down on it at once
    pushes: tuple[Push, ...] = field(default=())
    off_mats: tuple[OffMat, ...] = field(default=())
    fidgets: tuple[Fidget, ...] = field(default=())
    scratches: tuple[Scratch, ...] = field(default=())
    fatigued: bool = False

    def __post_init__(self) -> None:
        if len(self.rests_s) != len(self.reps):
            msg = f"rests_s must have one rest a rep (got {len(self.rests_s)}, {len(self.reps)})"
            raise ValueError(msg)
        if self.side is Side.UNKNOWN:
            msg = "a body lies on one side: side must be left or right"
            raise ValueError(msg)

    @property
    def lying_s(self) -> float:
        """Return the time from lying down to getting up."""
        moving = sum(rep.total_s for rep in self.reps) + sum(self.rests_s)
        return self.settle_s + moving + self.still_s
