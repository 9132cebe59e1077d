"""What flows along the line: frozen messages, units in their names.

Axes, stated once: origin at the deck's centre, x to the foot end, y to the left edge as seen by
someone lying on their back with the head at -x, z up; millimetres. Lying on the left side one
faces +y, on the right side -y. "counts" are raw HX711 units and nothing else; repetitions are
"reps". None means "no value"; NaN never appears; a bad sample is marked, never invented.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, TypeAlias


class Side(StrEnum):
    """The side lain on."""

    LEFT = "left"
    RIGHT = "right"
    UNKNOWN = "unknown"

    @property
    def front_sign(self) -> int:
        """Return +1 where the body's front is the deck's +y (left), -1 (right), 0 (unknown)."""
        return {Side.LEFT: 1, Side.RIGHT: -1, Side.UNKNOWN: 0}[self]


class Phase(StrEnum):
    """A repetition's phases; `rest` also covers an empty mat."""

    REST = "rest"
    UP = "up"
    HOLD = "hold"
    DOWN = "down"


class Fault(StrEnum):
    """What can break in a repetition, or in a set (`fatigue`)."""

    ROLL_BACK = "roll_back"
    LEG_FORWARD = "leg_forward"
    KICK = "kick"
    DROP = "drop"
    TOO_HIGH = "too_high"
    TOO_SMALL = "too_small"
    RUSHED_UP = "rushed_up"
    RUSHED_DOWN = "rushed_down"
    SHORT_HOLD = "short_hold"
    BENT_BODY = "bent_body"
    OFF_MAT = "off_mat"
    FATIGUE = "fatigue"


class Verdict(StrEnum):
    """What a repetition is called; `unsure` is reported, never rounded to `clean`."""

    CLEAN = "clean"
    FAULT = "fault"
    UNSURE = "unsure"


class Announcement(StrEnum):
    """What the buzzer and the lights can say besides the faults."""

    NOT_JUDGING = "not_judging"  # a cell is lost or stuck: reps are not judged now
    HIPS_LOST = "hips_lost"  # a hip sensor is lost: hips are judged as well as it goes without
    HIPS_BACK = "hips_back"  # ... and it answers again
    UNSURE = "unsure"  # the rep is over and could not be judged
    SET_DONE = "set_done"
    READY = "ready"  # lying still and weighed: begin when you like
    REP = "rep"  # a clean rep is over
    SEE_CONSOLE = "see_console"  # at the start: not calibrated, or its state is damaged
    # Of a workout that is led: workout/coach.py.
    COUNT = "count"  # a repetition of a set, whatever its verdict
    REP_FIVE = "rep_five"  # the fifth, tenth ... repetition of a set
    THREE_LEFT = "three_left"  # that repetition is over, and so many are left in the set
    TWO_LEFT = "two_left"
    ONE_LEFT = "one_left"
    LIE_LEFT = "lie_left"  # lie on the left side; there: bring the top knee forward once
    LIE_RIGHT = "lie_right"
    WRONG_SIDE = "wrong_side"  # it seems to be the other side
    GET_READY = "get_ready"  # three, two, one
    PAUSED = "paused"
    RESUMED = "resumed"
    UNFINISHED = "unfinished"  # nothing came for a while: go on, or end the set
    REST_TEN = "rest_ten"  # ten seconds of the rest are left
    REST_OVER = "rest_over"  # and nobody lies there ready for the next set
    LAST_SET_DONE = "last_set_done"
    WORKOUT_DONE = "workout_done"
    PARTLY_JUDGED = "partly_judged"  # this variation hides things from the cells


# What the buzzer and the lights can say. A fault's cue is the fault itself.
Cue: TypeAlias = Fault | Announcement
CUES: tuple[Cue, ...] = (*Fault, *Announcement)


def cue_named(name: str) -> Cue:
    """Return the cue of this name. Raises ValueError if there is none."""
    return Fault(name) if name in set(Fault) else Announcement(name)


class CellProblem(StrEnum):
    """What is wrong with a cell; `ok` says that it is over."""

    LOST = "lost"
    STUCK = "stuck"
    SATURATED = "saturated"
    DRIFTING = "drifting"
    UNRELIABLE = "unreliable"  # comes and goes, or reads what no body weighs; also of all cells
    OK = "ok"


class ReaderProblem(StrEnum):
    """Whether the computer reads the converters in time; `ok` says that it does so again."""

    LATE = "late"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Cell:
    """A load cell: its name, where it stands and the panel it stands under."""

    name: str
    x_mm: float
    y_mm: float
    plate: str = "deck"


@dataclass(frozen=True, slots=True)
class Channel:
    """A hip sensor's column: `sacrum_imu` in degrees of roll, `rear_rail` in mm of distance.

    `sacrum_side`: how far the body's left points up, degrees: -90 on the left side, +90 on the
    right one.
    """

    name: str
    kind: str
    x_mm: float | None = None


@dataclass(frozen=True, slots=True)
class CellCalibration:
    """A cell's straight line from counts to kilograms: (counts - tare_counts) / counts_per_kg."""

    tare_counts: float
    counts_per_kg: float


@dataclass(frozen=True, slots=True)
class Person:
    """Who lies on the mat, as far as they stated it; the mat weighs them itself."""

    sex: str | None = None  # "female", "male" or None: not stated
    height_m: float | None = None


@dataclass(frozen=True, slots=True)
class Tempo:
    """The tempo asked for, seconds, each standstill to standstill."""

    up_s: float = 2.0
    hold_s: float = 1.0
    down_s: float = 3.0


@dataclass(frozen=True, slots=True)
class Range:
    """What a limit may be, ends included, and what it means; its setting is made from this.

    not_above: another limit, that this one must not be above, or one of two faults is never seen.
    """

    minimum: float
    maximum: float
    words: str
    not_above: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond these a repetition has a fault. Durations are standstill to standstill.

    A new limit is one field here: its name ends in its unit, its default lies within its range.
    The two rushed limits and the hold's are for the tempo 2-1-3 and go with the tempo asked for.
    Source: JUDGING.md "Limits"; sizes of good and faulty reps in hardware-free simulation.
    """

    # 45 deg over the horizontal: a resting leg lies 7 below.
    too_high_deg: Annotated[float, Range(1, 120, "over its rest, a higher leg is too high")] = 52.0
    too_small_deg: Annotated[
        float, Range(1, 120, "over its rest, a lower top is too small", "too_high_deg")
    ] = 24.0
    kick_up_s: Annotated[float, Range(0, 10, "a faster ascent is a kick", "rushed_up_s")] = 1.0
    rushed_up_s: Annotated[float, Range(0, 10, "a faster ascent is rushed, at tempo 2-1-3")] = 1.5
    drop_down_s: Annotated[float, Range(0, 10, "a faster descent is a drop", "rushed_down_s")] = (
        1.15
    )
    rushed_down_s: Annotated[float, Range(0, 10, "a faster descent is rushed, at tempo 2-1-3")] = (
        2.1
    )
    short_hold_s: Annotated[float, Range(0, 10, "a shorter hold is short, at tempo 2-1-3")] = 0.5
    roll_back_mm: Annotated[float, Range(1, 200, "the weight moves back by more")] = 13.0
    # Of a hip sensor that repeats within 1.5 deg; judging/hip_rules.py.
    roll_back_deg: Annotated[
        float, Range(1, 120, "a hip sensor sees the hips roll back by more")
    ] = 5.8
    leg_forward_mm: Annotated[float, Range(1, 200, "the weight moves forward by more")] = 5.0
    curvature_mm: Annotated[
        float,
        Range(0, 20, "the shift's course is curved by more: unsure without a hip sensor; 0: never"),
    ] = 1.3
    # Estimated; its error has 2-3 deg sd, so that 10 deg are found.
    bent_body_deg: Annotated[float, Range(1, 120, "hips bent by more; not seen by core4")] = 7.5
    off_mat_n: Annotated[float, Range(3, 200, "more weight missing: a hand is off the mat")] = 14.0

    def at(self, tempo: Tempo) -> Limits:
        """Return the limits of times for the tempo asked for; a quick one is no kick and no drop.

        The others stay.
        """
        usual = Tempo()
        up, down = tempo.up_s / usual.up_s, tempo.down_s / usual.down_s
        return replace(
            self,
            kick_up_s=self.kick_up_s * min(1.0, up),
            rushed_up_s=self.rushed_up_s * up,
            drop_down_s=self.drop_down_s * min(1.0, down),
            rushed_down_s=self.rushed_down_s * down,
            short_hold_s=self.short_hold_s * tempo.hold_s / usual.hold_s,
        )


@dataclass(frozen=True, slots=True)
class HipRepeatability:
    """What a hip sensor repeats within on this body and these clothes, standard deviations.

    Not its noise: the same roll again, after a repetition. Source: hardware/hip_sensors.md.
    """

    imu_deg: float = 1.5
    rail_mm: float = 5.0


@dataclass(frozen=True, slots=True)
class Mat:
    """Everything about one mat and what is asked on it that the line needs to know.

    The cells' order is the order of every per-cell tuple in every message. side_limits: those of a
    side, where they are not `limits`.
    """

    layout: str
    cells: tuple[Cell, ...]
    calibration: tuple[CellCalibration, ...]
    rate_hz: float = 80.0
    channels: tuple[Channel, ...] = ()
    person: Person = Person()
    side: Side = Side.UNKNOWN
    tempo: Tempo = Tempo()
    limits: Limits = Limits()
    side_limits: tuple[tuple[Side, Limits], ...] = ()
    hip_repeatability: HipRepeatability = HipRepeatability()

    def on(self, side: Side) -> Mat:
        """Return it with somebody lying on this side, and the limits of it."""
        limits = dict(self.side_limits).get(side, self.limits)
        return replace(self, side=side, limits=limits)


@dataclass(frozen=True, slots=True)
class RawFrame:
    """One reading of all cells.

    t_s: monotonic seconds at the source. counts: signed 24-bit, one per cell, None where a cell
    gave no valid sample. channels: one value per hip-sensor column, None where it gave none.
    computer_mask: bit i is set where cell i's None is the computer's doing: it read too late, could
    not rule a reset out, or the cell settles after a reset that the computer caused. Where it is
    not set the cell gave nothing although it was asked in time. A recording does not keep it: in
    a replay it is 0, and every None the cell's own.
    """

    t_s: float
    counts: tuple[int | None, ...]
    channels: tuple[float | None, ...] = ()
    computer_mask: int = 0


@dataclass(frozen=True, slots=True)
class Loads:
    """Kilograms per cell, straight from counts. None where the cell gave no usable sample.

    excused_mask: bit i is set where a None is no silence of cell i: the computer read too late
    (`RawFrame.computer_mask`), or an impulse was left out. unreliable_mask: of the cells that read
    too many of those, or have lost their zero.
    """

    t_s: float
    loads_kg: tuple[float | None, ...]
    counts: tuple[int | None, ...]
    excused_mask: int = 0
    unreliable_mask: int = 0


class Guidance(StrEnum):
    """How much of the tempo is given: all of it, where its parts begin, nothing."""

    FULL = "full"
    MARKS = "marks"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The tempo that a repetition is to be done at, from the moment at which its lift began."""

    start_s: float
    tempo: Tempo
    guidance: Guidance = Guidance.FULL


class WorkoutState(StrEnum):
    """What became of the workout; `done` also where it was ended early."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    DONE = "done"


class SetState(StrEnum):
    """Where a set is: `ready` says which side and how many, `started` that it counts from now."""

    READY = "ready"
    STARTED = "started"
    DONE = "done"


class RestState(StrEnum):
    """Where a rest between two sets is."""

    STARTED = "started"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class CellEvent:
    """The state of a cell, of `all` cells, or of a hip sensor's column, has changed.

    count: of an `unreliable` cell, and of the `ok` that ends it, how often it was gone; else 0.
    """

    t_s: float
    cell: str
    problem: CellProblem
    count: int = 0


@dataclass(frozen=True, slots=True)
class ReaderEvent:
    """The computer costs samples, or has stopped to. torn_share: of all samples, lately."""

    t_s: float
    problem: ReaderProblem
    torn_share: float


@dataclass(frozen=True, slots=True)
class CleanLoads:
    """Kilograms per cell, spikes removed and low-passed.

    t_s: the time the values belong to, already set back by the filters' delay. loads_kg: None for
    a cell that gave nothing in this frame or cannot be trusted now. events: cells whose state
    changed in this frame.
    """

    t_s: float
    loads_kg: tuple[float | None, ...]
    events: tuple[CellEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class PlateBalance:
    """Load and centre of pressure of the cells under one panel."""

    plate: str
    load_kg: float
    x_mm: float | None
    y_mm: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Load, moments about the deck's centre and centre of pressure of the whole mat.

    load_kg is None while a cell is missing: a sum without it would be a made-up number.
    x_kgmm, y_kgmm: sum of load times position. x_mm, y_mm: None below MIN_LOAD_KG. loads_kg: the
    cells', as in CleanLoads.
    """

    t_s: float
    load_kg: float | None
    x_kgmm: float
    y_kgmm: float
    x_mm: float | None
    y_mm: float | None
    plates: tuple[PlateBalance, ...] = ()
    loads_kg: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Hips:
    """What the hip sensors say together.

    roll_deg: of the pelvis, > 0 rolled back, from a zero of its own that only `sources` (the
    columns it is made of) can compare; None while no column has a value. sd_deg: what it repeats
    within. side: lain on, as a belt's gravity tells it; UNKNOWN: nothing does.
    """

    t_s: float
    roll_deg: float | None
    sources: tuple[str, ...]
    events: tuple[CellEvent, ...] = ()
    sd_deg: float = 0.0
    side: Side = Side.UNKNOWN


class Presence(StrEnum):
    """Who is on the mat: nobody, somebody who moves about, somebody lying still enough to judge."""

    EMPTY = "empty"
    UNSETTLED = "unsettled"
    LYING = "lying"


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """What the body does, every 50 ms.

    t_s: the time it belongs to. weight_kg: None until weighed lying still. The rest is 0 unless
    somebody lies. angle_deg: the top leg's angle over its rest. front_shift_mm: centre of
    pressure toward the body's front (+) or back (-) against this rep's own rest; with the side
    unknown, toward the deck's +y. lifting_s: since the leg left rest. load_n: load over the
    person's weight; force_n: the same without what a hand on the floor steadily takes away.
    bend_deg: of the resting body at the hips, > 0 bent forward; None on a mat that cannot see it.
    hip_roll_deg: of the pelvis against this rep's own rest, > 0 rolled back; None without a hip
    sensor that answers. hip_sd_deg: what that repeats within. is_leg_off, lift_off_s, touch_down_s:
    whether the plates see the leg off the other one, when it last left and came back; None before,
    and on a mat that cannot see it.
    moment_nm: about the hip
    line, toward the feet, over that at lying down. evidence: by how much
    "the leg moves" explains the forces better than "the leg rests", natural log. descent: the
    same of "it comes down" over "it still stands at the top", 0 unless it has stood there;
    descended_deg, held_deg: how far below the height held it then soon is, and that height.
    angle_sd_deg: how sure the angle is. over_n: load over the weight in the last moments; rise_n,
    rise_nm, evidence_rise: by how much load, moment and evidence have just increased; before_n: the
    load over the weight that it rose from.
    is_restless: the body moves about, and of the leg nothing is known. is_away: the body has
    left its place, and it is not known yet whether for good. seen_share: of the
    samples that a step should have, that the cell with the fewest gave; 0: nothing was measured,
    what is of the leg is predicted and the rest repeated.
    """

    t_s: float
    presence: Presence
    weight_kg: float | None = None
    angle_deg: float = 0.0
    rate_dps: float = 0.0
    accel_dps2: float = 0.0
    lifting_s: float = 0.0
    front_shift_mm: float = 0.0
    load_n: float = 0.0
    force_n: float = 0.0
    moment_nm: float = 0.0
    push_n: float = 0.0
    evidence: float = 0.0
    is_moving: bool = False
    bend_deg: float | None = None
    hip_roll_deg: float | None = None
    descent: float = 0.0
    descended_deg: float = 0.0
    held_deg: float = 0.0
    angle_sd_deg: float = 0.0
    over_n: float = 0.0
    before_n: float = 0.0
    rise_n: float = 0.0
    rise_nm: float = 0.0
    evidence_rise: float = 0.0
    hip_sd_deg: float = 0.0
    is_leg_off: bool | None = None
    lift_off_s: float | None = None
    touch_down_s: float | None = None
    is_restless: bool = False
    seen_share: float = 1.0
    is_away: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStep:
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


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """A fault and how large it was, in that unit."""

    fault: Fault
    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rep:
    """One finished repetition, times refined with what came after them.

    start, top, lower, end: the 5 % and 95 % crossings of the leg's travel. up_s, hold_s, down_s:
    standstill to standstill. angle_deg: highest angle over rest. front_shift_mm: hips toward the
    body's front (+) or back (-) at the top. reason: why it is `unsure`, or empty.
    cancellation_score_mm: what `Limits.curvature_mm` is compared with; 0 where a hip sensor settles
    it.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RefinedRep:
    """One up and down of the leg, as refined after it. Times in s, angles in deg over rest.

    start, top, lower, end: the 5 % and 95 % crossings of its travel; up_s, hold_s, down_s: the
    movement's own lengths, standstill to standstill. curvature_mm: how far the shift's course is
    curved on the way (`shift_course`). How far to trust it: fit_error_deg, by how much the fitted
    shape's top misses the curve's; noise_scale, variance of the body's noise against the usual;
    plausibility, the log-odds that this was a leg raise at all; hole_s, the longest time in it
    without a measurement.
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
    fit_error_deg: float = 0.0
    noise_scale: float = 1.0
    plausibility: float = math.inf
    hole_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PersonWeighed:
    """Somebody lies still and has been weighed."""

    t_s: float
    weight_kg: float


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """A phase began, as decided live."""

    t_s: float
    phase: Phase


@dataclass(frozen=True, slots=True)
class CueGiven:
    """The buzzer and the lights began to say this."""

    t_s: float
    cue: Cue


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkoutChanged:
    """The workout began, stands, goes on or is over."""

    t_s: float
    state: WorkoutState


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChanged:
    """A set of the workout is ready, counts, or is over.

    set: from 1 to `of`, both sides together. side: to be lain on. reps: asked for, and when done
    how many there were. clean: of those; 0 before.
    """

    t_s: float
    state: SetState
    set: int
    of: int
    side: Side
    reps: int
    clean: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RestChanged:
    """A rest between two sets began or is over. rest_s: how long it is to be, or has been."""

    t_s: float
    state: RestState
    rest_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped:
    """Somebody tapped the mat on purpose, or pressed the button as often. taps: 2 or 3."""

    t_s: float
    taps: int


Event: TypeAlias = (
    PersonWeighed
    | PhaseChanged
    | CueGiven
    | Rep
    | CellEvent
    | ReaderEvent
    | WorkoutChanged
    | SetChanged
    | RestChanged
    | Tapped
)
