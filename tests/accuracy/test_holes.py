"""Holes cost nothing: one person here, more by `tests.accuracy --kinds clean "clean torn *"`.

The same person says that the judge is not broken; the floors are loose on purpose.
"""

from __future__ import annotations

import pytest

from matfw.messages import RawFrame
from tests.accuracy.holes import BURST, WHOLE, Torn, torn
from tests.accuracy.matching import Call
from tests.accuracy.measures import measure
from tests.accuracy.outcomes import Outcome, run
from tests.accuracy.populations import jobs

FLOOR_WITHIN_1 = 75.0  # per cent of clean sets
FLOOR_FOUND = 80.0  # per cent of clean repetitions
WORST_START_MS = 200.0  # median over clean repetitions


@pytest.fixture(scope="module")
def whole() -> Outcome:
    return run(*jobs([WHOLE], ["core4"], 1, "held-out"))


def test_the_judge_is_not_broken(whole: Outcome) -> None:
    figures = {figure.name: figure.values[0] or 0.0 for figure in measure([whole])}
    assert figures["sets within 1"] >= FLOOR_WITHIN_1
    assert figures["reps found"] >= FLOOR_FOUND
    assert 0.0 < figures["start top lower end, median"] <= WORST_START_MS


@pytest.mark.parametrize("kind", ["clean torn 1", "clean torn 1 unmarked"])
def test_repetitions_are_found_over_holes(kind: str, whole: Outcome) -> None:
    holed = run(*jobs([kind], ["core4"], 1, "held-out"))
    assert holed.found == whole.found == whole.true > 0
    assert holed.extra == whole.extra
    assert abs(_ups(holed) - _ups(whole)) <= 1
    (figure,) = [x for x in measure([whole, holed]) if x.name.endswith("without holes")]
    assert (figure.kind, figure.values, figure.n) == (kind, (100.0,), whole.true)


def _ups(outcome: Outcome) -> int:
    return sum(rep.up.call is Call.IN_TIME for rep in outcome.reps)


def test_bursts_are_as_long_and_as_many_as_asked_for_and_marked() -> None:
    frames = [RawFrame(k / 80.0, (k, k, k, k)) for k in range(20_000)]
    broken = torn(frames, Torn(0.01), 1)
    lost = sum(count is None for frame in broken for count in frame.counts)
    expected = 0.01 * 0.5 * (sum(BURST) / 2.0) * (1.0 + 1.0 / 4.0)
    assert lost / (4 * len(frames)) == pytest.approx(expected, rel=0.25)
    assert all(
        frame.computer_mask >> i & 1 == (count is None)
        for frame in broken
        for i, count in enumerate(frame.counts)
    )
