"""How a conversation ends, fails and restarts."""

from __future__ import annotations

import pytest

from tests.control.fake_control import Talk


def test_a_link_that_goes_gives_everything_back(talk: Talk) -> None:
    talk.ask("stream 10")
    talk.ask("calibrate corners 10")
    talk.conversation.close()
    talk.conversation.close()
    assert (talk.control.subscriptions, talk.control.measuring) == (0, None)


def test_a_failure_of_our_own_is_answered_and_the_link_lives(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk.control.settings, "diff", lambda: 1 // 0)
    (answer,) = talk.ask("diff")
    assert answer.startswith("error E599: matfw itself failed (ZeroDivisionError")
    assert talk.ask("version")[-1] == "ok"


def test_reboot_asks_first(talk: Talk) -> None:
    talk.control.can_restart = True
    talk.ask("set reps 12")
    assert "Unsaved changes are lost, 1 now" in "\n".join(talk.ask("reboot"))
    assert talk.ask("no")[-1].startswith("error E307")
    assert not talk.control.is_restarting
    talk.ask("reboot")
    assert talk.ask("yes")[-1] == "ok"
    assert talk.control.is_restarting


def test_reboot_yes_asks_nothing(talk: Talk) -> None:
    talk.control.can_restart = True
    assert talk.ask("reboot yes")[-1] == "ok"
    assert talk.control.is_restarting
