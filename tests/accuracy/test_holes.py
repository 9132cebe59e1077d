"""Holes cost nothing: one person here, ten by `python -m tests.accuracy.holes`."""

from __future__ import annotations

import pytest

from matfw.messages import RawFrame
from tests.accuracy.holes import BURST, Sum, summed, torn


@pytest.fixture(scope="module")
def whole() -> Sum:
    return summed("core4", 1, (0.0,))[0.0]


@pytest.mark.parametrize("is_marked", [True, False])
def test_repetitions_are_found_over_holes(is_marked: bool, whole: Sum) -> None:
    holed = summed("core4", 1, (0.01,), is_marked=is_marked)[0.01]
    assert holed.found == whole.found == whole.true > 0
    assert holed.extra == whole.extra
    assert abs(holed.up - whole.up) <= 1


def test_bursts_are_as_long_and_as_many_as_asked_for_and_marked() -> None:
    frames = [RawFrame(k / 80.0, (k, k, k, k)) for k in range(20_000)]
    broken = torn(frames, 0.01, 1)
    lost = sum(count is None for frame in broken for count in frame.counts)
    expected = 0.01 * 0.5 * (sum(BURST) / 2.0) * (1.0 + 1.0 / 4.0)
    assert lost / (4 * len(frames)) == pytest.approx(expected, rel=0.25)
    assert all(
        frame.computer_mask >> i & 1 == (count is None)
        for frame in broken
        for i, count in enumerate(frame.counts)
    )
