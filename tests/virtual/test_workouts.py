"""The demo's workout: two sets, one after the other, on either side."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from matfw.layouts import PRESETS
from matfw.messages import Fault, Side
from matfw.virtual.workouts import FIRST_REP_S, REPS, workout


def test_it_is_two_sets_on_one_time_line_with_each_mistake_once() -> None:
    trace = workout(Side.LEFT, PRESETS["core4"].cells, 20)
    assert len(trace.truth) == 2 * REPS
    assert all(a.end_s < b.start_s for a, b in pairwise(trace.truth))
    gaps_s = [b.start_s - a.end_s for a, b in pairwise(trace.truth)]
    assert max(gaps_s) == gaps_s[REPS - 1] > FIRST_REP_S, "they get up and lie down between"
    assert np.allclose(np.diff(trace.t_s), trace.t_s[1] - trace.t_s[0])
    faults = [fault for rep in trace.truth for fault in rep.faults]
    assert len(faults) == len(set(faults))
    assert set(faults) >= {Fault.ROLL_BACK, Fault.LEG_FORWARD, Fault.KICK, Fault.DROP}
    is_between = (trace.t_s > trace.truth[REPS - 1].end_s) & (trace.t_s < trace.truth[REPS].start_s)
    assert trace.loads_kg[is_between].sum(axis=1).min() < 1.0
