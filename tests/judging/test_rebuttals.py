"""What was named live and the whole repetition speaks clearly against: no fault, and no doubt."""

from __future__ import annotations

import pytest

from matfw.messages import Fault, FaultSeen, Side, Tempo, Verdict
from tests.judging.test_verdicts import GOOD, LIMITS, altered, judge


@pytest.mark.parametrize(
    ("fault", "fields", "tempo", "is_refuted"),
    [
        (Fault.DROP, {"down_s": 2.60}, Tempo(), False),
        (Fault.DROP, {"down_s": 2.62}, Tempo(), True),
        (Fault.DROP, {"down_s": 1.73}, Tempo(down_s=2.0), False),
        (Fault.DROP, {"down_s": 1.75}, Tempo(down_s=2.0), True),
        (Fault.DROP, {"down_s": 1.49}, Tempo(down_s=1.0), False),
        (Fault.DROP, {"down_s": 1.51}, Tempo(down_s=1.0), True),
        (Fault.DROP, {"down_s": 6.0}, Tempo(down_s=6.0), False),
        (Fault.DROP, {"down_s": 3.0, "is_fitted": False}, Tempo(), False),
        (Fault.DROP, {"down_s": 3.0, "fit_error_deg": 5.99}, Tempo(), True),
        (Fault.DROP, {"down_s": 3.0, "fit_error_deg": 6.01}, Tempo(), False),
        (Fault.RUSHED_UP, {"up_s": 1.85, "paused_up_s": 0.3}, Tempo(), False),
        (Fault.RUSHED_UP, {"up_s": 1.90, "paused_up_s": 0.3}, Tempo(), True),
        (Fault.RUSHED_UP, {"up_s": 2.5, "paused_up_s": 0.99}, Tempo(), True),
        (Fault.RUSHED_UP, {"up_s": 2.5, "paused_up_s": 1.01}, Tempo(), False),
        (Fault.RUSHED_UP, {"up_s": 2.5, "paused_up_s": 0.0}, Tempo(), False),
        (Fault.RUSHED_UP, {"up_s": 2.5, "paused_up_s": 0.3, "is_fitted": False}, Tempo(), False),
        (Fault.RUSHED_UP, {"up_s": 2.5, "paused_up_s": 0.3, "fit_error_deg": 6.01}, Tempo(), False),
        (Fault.RUSHED_DOWN, {"down_s": 2.60, "paused_down_s": 0.3}, Tempo(), False),
        (Fault.RUSHED_DOWN, {"down_s": 2.65, "paused_down_s": 0.3}, Tempo(), True),
        (Fault.RUSHED_DOWN, {"down_s": 3.0, "paused_down_s": 0.89}, Tempo(), True),
        (Fault.RUSHED_DOWN, {"down_s": 3.0, "paused_down_s": 0.91}, Tempo(), False),
        (Fault.RUSHED_DOWN, {"down_s": 3.0, "paused_up_s": 0.3}, Tempo(), False),
        (Fault.RUSHED_DOWN, {"down_s": 3.0}, Tempo(), False),
        (Fault.TOO_HIGH, {"angle_deg": 45.9}, Tempo(), True),
        (Fault.TOO_HIGH, {"angle_deg": 46.1}, Tempo(), False),
        (Fault.TOO_HIGH, {"angle_deg": 40.0, "fit_error_deg": 6.01}, Tempo(), False),
        (Fault.TOO_HIGH, {"angle_deg": 40.0, "down_s": 6.0}, Tempo(down_s=6.0), False),
    ],
)
def test_what_was_named_live_leaves_no_doubt_if_the_whole_rep_speaks_clearly_against_it(
    fault: Fault, fields: dict[str, float], tempo: Tempo, is_refuted: bool
) -> None:
    rep = altered(GOOD, **{"is_fitted": True, **fields})
    verdict, faults, reason = judge(rep, [FaultSeen(fault, 0.0, "")], LIMITS, tempo, Side.LEFT)
    assert faults == ()
    assert verdict is (Verdict.CLEAN if is_refuted else Verdict.UNSURE)
    assert (fault in reason) is not is_refuted


@pytest.mark.parametrize(
    ("fields", "tempo", "is_refuted"),
    [
        ({"up_s": 1.99}, Tempo(), False),
        ({"up_s": 2.01}, Tempo(), True),
        ({"up_s": 1.49}, Tempo(up_s=1.0), False),
        ({"up_s": 1.51}, Tempo(up_s=1.0), True),
        ({"up_s": 6.0}, Tempo(up_s=6.0), False),
        ({"up_s": 2.5, "is_fitted": False}, Tempo(), False),
        ({"up_s": 2.5, "fit_error_deg": 6.01}, Tempo(), False),
    ],
)
def test_a_kick_that_was_detected_live_is_none_if_the_whole_ascent_took_as_long_as_asked_for(
    fields: dict[str, float], tempo: Tempo, is_refuted: bool
) -> None:
    rep = altered(GOOD, **{"is_fitted": True, **fields})
    kick = FaultSeen(Fault.KICK, 300.0, "deg/s2")
    verdict, faults, _ = judge(rep, [kick], LIMITS, tempo, Side.LEFT)
    expected = (Verdict.CLEAN, ()) if is_refuted else (Verdict.FAULT, (kick,))
    assert (verdict, faults) == expected


@pytest.mark.parametrize(
    ("fields", "tempo", "is_refuted"),
    [
        ({"down_s": 3.77}, Tempo(), False),
        ({"down_s": 3.81}, Tempo(), True),
        ({"down_s": 3.81, "fit_error_deg": 12.01}, Tempo(), False),
        ({"up_s": 4.0, "down_s": 6.0}, Tempo(up_s=4.0), False),
    ],
)
def test_a_doubted_hold_of_a_rep_that_took_longer_in_all_leaves_no_doubt(
    fields: dict[str, float], tempo: Tempo, is_refuted: bool
) -> None:
    """Its slow way has swallowed the hold."""
    rep = altered(GOOD, **{"up_s": 2.7, "hold_s": 0.3, **fields})
    verdict, faults, _ = judge(rep, (), LIMITS, tempo, Side.LEFT)
    assert faults == ()
    assert verdict is (Verdict.CLEAN if is_refuted else Verdict.UNSURE)
