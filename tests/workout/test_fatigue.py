"""A set that tires by several signs is reported; one that wanders, or is short, is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from matfw.judging.reasons import HARDLY_ONE, UNWEIGHED
from matfw.messages import Fault, FaultSeen, Rep, Verdict
from matfw.virtual.motion_script import SessionPlan
from matfw.virtual.rep_kinds import Draw
from matfw.virtual.sessions import random_session
from matfw.workout import fatigue as module
from matfw.workout.fatigue import (
    CHANCE,
    MIN_REPS,
    SIGNS,
    early,
    evenly,
    fatigue,
    tiredness,
)
from tests.accuracy.others.plans import Plan
from tests.accuracy.others.tiring import tiring_plan
from tests.people.tiring import tiring_session
from tests.workout.test_sets import REP

Course = Callable[[float], float]

TREMBLING = replace(REP, tremor_n=1.0)
HELD_S = TREMBLING.lower_s - TREMBLING.top_s
USUAL_REPS = 14
ANY_TEMPO = ("up_s", "down_s", "held_s")

# Of refined times, angles and tremor, as shares, one sd, and how often they are FAR times as far
# off (541 repetitions of 38 tuning people of three simulators).
ERRORS = {"up_s": 0.12, "down_s": 0.13, "angle_deg": 0.055, "held_s": 0.11, "tremor_n": 0.15}
FAR_SHARE, FAR = 0.05, 4.0
SETS = 100  # of each kind, drawn
SHAKES_N = 100.0  # of load, a degree of tremor: 0.02 degrees at 6 Hz are 2 N
HEART_N = 0.5  # that is there besides


def changing(count: int, course: Course = evenly, /, **last: float) -> list[Rep]:
    """Return repetitions whose fields change by a course (in logarithm) to a factor of the first.

    `held_s` is the time between the crossings.
    """
    reps = []
    for k in range(count):
        now = {name: factor ** course(k / (count - 1)) for name, factor in last.items()}
        lower_s = TREMBLING.top_s + HELD_S * now.pop("held_s", 1.0)
        fields: dict[str, Any] = {
            name: getattr(TREMBLING, name) * factor for name, factor in now.items()
        }
        fields |= {"start_s": 10.0 + 8.0 * k, "end_s": 15.0 + 8.0 * k, "lower_s": lower_s}
        reps.append(replace(TREMBLING, **fields))
    return reps


@pytest.mark.parametrize(
    ("name", "course", "fresh", "tired"),
    [
        ("up_s", evenly, 1.42, 1.44),
        ("up_s", early, 1.425, 1.45),
        ("down_s", evenly, 0.57, 0.555),
        ("angle_deg", evenly, 0.70, 0.685),
        ("angle_deg", early, 0.70, 0.685),
        ("held_s", evenly, 0.57, 0.555),
        ("tremor_n", evenly, 2.35, 2.42),
    ],
)
def test_a_change_is_reported_from_its_size_on(
    name: str, course: Course, fresh: float, tired: float
) -> None:
    assert fatigue(changing(USUAL_REPS, course, **{name: fresh})) is None
    found = fatigue(changing(USUAL_REPS, course, **{name: tired}))
    assert found is not None
    assert (found.fault, found.unit) == (Fault.FATIGUE, "%")
    assert found.value == pytest.approx(100.0 * abs(tired - 1.0), abs=4.0)


def test_small_signs_add_up() -> None:
    assert fatigue(changing(15, up_s=1.25)) is None
    assert fatigue(changing(15, down_s=0.75)) is None
    assert fatigue(changing(15, angle_deg=0.87)) is None
    assert fatigue(changing(15, up_s=1.25, down_s=0.75, angle_deg=0.87)) is not None


def test_what_chance_makes_of_each_sign_adds_nothing() -> None:
    _, changes = tiredness(changing(USUAL_REPS))
    names = ("up_s", "down_s", "angle_deg", "held_s", "tremor_n")
    for share, adds in ((0.9, False), (1.2, True)):
        for name, sign, change in zip(names, SIGNS, changes, strict=True):
            size = sign.grows * (sign.fresh + share * CHANCE * change.sd)
            score, _ = tiredness(changing(USUAL_REPS, **{name: float(np.exp(size))}))
            assert (score > 0.0) is adds, name


def test_what_is_lost_early_counts_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against an even slope alone, by which it would be small, and the rest be scatter."""
    reps = changing(15, early, up_s=1.4, angle_deg=0.85)
    score, even = tiredness(reps)[0], tiredness(changing(15, up_s=1.4, angle_deg=0.85))[0]
    assert score == pytest.approx(even, rel=0.05)
    monkeypatch.setattr(module, "COURSES", (evenly,))
    assert tiredness(reps)[0] < 0.9 * score


def _in_the_second_half(share: float) -> float:
    return min(max((share - 0.55) / 0.35, 0.0), 1.0)


def test_what_breaks_down_late_counts_as_much() -> None:
    late, even = (
        tiredness(changing(15, course, up_s=1.4, angle_deg=0.85))[0]
        for course in (_in_the_second_half, evenly)
    )
    assert late >= even


@pytest.mark.parametrize("factor", [0.5, 0.7, 1.4, 2.0])
@pytest.mark.parametrize("course", [evenly, early, _in_the_second_half])
def test_a_change_of_tempo_is_no_fatigue(course: Course, factor: float) -> None:
    """On purpose, or in haste: all ways become quicker, or slower."""
    assert fatigue(changing(15, course, **dict.fromkeys(ANY_TEMPO, factor))) is None
    assert fatigue(changing(15, course, up_s=factor, down_s=factor)) is None


def test_who_hurries_and_loses_range_is_reported_by_the_range() -> None:
    hurried = fatigue(changing(15, up_s=0.5, down_s=0.5, held_s=0.5, angle_deg=0.66))
    assert hurried is not None
    assert hurried.value == pytest.approx(34.0, abs=0.1)


def test_what_gets_better_is_no_fatigue() -> None:
    assert fatigue(changing(15, up_s=0.4, angle_deg=1.5)) is None


def test_longer_rests_are_no_fatigue() -> None:
    reps = changing(15)
    for k in range(1, 15):
        start_s = reps[k - 1].end_s + 1.0 + 0.5 * k
        reps[k] = replace(reps[k], start_s=start_s, end_s=start_s + 5.0)
    assert tiredness(reps)[0] == 0.0


def test_one_bad_repetition_is_no_fatigue() -> None:
    reps = changing(12)
    reps[-1] = replace(reps[-1], up_s=9.0, down_s=0.4, angle_deg=5.0)
    assert fatigue(reps) is None


def test_one_bad_repetition_hides_no_fatigue() -> None:
    reps = changing(12, up_s=1.9, angle_deg=0.6)
    reps[9] = replace(reps[9], up_s=0.8, angle_deg=60.0)
    assert fatigue(reps) is not None


def test_whoever_scatters_changes_more_by_chance() -> None:
    rng = np.random.default_rng(2)
    noise = rng.normal(0.0, 1.0, (60, 14))

    def told(sd: float) -> float:
        return float(
            np.mean(
                [
                    fatigue(
                        [
                            replace(rep, up_s=rep.up_s * float(np.exp(sd * x)))
                            for rep, x in zip(changing(14, up_s=1.7), row, strict=True)
                        ]
                    )
                    is not None
                    for row in noise
                ]
            )
        )

    assert told(0.05) > 0.95
    assert told(0.5) < 0.35


def test_without_a_known_tremor_the_other_signs_count() -> None:
    reps = [replace(rep, tremor_n=0.0) for rep in changing(15, up_s=1.6, down_s=0.6)]
    assert fatigue(reps) is not None
    assert fatigue([replace(rep, tremor_n=0.0) for rep in changing(15)]) is None


def test_faults_that_prevail_from_the_start_are_no_fatigue() -> None:
    rng = np.random.default_rng(5)
    fast = FaultSeen(Fault.DROP, 0.6, "s")
    told = 0
    for _ in range(200):
        mixed = [
            replace(rep, down_s=0.7, verdict=Verdict.FAULT, faults=(fast,))
            if rng.random() < 0.5
            else rep
            for rep in changing(15)
        ]
        told += fatigue(mixed) is not None
    assert told <= 2, "by chance all of the fast ones come last"
    assert fatigue([replace(rep, down_s=0.7, faults=(fast,)) for rep in changing(15)]) is None


@pytest.mark.parametrize("reason", [HARDLY_ONE, UNWEIGHED])
def test_a_rep_whose_height_is_hardly_known_is_left_out(reason: str) -> None:
    tired = changing(15, up_s=1.8, down_s=0.5, angle_deg=0.7)
    doubtful = replace(REP, verdict=Verdict.UNSURE, reason=reason)

    def with_doubts(count: int) -> list[Rep]:
        return [
            replace(rep, verdict=doubtful.verdict, reason=doubtful.reason) if k < count else rep
            for k, rep in enumerate(tired)
        ]

    assert fatigue(tired) is not None
    assert fatigue(with_doubts(8)) is None, "seven are left"
    unsure = [replace(rep, verdict=Verdict.UNSURE, reason="another") for rep in tired]
    assert fatigue(unsure) is not None, "the tired ones are the doubtful ones"


def test_too_few_reps_are_never_called_fatigue() -> None:
    tired = {"up_s": 2.5, "down_s": 0.3, "angle_deg": 0.4}
    assert fatigue(changing(MIN_REPS, **tired)) is not None
    assert fatigue(changing(MIN_REPS - 1, **tired)) is None


# What a repetition truly is, `held_s` between the crossings, and the rest before it.
True_ = dict[str, float]


def _own(plan: SessionPlan) -> list[True_]:
    tremor_deg = np.linspace(*plan.tremor_deg, len(plan.reps)).tolist()
    return [
        {
            "up_s": rep.up_s,
            "down_s": rep.down_s,
            "angle_deg": rep.excursion_deg,
            "held_s": rep.hold_s + 0.19 * (rep.up_s + rep.down_s),
            "tremor_n": float(np.hypot(SHAKES_N * shakes_deg, HEART_N)),
            "rest_s": rest_s,
        }
        for rep, shakes_deg, rest_s in zip(plan.reps, tremor_deg, plan.rests_s, strict=False)
    ]


def _others(plan: Plan, shakes_deg: float) -> list[True_]:
    rests_s = [3.0, *(lift.at_s - last.end_s for last, lift in pairwise(plan.lifts))]
    return [
        {
            "up_s": lift.up_s,
            "down_s": lift.down_s,
            "angle_deg": lift.height_deg,
            "held_s": lift.hold_s + 0.19 * (lift.up_s + lift.down_s),
            "tremor_n": float(np.hypot(SHAKES_N * shakes_deg * lift.shakes, HEART_N)),
            "rest_s": rest_s,
        }
        for lift, rest_s in zip(plan.lifts, rests_s, strict=True)
    ]


def _hastened(true: Sequence[True_], last: float) -> list[True_]:
    """Return a set whose tempo is changed on purpose, to a factor of it at the end."""
    factors = last ** np.linspace(0.0, 1.0, len(true))
    return [
        rep | {name: rep[name] * float(factor) for name in ANY_TEMPO}
        for rep, factor in zip(true, factors, strict=True)
    ]


def _measured(true: Sequence[True_], rng: Draw) -> list[Rep]:
    reps, now_s = [], 0.0
    for rep in true:
        far = FAR if rng.random() < FAR_SHARE else 1.0
        read = {
            name: rep[name] * float(np.exp(rng.normal(0.0, far * sd)))
            for name, sd in ERRORS.items()
        }
        start_s = now_s + rep["rest_s"]
        now_s = start_s + 0.81 * (rep["up_s"] + rep["down_s"]) + rep["held_s"]
        fields: dict[str, Any] = {
            "start_s": start_s,
            "top_s": start_s + 1.0,
            "lower_s": start_s + 1.0 + read.pop("held_s"),
            "end_s": now_s,
        }
        reps.append(replace(REP, **fields | read))
    return reps


@cache
def _share_reported(kind: str) -> float:
    """Return how often sets of a kind are reported."""
    rng = np.random.default_rng(77)

    def own(is_tired: bool) -> list[True_]:
        while (plan := tiring_session(rng)).fatigued is not is_tired:
            pass
        return _own(plan)

    def others(is_tired: bool) -> list[True_]:
        return _others(tiring_plan(rng, is_tired), float(rng.uniform(0.004, 0.02)))

    def clean(kind: str) -> list[True_]:
        while (plan := random_session(rng, kind)).fatigued:
            pass
        return _own(plan)

    make: dict[str, Callable[[], list[True_]]] = {
        "own, tired": lambda: own(True),
        "own, fresh": lambda: own(False),
        "others, tired": lambda: others(True),
        "others, fresh": lambda: others(False),
        "clean": lambda: clean("clean"),
        "faults": lambda: clean("faults"),
        "others, quicker": lambda: _hastened(others(False), 0.65),
        "others, slower": lambda: _hastened(others(False), 1.5),
    }
    return float(np.mean([fatigue(_measured(make[kind](), rng)) is not None for _ in range(SETS)]))


@pytest.mark.parametrize(("kind", "least"), [("own, tired", 0.90), ("others, tired", 0.70)])
def test_most_tiring_sets_are_reported(kind: str, least: float) -> None:
    assert _share_reported(kind) >= least


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        ("own, fresh", 0.03),
        ("others, fresh", 0.03),
        ("clean", 0.03),
        ("faults", 0.06),
        ("others, quicker", 0.06),
        ("others, slower", 0.06),
    ],
)
def test_hardly_a_fresh_set_is_reported(kind: str, most: float) -> None:
    assert _share_reported(kind) <= most
