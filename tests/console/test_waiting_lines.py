"""Lines that are typed while work is under way."""

from __future__ import annotations

from matfw.console.conversation import WAITING_LINES
from tests.control.fake_control import Talk


def test_lines_wait_for_work_under_way_and_are_answered_in_order(talk: Talk) -> None:
    talk.ask("tare")
    assert talk.ask("version") == []
    assert talk.ask("nonsense") == []
    talk.wait(20.0)
    assert [answer[:10] for answer in talk.answers()] == ["ok", "ok", "error E101"]
    assert talk.lines.index("ok") < talk.lines.index(talk.answers()[2])


def test_too_many_waiting_lines_are_refused_and_the_rest_answered(talk: Talk) -> None:
    talk.ask("tare")
    for _ in range(WAITING_LINES):
        assert talk.ask("version") == []
    (refused,) = talk.ask("version")
    assert refused.startswith(f"error E110: line: {WAITING_LINES} lines wait")
    talk.conversation.interrupt()
    assert len(talk.answers()) == 1 + WAITING_LINES + 1
    assert sum("E302" in answer for answer in talk.answers()) == 1 + WAITING_LINES
