"""People who do one set in a tempo that can be asked for, or are asked for another one.

They are the project's own people, calm and restless, and those of `others`, who are never tuned
by. What the settings refuse (ways over 6 s, slow ways with long holds) is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from matfw.messages import Tempo
from matfw.virtual.motion_script import RepPlan, SessionPlan
from matfw.virtual.sessions import disturbed, random_session
from tests.accuracy.others.plans import Draw, Plan, draw_plan

REPS = 6
SEED = 50_000  # added to a job's: people of their own
# Of the way asked for, and of the hold: how people who follow a tempo miss it.
WAY_SHARE, HOLD_SHARE = (0.85, 1.2), (0.8, 1.3)
OTHERS_DEG = (31.0, 45.0)  # of the others' lifts: small and flung ones are no matter of tempo
BASES = (
    "clean",
    "stress",
    "other_a_clean",
    "other_a_restless",
    "other_b_clean",
    "other_b_restless",
    "other_c_clean",
    "other_c_restless",
    "other_d_clean",
    "other_d_restless",
)
TEMPOS = ("0.5-0.3-0.5", "1-0-1", "2-1-3", "4-1-4", "5-1-5", "6-1-6", "2-10-3", "3-30-3")
OTHERWISE = (("5-1-5", "1-0-1"), ("3-30-3", "2-1-3"))  # asked for, done


@dataclass(frozen=True, slots=True)
class Paced:
    """base: the kind of person."""

    base: str
    asked: Tempo
    done: Tempo


def _paced(base: str, asked: str, done: str) -> Paced:
    return Paced(base, *(Tempo(*map(float, words.split("-"))) for words in (asked, done)))


KINDS: Mapping[str, Paced] = MappingProxyType(
    {f"{base} {words}": _paced(base, words, words) for base in BASES for words in TEMPOS}
    | {f"clean {asked} done {done}": _paced("clean", asked, done) for asked, done in OTHERWISE}
)


def session(seed: int, done: Tempo, base: str) -> SessionPlan:
    """Return the set of one of the project's own people."""
    rng = np.random.default_rng(seed)
    plan = random_session(rng, base)

    def at_tempo(rep: RepPlan) -> RepPlan:
        up_s, hold_s, down_s = _times_s(done, rng)
        return replace(rep, up_s=up_s, hold_s=hold_s, down_s=down_s)

    reps = tuple(at_tempo(rep) for rep in plan.reps[:REPS])
    plan = replace(plan, reps=reps, rests_s=plan.rests_s[:REPS], fatigued=False)
    return disturbed(plan, base, rng)


def others_plan(rng: Draw, done: Tempo) -> Plan:
    """Return what one of the others does, with the pauses and the leaving they have."""
    plan = draw_plan(rng)
    at_s, lifts = plan.lifts[0].at_s, []
    for lift, after in zip(plan.lifts[:REPS], plan.lifts[1 : REPS + 1], strict=True):
        up_s, hold_s, down_s = _times_s(done, rng)
        lifts.append(
            replace(
                lift, at_s=at_s, up_s=up_s, hold_s=hold_s, down_s=down_s,
                height_deg=float(rng.uniform(*OTHERS_DEG)), is_dropped=False, faults=(),
            )
        )  # fmt: skip
        at_s = lifts[-1].end_s + after.at_s - lift.end_s
    from_s, to_s = plan.off_s
    leaves_s = lifts[-1].end_s + from_s - plan.lifts[-1].end_s
    return replace(plan, lifts=tuple(lifts), off_s=(leaves_s, leaves_s + to_s - from_s))


def _times_s(done: Tempo, rng: Draw) -> tuple[float, float, float]:
    return (
        done.up_s * float(rng.uniform(*WAY_SHARE)),
        done.hold_s * float(rng.uniform(*HOLD_SHARE)),
        done.down_s * float(rng.uniform(*WAY_SHARE)),
    )
