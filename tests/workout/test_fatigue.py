"""A set that tires by several signs is reported; one that wanders, or is short, is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from matfw.messages import Fault, Rep
from matfw.virtual.rep_kinds import Draw
from matfw.virtual.sessions import random_session
from matfw.workout.fatigue import ASCENT, DESCENT, MIN_REPS, RANGE, TIRED_SCORE, Sign, fatigue
from tests.people.tiring import tiring_session
from tests.workout.test_sets import REP

# Of refined times and angles, as shares, one sd (measured on clean and tiring tuning people).
ERRORS = {"up_s": 0.12, "down_s": 0.12, "angle_deg": 0.07}


def evenly(count: int, **last: float) -> list[Rep]:
    """Return repetitions whose fields change evenly (in logarithm) to a factor of the first."""
    return [
        replace(
            REP,
            start_s=8.0 * k,
            end_s=8.0 * k + 5.0,
            **{
                name: getattr(REP, name) * factor ** (k / (count - 1))
                for name, factor in last.items()
            },
        )
        for k in range(count)
    ]


@pytest.mark.parametrize(
    ("name", "sign"), [("up_s", ASCENT), ("down_s", DESCENT), ("angle_deg", RANGE)]
)
@pytest.mark.parametrize(("share", "is_tired"), [(0.99, False), (1.01, True)])
def test_a_change_is_reported_from_its_score_on(
    name: str, sign: Sign, share: float, is_tired: bool
) -> None:
    change = share * sign.grows * TIRED_SCORE * sign.fresh_sd
    found = fatigue(evenly(15, **{name: float(np.exp(change))}))
    assert (found is not None) is is_tired
    if found is not None:
        assert (found.fault, found.unit) == (Fault.FATIGUE, "%")
        assert found.value == pytest.approx(100.0 * abs(np.expm1(change)), abs=0.06)


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


def test_too_few_reps_are_never_called_fatigue() -> None:
    tired = {"up_s": 2.5, "down_s": 0.3, "angle_deg": 0.4}
    assert fatigue(evenly(MIN_REPS, **tired)) is not None
    assert fatigue(evenly(MIN_REPS - 1, **tired)) is None


def _measured(rng: Draw, kind: str) -> tuple[bool, Sequence[Rep]]:
    plan = tiring_session(rng) if kind == "tiring" else random_session(rng, kind)
    reps, now_s = [], 0.0
    for rep, rest_s in zip(plan.reps, plan.rests_s, strict=True):
        true = {"up_s": rep.up_s, "down_s": rep.down_s, "angle_deg": rep.excursion_deg}
        read = {name: value * np.exp(rng.normal(0.0, ERRORS[name])) for name, value in true.items()}
        start_s = now_s + rest_s
        now_s = start_s + rep.up_s + rep.hold_s + rep.down_s
        reps.append(replace(REP, start_s=start_s, end_s=now_s, **read))
    return plan.fatigued, reps


def test_most_tiring_sets_are_reported_and_hardly_a_fresh_one() -> None:
    rng = np.random.default_rng(77)
    sets = [_measured(rng, kind) for kind in ("tiring", "clean") for _ in range(250)]
    shares = {
        is_tired: np.mean([fatigue(reps) is not None for tired, reps in sets if tired is is_tired])
        for is_tired in (True, False)
    }
    assert shares[True] > 0.6
    assert shares[False] < 0.03
