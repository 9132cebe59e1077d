"""Real people on their side, weighed as hex6 would: the plates contradict a wrong side."""

from __future__ import annotations

from matfw.messages import Side
from tests.accuracy.zones import doubted
from tests.importers import pmat

MIN_WRONG = 10  # of twelve recordings of straight people, asked for the other side


def test_a_wrong_side_is_contradicted_and_a_right_one_is_not() -> None:
    other = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}
    wrong = [doubted(who, side.value, other[side]) for who in pmat.PEOPLE for side in other]
    right = [doubted(who, side.value, side) for who in pmat.PEOPLE for side in other]
    assert sum(wrong) >= MIN_WRONG
    assert not any(right)
