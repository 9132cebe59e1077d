"""What a row of the table of faults holds, and what its detector and its rule are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import NamedTuple

from msgspec import Struct

from matfw.judging.rep_memory import RepMemory
from matfw.messages import Fault, Limits, Motion, PhaseStep, RefinedRep, Side, Tempo


class About(Enum):
    """What a fault is about: decides what can hide it, and what it can hide."""

    HIPS = "hips"  # back and front: needs the side lain on, and no hand beside the mat
    TIME = "time"  # how long a movement lasted: needs a lift that shows when it begins and ends
    HEIGHT = "height"
    POSTURE = "posture"  # how somebody lies: known live, not from the repetition
    SET = "set"  # of many repetitions: `workout.fatigue`

    @property
    def is_of_a_lift(self) -> bool:
        """Return whether it is about how a leg is lifted, and so about nobody who lifts none."""
        return self in (About.HIPS, About.TIME, About.HEIGHT)


class Rank(Enum):
    """What a cue is about; decides only what may be cut short for it."""

    SENSOR = "sensor"  # the mat cannot judge: nothing else it says can be trusted
    LIVE = "live"  # the leg or the hips are doing it now: it can be corrected for a moment only
    POSTURE = "posture"  # how the person lies: stays true for seconds
    TEMPO = "tempo"  # about the phase or the rep that is over
    PLAIN = "plain"  # no fault


@dataclass(frozen=True, slots=True)
class CueRule:
    """When a cue may be given.

    priority: unique; the highest fresh request wins. min_on_s: how long it has the buzzer and the
    lights, its pattern's length and a pause, so that two cues never melt into one. max_age_s: how
    long after its last request it may still begin. lockout_s: from one start to the next.
    """

    priority: int
    rank: Rank
    min_on_s: float
    max_age_s: float
    lockout_s: float


@dataclass(frozen=True, slots=True)
class Words:
    """A short title, what happened, and what to do about it (empty where nothing is to be done).

    limit: added to that where the limits in force are known, with fields of Limits in it.
    """

    title: str
    happened: str
    remedy: str = ""
    limit: str = ""

    def with_limits(self, limits: Limits) -> Words:
        """Return the same with the limit's own number in what to do."""
        if not self.limit:
            return self
        numbers = {name: f"{value:g}" for name, value in asdict(limits).items()}
        return replace(self, remedy=f"{self.remedy}, {self.limit.format(**numbers)}", limit="")

    @property
    def sentence(self) -> str:
        """Return one sentence: what happened, and what to do about it."""
        return f"{self.happened}: {self.remedy}." if self.remedy else f"{self.happened}."


class Reading(NamedTuple):
    """How large a fault is, in its unit."""

    value: float
    unit: str


class Moment(Struct, frozen=True, gc=False):
    """What a live detector is given, every 50 ms.

    limits: for the tempo 2-1-3. at_tempo: the same for the tempo asked for.
    """

    motion: Motion
    phase: PhaseStep
    memory: RepMemory
    limits: Limits
    at_tempo: Limits
    side: Side


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule is given of a finished repetition. limits: for the tempo asked for."""

    rep: RefinedRep
    limits: Limits
    tempo: Tempo


Detector = Callable[[Moment], Reading | None]
Rule = Callable[[Case], Reading | None]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What makes a refined fault, not seen live, too uncertain to be named; and why, in words."""

    applies: Callable[[Case], bool]
    reason: str


Rebuttal = Callable[[Case], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRow:
    """A fault: all that is known of it, but its sound and its lights (`sounds.earcons`).

    limits: its fields of `Limits`; if none, no_limit says why. live: its detector while it happens,
    None for what shows only afterwards. lasts_s: None, and it is reported once a repetition; or how
    long it must last, and it is reported once a spell. rule: what the refined repetition shows.
    rebuttal: whether the repetition speaks so clearly against it that neither a doubtful reading
    nor what was seen live leaves a doubt.
    sharper: a fault that takes this one's place. is_sure_live: seen live, it is named whatever the
    refined times read, unless they refute it. hides_times: a repetition with it cannot be timed.
    """

    fault: Fault
    about: About
    cue: CueRule
    words: Words
    limits: tuple[str, ...] = ()
    no_limit: str = ""
    live: Detector | None = None
    lasts_s: float | None = None
    rule: Rule | None = None
    doubts: tuple[Doubt, ...] = ()
    rebuttal: Rebuttal | None = None
    sharper: Fault | None = None
    is_sure_live: bool = False
    hides_times: bool = False

    def is_refuted(self, case: Case) -> bool:
        """Return whether the repetition speaks clearly against it."""
        return self.rebuttal is not None and self.rebuttal(case)
