"""What somebody means to do: lifts, what they do besides, and when they get on and off.

Taught people lift as they were told, restless ones also small, flung, dropped, overshot and broken
lifts, and fidget; untaught ones snap the leg up, hold it as they like and let it down fast, as real
untaught people do; those who move lift nothing. Hurried ones begin as soon as they lie and hardly
rest, half of them until they have read how it is done; children lift as they were told. Ranges were
set by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType

import numpy as np

from matfw.messages import Fault
from tests.accuracy.others.plans import Draw


class Company(Enum):
    """What kind of people somebody is one of."""

    CLEAN = "clean"
    RESTLESS = "restless"
    UNTAUGHT = "untaught"
    MOVING = "moving"
    HURRIED = "hurried"
    CHILD = "child"


class Manner(Enum):
    """How a lift goes."""

    GOOD = "good"
    SMALL = "small"
    KICK = "kick"
    DROP = "drop"
    OVERSHOT = "overshot"
    TWO_STEPS = "in two steps"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One lift as it is wanted, standstill to standstill.

    rises, falls: exponents of the ways' speeds, for `courses.way`. steps: share of the height and
    pause in s, of one in two. held_back: of a drop, what the muscle still holds. Per rad of lift
    besides one's habit, the leg goes forward, and the trunk tilts and twists.
    """

    at_s: float
    up_s: float
    hold_s: float
    down_s: float
    height_deg: float
    rises: tuple[float, float]
    falls: tuple[float, float]
    manner: Manner = Manner.GOOD
    faults: tuple[Fault, ...] = ()
    overshoots_deg: float = 0.0
    steps: tuple[float, float] | None = None
    sags_deg: float = 0.0
    held_back: float = 0.0
    forward: float = 0.0
    tilts: float = 0.0
    twists: float = 0.0

    @property
    def lowers_s(self) -> float:
        """Return when the way down is to begin."""
        return self.at_s + self.up_s + self.hold_s

    @property
    def end_s(self) -> float:
        """Return when the leg is to be down."""
        return self.at_s + self.up_s + self.hold_s + self.down_s


@dataclass(frozen=True, slots=True)
class Doings:
    """A session as it is meant. restless: times a usual body's noise. fidgets: when, which."""

    on_s: tuple[float, float]
    off_s: tuple[float, float]
    lifts: tuple[Wanted, ...]
    restless: float
    fidgets: tuple[tuple[float, str], ...]


DrawDoings = Callable[[Company, Draw], Doings]
Habit = Mapping[str, float]

RESTLESS: Mapping[Company, tuple[float, float]] = MappingProxyType(
    {
        Company.CLEAN: (0.4, 0.9),
        Company.RESTLESS: (1.4, 2.6),
        Company.UNTAUGHT: (0.7, 1.8),
        Company.MOVING: (0.7, 2.0),
    }
)  # drawn in this order
MIDDLING = (0.6, 1.4)  # neither calm nor restless: hurried ones, children
# What one of each kind is used to. Taught: the whole is 45 degrees at most, and no way too fast.
TAUGHT: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "height_deg": (33, 43),
        "up_s": (1.95, 2.4),
        "hold_s": (1.15, 1.5),
        "down_s": (2.8, 3.35),
        "forward": (-0.02, 0.06),
    }
)
UNTAUGHT: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "height_deg": (10, 62),
        "up_s": (0.45, 1.3),
        "hold_s": (0.5, 3.6),
        "down_s": (0.35, 0.8),
        "tilts": (0.0, 0.28),
        "twists": (-0.02, 0.14),
        "rest_s": (0.6, 2.4),
        "forward": (-0.06, 0.12),
    }
)
STYLE, STYLE_SD, STYLES = (1.3, 2.4), 0.15, (1.1, 2.8)  # exponents of somebody's ways
LIFTS = (9, 15)
MOVES_S, MOVE_GAP_S, STILL_AT_END_S = (82, 98), (5, 16), 8
HURRIED: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"up_s": (0.8, 1.2), "hold_s": (0.2, 0.5), "down_s": (0.9, 1.3)}
)
BEGINS_S, BRIEF_S = (0.3, 1.5), (0.2, 0.6)  # after lying down; between two of their lifts
READS, READS_AFTER, READS_S = 0.5, 5, (3, 6)  # share of them who read then, for so long
UNTAUGHT_DROPS, UNTAUGHT_OVERSHOOTS = 0.25, 0.5
# Of a restless one's lifts, one after the other; the rest are good.
MANNERS = (
    (Manner.SMALL, 0.14),
    (Manner.KICK, 0.23),
    (Manner.DROP, 0.32),
    (Manner.OVERSHOT, 0.44),
    (Manner.TWO_STEPS, 0.54),
)
PRESSES, PUSHES = 0.15, 0.12  # share of a restless one's lifts in which a hand does
FIDGETS_BETWEEN, UNTAUGHT_FIDGETS = 0.28, 0.08
BETWEEN = ("scratch", "shift", "headturn", "arm", "headturn", "smallpush")
UNTAUGHT_BETWEEN = ("scratch", "headturn", "arm")
SETTLING = ("smallshift", "headturn", "arm")
MOVES = (
    *("rollback", "knees", "reach", "scratch", "headlift", "press", "lowerleg", "pelvis"),
    *("cough", "clothes", "headturn", "upperknee", "shift"),
)
LEAVES_SOON, SOON_S, LATER_S = 0.4, (0.3, 1.2), (2, 7)


def draw_doings(company: Company, rng: Draw) -> Doings:
    """Return a session of 9 to 14 lifts, or of movements alone."""
    on_s = (1.5, 1.5 + rng.uniform(4, 10))
    drawn = {each: rng.uniform(*ends) for each, ends in RESTLESS.items()}
    restless = drawn[company] if company in drawn else rng.uniform(*MIDDLING)
    at_s = on_s[1] + rng.uniform(6, 12)
    style = [rng.uniform(*STYLE) for _ in range(4)]
    if company is Company.HURRIED:
        lifts = _hurried(rng, on_s[1] + rng.uniform(*BEGINS_S), style)
        leaves_s = lifts[-1].end_s + rng.uniform(*LATER_S)
        return Doings(on_s, (leaves_s, leaves_s + rng.uniform(2.5, 6)), tuple(lifts), restless, ())
    lifts = []
    if company is Company.MOVING:
        leaves_s = on_s[1] + rng.uniform(*MOVES_S)
        fidgets = _moves(rng, on_s[1], leaves_s)
    else:
        lifts, fidgets = _lifts(company, rng, at_s, style)
        soon = rng.random() < LEAVES_SOON
        leaves_s = lifts[-1].end_s + rng.uniform(*(SOON_S if soon else LATER_S))
    for _ in range(int(rng.integers(0, 2 if company is Company.CLEAN else 4))):
        fidgets.append((on_s[1] + rng.uniform(-0.5, 1.8), _one_of(SETTLING, rng)))
    off_s = (leaves_s, leaves_s + rng.uniform(2.5, 6))
    return Doings(on_s, off_s, tuple(lifts), restless, tuple(fidgets))


def _one_of(names: Sequence[str], rng: Draw) -> str:
    return names[int(rng.integers(len(names)))]


def _moves(rng: Draw, lies_s: float, leaves_s: float) -> list[tuple[float, str]]:
    found, at_s = [], lies_s + rng.uniform(5, 9)
    while at_s < leaves_s - STILL_AT_END_S:
        found.append((at_s, _one_of(MOVES, rng)))
        at_s += rng.uniform(*MOVE_GAP_S)
    return found


def _lifts(
    company: Company, rng: Draw, at_s: float, style: Sequence[float]
) -> tuple[list[Wanted], list[tuple[float, str]]]:
    count = int(rng.integers(*LIFTS))
    taught, untaught = (
        {name: rng.uniform(*ends) for name, ends in habit.items()} for habit in (TAUGHT, UNTAUGHT)
    )
    lifts: list[Wanted] = []
    fidgets: list[tuple[float, str]] = []
    for number in range(count):
        ways = [float(np.clip(each + rng.normal(0, STYLE_SD), *STYLES)) for each in style]
        if company is Company.UNTAUGHT:
            lift, rest_s = _untaught(rng, at_s, untaught)
        else:
            lift, rest_s = _taught(rng, at_s, taught, ways)
        if company is Company.RESTLESS:
            lift, rest_s = _restless(rng, lift)
            if rng.random() < PRESSES:
                fidgets.append((at_s + rng.uniform(0, lift.up_s + lift.hold_s), "press"))
            if rng.random() < PUSHES:
                long_s = lift.up_s + lift.hold_s + lift.down_s
                fidgets.append((at_s + rng.uniform(0, long_s), "smallpush"))
        lifts.append(lift)
        at_s = lift.end_s + rest_s
        if number == count - 1:
            break
        if company is Company.RESTLESS and rng.random() < FIDGETS_BETWEEN:
            fidgets.append((lift.end_s + 0.5, _one_of(BETWEEN, rng)))
            over_s = fidgets[-1][0] + rng.uniform(1.2, 2.5)
            at_s = max(at_s, over_s + rng.uniform(0.4, 1.2))
        elif company is Company.UNTAUGHT and rng.random() < UNTAUGHT_FIDGETS:
            fidgets.append((lift.end_s + 0.4, _one_of(UNTAUGHT_BETWEEN, rng)))
            at_s += rng.uniform(1.5, 3)
    return lifts, fidgets


def _hurried(rng: Draw, at_s: float, style: Sequence[float]) -> list[Wanted]:
    """Return the lifts of somebody who does not lie still before, nor between them."""
    taught, hurried = (
        {name: rng.uniform(*ends) for name, ends in habit.items()} for habit in (TAUGHT, HURRIED)
    )
    reads = rng.random() < READS
    lifts: list[Wanted] = []
    for number in range(int(rng.integers(*LIFTS))):
        ways = [float(np.clip(each + rng.normal(0, STYLE_SD), *STYLES)) for each in style]
        lift, rest_s = _taught(rng, at_s, taught, ways)
        if not (reads and number >= READS_AFTER):
            up_s, hold_s, down_s = (usual + rng.normal(0, 0.05) for usual in hurried.values())
            lift = replace(lift, up_s=up_s, hold_s=hold_s, down_s=down_s)
            rest_s = rng.uniform(*BRIEF_S)
        if reads and number == READS_AFTER - 1:
            rest_s = rng.uniform(*READS_S)
        lifts.append(lift)
        at_s = lift.end_s + rest_s
    return lifts


def _about(rng: Draw, usual: float, sd: float, low: float, high: float) -> float:
    return float(np.clip(usual + rng.normal(0, sd), low, high))


def _taught(rng: Draw, at_s: float, habit: Habit, ways: Sequence[float]) -> tuple[Wanted, float]:
    """Return a good lift, and how long one rests after it."""
    lift = Wanted(
        at_s=at_s,
        height_deg=_about(rng, habit["height_deg"], 2.2, 31, 44.5),
        up_s=_about(rng, habit["up_s"], 0.1, 1.92, 2.55),
        hold_s=_about(rng, habit["hold_s"], 0.1, 1.08, 1.62),
        down_s=_about(rng, habit["down_s"], 0.14, 2.75, 3.5),
        sags_deg=rng.uniform(0, 1.2),
        forward=habit["forward"],
        rises=(ways[0], ways[1]),
        falls=(ways[2], ways[3]),
    )
    return lift, 0.85 + min(rng.gamma(2.0, 0.45), 2.4)


def _restless(rng: Draw, lift: Wanted) -> tuple[Wanted, float]:
    """Return a lift as a restless one does it, in whatever manner, and their rest after it."""
    lift = replace(
        lift, sags_deg=rng.uniform(0, 2), forward=lift.forward + rng.uniform(-0.05, 0.07)
    )
    rest_s = 0.65 + min(rng.gamma(1.3, 0.9), 3.5)
    draw = rng.random()
    manner = next((each for each, up_to in MANNERS if draw < up_to), Manner.GOOD)
    lift = replace(lift, manner=manner)
    match manner:
        case Manner.SMALL:
            lift = replace(lift, height_deg=rng.uniform(12, 20.5), faults=(Fault.TOO_SMALL,))
            if rng.random() < 0.5:
                lift = replace(lift, up_s=rng.uniform(0.8, 1.3), down_s=rng.uniform(1.1, 1.9))
        case Manner.KICK:
            lift = replace(
                lift, up_s=rng.uniform(0.48, 0.9), height_deg=min(lift.height_deg, 42.0),
                overshoots_deg=rng.uniform(0, 2), faults=(Fault.KICK,),
            )  # fmt: skip
        case Manner.DROP:
            held_back = rng.uniform(0.15, 0.75)
            lift = replace(lift, down_s=0.6, held_back=held_back, faults=(Fault.DROP,))
        case Manner.OVERSHOT:
            over_deg = rng.uniform(2.5, 6)
            lift = replace(lift, overshoots_deg=over_deg, height_deg=min(lift.height_deg, 40.0))
        case Manner.TWO_STEPS:
            steps = (rng.uniform(0.45, 0.7), rng.uniform(0.1, 0.4))
            lift = replace(lift, steps=steps, up_s=rng.uniform(2.3, 2.75))
        case Manner.GOOD:
            pass
    return lift, rest_s


def _untaught(rng: Draw, at_s: float, habit: Habit) -> tuple[Wanted, float]:
    """Return a lift of somebody whom nobody told how, and how long they rest after it."""
    usual_deg = habit["height_deg"]
    height_deg = _about(rng, usual_deg, 0.14 * usual_deg, 8, 70)
    usual_s = habit["up_s"] * float(np.sqrt(0.5 + 0.5 * height_deg / usual_deg))
    lift = Wanted(
        at_s=at_s,
        height_deg=height_deg,
        up_s=_about(rng, usual_s, 0.1, 0.4, 1.5),
        hold_s=_about(rng, habit["hold_s"], 0.35, 0.4, 4.0),
        down_s=_about(rng, habit["down_s"], 0.08, 0.33, 0.88),
        rises=(rng.uniform(1.0, 1.8), rng.uniform(1.6, 2.8)),
        falls=(rng.uniform(1.1, 2.0), rng.uniform(1.1, 2.0)),
        overshoots_deg=(
            rng.uniform(0.02, 0.10) * height_deg if rng.random() < UNTAUGHT_OVERSHOOTS else 0.0
        ),
        sags_deg=rng.uniform(0, 0.06) * height_deg,
        tilts=habit["tilts"] * rng.uniform(0.7, 1.3),
        twists=habit["twists"] * rng.uniform(0.7, 1.3),
        forward=habit["forward"],
    )
    if rng.random() < UNTAUGHT_DROPS:
        held_back = rng.uniform(0.3, 0.8)
        lift = replace(lift, manner=Manner.DROP, held_back=held_back, down_s=0.5)
    return lift, _about(rng, habit["rest_s"], 0.4, 0.5, 3.0)
