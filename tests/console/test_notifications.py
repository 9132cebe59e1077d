"""What nobody asked for: notifications and streams."""

from __future__ import annotations

import pytest

from matfw.messages import (
    Announcement,
    CellEvent,
    CellProblem,
    CueGiven,
    PersonWeighed,
    Phase,
    PhaseChanged,
)
from tests.control.fake_control import Talk


def test_notifications_begin_with_slashes_and_follow_tell(talk: Talk) -> None:
    notifications = (
        PersonWeighed(1.0, 64.0),
        CellEvent(2.0, "head_left", CellProblem.LOST),
        PhaseChanged(3.0, Phase.UP),
        CueGiven(4.0, Announcement.REP),
    )
    counts = {}
    for what in ("none", "reps", "all"):
        talk.ask(f"tell {what}")
        for event in notifications:
            talk.control.notifications.put(event)
        lines = talk.wait(0.05)
        assert all(line.startswith("// ") for line in lines)
        counts[what] = len(lines)
    assert counts == {"none": 0, "reps": 2, "all": 4}


def test_a_stream_keeps_its_rate_and_ends(talk: Talk) -> None:
    talk.ask("stream 10")
    lines = talk.wait(3.0)
    assert len(lines) == pytest.approx(30, abs=1)
    assert all(line.startswith("// stream t_s=") for line in lines)
    assert talk.ask("stream 0") == ["ok"]
    assert talk.wait(1.0) == []


def test_ctrl_c_ends_a_stream(talk: Talk) -> None:
    talk.ask("stream 10")
    talk.conversation.interrupt()
    assert talk.lines[-1] == "// stream: ended"
    assert talk.wait(1.0) == []


def test_a_link_that_does_not_poll_loses_frames_and_is_sent_how_many(talk: Talk) -> None:
    talk.ask("stream 80")
    talk.control.play(10.0)
    talk.conversation.poll()
    assert talk.lines[-1].startswith("// stream: 544 frames were dropped")
