"""Plain people do good repetitions, falls and kicks by a script."""

from __future__ import annotations

import numpy as np

from matfw.messages import Fault
from tests.people.plain import plain_session

SEEDS = range(12)


def test_a_script_has_good_repetitions_and_falls_and_kicks_among_them() -> None:
    plans = [plain_session(np.random.default_rng(seed)) for seed in SEEDS]
    assert all(6 <= len(plan.reps) <= 13 for plan in plans)
    assert all(len(plan.rests_s) == len(plan.reps) for plan in plans)
    reps = [rep for plan in plans for rep in plan.reps]
    falls = [rep for rep in reps if Fault.DROP in rep.faults]
    kicks = [rep for rep in reps if Fault.KICK in rep.faults]
    assert len(falls) > len(SEEDS)
    assert len(kicks) > 3
    assert len(falls) + len(kicks) < 0.7 * len(reps)


def test_the_same_draw_is_the_same_script() -> None:
    assert plain_session(np.random.default_rng(3)) == plain_session(np.random.default_rng(3))
