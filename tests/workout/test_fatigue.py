"""A set that tires by several signs is reported; one that wanders, or is short, is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from matfw.judging.reasons import HARDLY_ONE
from matfw.messages import Fault, FaultSeen, Rep, Verdict
from matfw.virtual.rep_kinds import Draw
from matfw.virtual.sessions import random_session
from matfw.workout.fatigue import (
    ASCENT,
    CHANCE,
    DESCENT,
    MIN_REPS,
    RANGE,
    TIRED_SCORE,
    TREMOR,
    USUAL_REPS,
    Sign,
    fatigue,
)
from tests.people.tiring import tiring_session
from tests.workout.test_sets import REP

# Of refined times and angles, as shares, one sd (measured on clean and tiring tuning people).
ERRORS = {"up_s": 0.12, "down_s": 0.12, "angle_deg": 0.07, "held_s": 0.15, "tremor_n": 0.22}
TREMBLING = replace(REP, tremor_n=1.0)
SHAKES_N = 100.0  # of load, a degree of tremor: 0.02 degrees at 6 Hz are 2 N
HEART_N = 0.5  # that is there besides


def evenly(count: int, **last: float) -> list[Rep]:
    """Return repetitions whose fields change evenly (in logarithm) to a factor of the first."""
    return [
        replace(
            TREMBLING,
            start_s=8.0 * k,
            end_s=8.0 * k + 5.0,
            **{
                name: getattr(TREMBLING, name) * factor ** (k / (count - 1))
                for name, factor in last.items()
            },
        )
        for k in range(count)
    ]


@pytest.mark.parametrize(
    ("name", "sign"),
    [("up_s", ASCENT), ("down_s", DESCENT), ("angle_deg", RANGE), ("tremor_n", TREMOR)],
)
@pytest.mark.parametrize(("share", "is_tired"), [(0.99, False), (1.01, True)])
def test_a_change_is_reported_from_its_score_on(
    name: str, sign: Sign, share: float, is_tired: bool
) -> None:
    size = share * (TIRED_SCORE + CHANCE) * sign.fresh_sd + sign.fresh
    change = sign.grows * size if sign.is_loss else size
    found = fatigue(evenly(USUAL_REPS, **{name: float(np.exp(change))}))
    assert (found is not None) is is_tired
    if found is not None:
        assert (found.fault, found.unit) == (Fault.FATIGUE, "%")
        lost = abs(np.expm1(change)) if sign.is_loss else 0.0
        assert found.value == pytest.approx(100.0 * lost, abs=0.06)


def test_small_signs_add_up() -> None:
    assert fatigue(evenly(15, up_s=1.35)) is None
    assert fatigue(evenly(15, down_s=0.7)) is None
    assert fatigue(evenly(15, angle_deg=0.8)) is None
    assert fatigue(evenly(15, up_s=1.35, down_s=0.7, angle_deg=0.8)) is not None


def test_what_gets_better_is_no_fatigue() -> None:
    assert fatigue(evenly(15, up_s=0.4, angle_deg=1.5)) is None


def test_one_bad_repetition_is_no_fatigue() -> None:
    reps = evenly(12)
    reps[-1] = replace(reps[-1], up_s=9.0, down_s=0.4, angle_deg=5.0)
    assert fatigue(reps) is None


def test_people_who_only_hurry_lose_nothing_that_they_gain() -> None:
    hurried = fatigue(evenly(15, up_s=0.3, down_s=0.4, angle_deg=0.8))
    assert hurried is not None
    assert hurried.value == pytest.approx(60.0, abs=0.1), "the descent's, not the ascent's 70"


def test_a_hold_that_is_cut_short_is_a_sign() -> None:
    reps = evenly(15, down_s=0.62)
    cut = [replace(rep, lower_s=rep.top_s + 1.9 - 0.1 * k) for k, rep in enumerate(reps)]
    assert fatigue(reps) is None
    assert fatigue(cut) is not None


def test_without_a_known_tremor_the_other_signs_count() -> None:
    reps = [replace(rep, tremor_n=0.0) for rep in evenly(15, up_s=1.6, down_s=0.6)]
    assert fatigue(reps) is not None
    assert fatigue([replace(rep, tremor_n=0.0) for rep in evenly(15)]) is None


def test_faults_that_prevail_from_the_start_are_no_fatigue() -> None:
    rng = np.random.default_rng(5)
    fast = FaultSeen(Fault.DROP, 0.6, "s")
    for _ in range(20):
        mixed = [
            replace(rep, down_s=0.7, verdict=Verdict.FAULT, faults=(fast,))
            if rng.random() < 0.5
            else rep
            for rep in evenly(15)
        ]
        assert fatigue(mixed) is None
    assert fatigue([replace(rep, down_s=0.7, faults=(fast,)) for rep in evenly(15)]) is None


def test_what_hardly_fits_a_leg_raise_is_left_out() -> None:
    tired = evenly(15, up_s=1.8, down_s=0.5, angle_deg=0.7)
    doubtful = replace(REP, verdict=Verdict.UNSURE, reason=HARDLY_ONE)

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
    assert fatigue(evenly(MIN_REPS, **tired)) is not None
    assert fatigue(evenly(MIN_REPS - 1, **tired)) is None


def _measured(rng: Draw, kind: str) -> tuple[bool, Sequence[Rep]]:
    plan = tiring_session(rng) if kind == "tiring" else random_session(rng, kind)
    reps, now_s = [], 0.0
    tremor_deg = np.linspace(*plan.tremor_deg, len(plan.reps))
    for rep, shakes_deg, rest_s in zip(plan.reps, tremor_deg, plan.rests_s, strict=False):
        true = {
            "up_s": rep.up_s, "down_s": rep.down_s, "angle_deg": rep.excursion_deg,
            "held_s": rep.hold_s + 0.19 * (rep.up_s + rep.down_s),
            "tremor_n": float(np.hypot(SHAKES_N * shakes_deg, HEART_N)),
        }  # fmt: skip
        read = {name: value * np.exp(rng.normal(0.0, ERRORS[name])) for name, value in true.items()}
        start_s = now_s + rest_s
        now_s = start_s + rep.up_s + rep.hold_s + rep.down_s
        top_s, lower_s = start_s + 1.0, start_s + 1.0 + read.pop("held_s")
        times = {"start_s": start_s, "top_s": top_s, "lower_s": lower_s, "end_s": now_s}
        reps.append(replace(REP, **times, **read))
    return plan.fatigued, reps


def test_most_tiring_sets_are_reported_and_hardly_a_fresh_one() -> None:
    rng = np.random.default_rng(77)
    tiring = [_measured(rng, "tiring") for _ in range(120)]
    clean = [_measured(rng, "clean") for _ in range(60)]
    tired = [fatigue(reps) is not None for is_tired, reps in tiring if is_tired]
    fresh = [fatigue(reps) is not None for is_tired, reps in (*tiring, *clean) if not is_tired]
    assert np.mean(tired) > 0.85
    assert np.mean(fresh) < 0.04
