"""Whether a repetition's times may be used is said once; all who show or average them go by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matfw.control.events import event_line
from matfw.display.report import session_lines as summary_lines
from matfw.history.measures import DoneRep, measured
from matfw.judging.reasons import is_timed
from matfw.judging.rules import MIN_TOP_S
from matfw.judging.verdicts import MAX_HOLE_S, PLAUSIBLE_LOG_ODDS, Conditions, judge
from matfw.messages import Fault, FaultSeen, Limits, RefinedRep, Rep, Side, Tempo, Verdict
from matfw.reports.charts import timeline
from matfw.reports.session_lines import set_lines
from tests.history.records import record
from tests.judging.test_verdicts import ABOVE, BELOW, GOOD, LIMITS
from tests.store.story import rep

PART = replace(GOOD, angle_deg=BELOW * LIMITS.too_small_deg, lower_s=GOOD.top_s + BELOW * MIN_TOP_S)
OFF_MAT = (FaultSeen(Fault.OFF_MAT, 25.0, "N"),)
KICK = (FaultSeen(Fault.KICK, 300.0, "deg/s2"),)


def judged(x: RefinedRep, live: tuple[FaultSeen, ...] = (), bend_deg: float | None = None) -> Rep:
    known = Conditions(limits=Limits(), tempo=Tempo(), side=Side.LEFT, bend_deg=bend_deg)
    return judge(x, live, known).rep(1, x.end_s + 1.0, x)


@pytest.mark.parametrize(
    ("done", "may_be_used"),
    [
        (judged(GOOD), True),
        (judged(replace(GOOD, up_s=0.5)), True),
        (judged(GOOD, KICK), True),
        (judged(replace(GOOD, hold_s=0.1, noise_scale=2.5)), True),  # that hold alone is doubted
        (judged(replace(GOOD, angle_deg=BELOW * LIMITS.too_small_deg)), False),
        (judged(PART), False),
        (judged(replace(PART, hold_s=0.1, noise_scale=2.5)), False),
        (judged(replace(PART, up_s=1.45, fit_error_deg=20.0)), False),  # another doubt comes first
        (judged(PART, bend_deg=-ABOVE * LIMITS.bent_body_deg), False),
        (judged(GOOD, OFF_MAT), False),
        (judged(replace(GOOD, hole_s=BELOW * MAX_HOLE_S)), True),
        (judged(replace(GOOD, hole_s=ABOVE * MAX_HOLE_S)), False),
        (judged(replace(GOOD, plausibility=BELOW * PLAUSIBLE_LOG_ODDS)), False),
        (judged(replace(GOOD, was_unweighed=True)), False),
    ],
)  # fmt: skip
def test_times_of_which_none_is_judged_are_neither_shown_nor_averaged(
    done: Rep, may_be_used: bool
) -> None:
    assert is_timed(done) is may_be_used
    assert ("not timed" not in event_line(done)) is may_be_used
    assert bool(measured([DoneRep(done, Tempo())], "up")) is may_be_used
    lines = summary_lines([done], Tempo(), is_simulated=False)
    assert any("mean" in line for line in lines) is may_be_used
    (each, *_) = record(1).sets
    kept = replace(each, reps=(replace(each.reps[0], rep=done),))
    assert ("(not timed)" not in "\n".join(set_lines(kept))) is may_be_used
    assert ('class="up"' in timeline(kept)) is may_be_used


def test_a_kept_repetition_of_which_a_time_alone_is_doubted_is_timed() -> None:
    unsure = rep(1, verdict=Verdict.UNSURE, reason="it may be rushed_up: too close to its limit")
    assert is_timed(unsure)
    assert not is_timed(replace(unsure, reason="it may be too_small: the top passed too fast"))
