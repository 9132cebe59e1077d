"""What completes a line, and which lines are secret."""

from __future__ import annotations

import pytest

from matfw.console.commands import COMMANDS, TABLE
from tests.control.fake_control import Talk


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stat", ["status"]),
        ("mode ", ["json", "text"]),
        ("set workout.s", ["workout.sets", "workout.side"]),
        ("set workout.side ", ["left", "right", "unknown"]),
        ("profile use ", ["berta"]),
        ("cue roll", ["roll_back"]),
        ("help vers", ["version"]),
        ("nothing ", []),
        ("status ", []),
        ('set "', []),
        ("x" * 5000, []),
    ],
)
def test_tab_completes_the_last_word(talk: Talk, text: str, words: list[str]) -> None:
    talk.ask("profile new berta")
    assert talk.conversation.complete(text) == words


def test_tab_knows_every_command(talk: Talk) -> None:
    assert set(talk.conversation.complete("")) == {c.name for c in COMMANDS if c.name.isalpha()}


@pytest.mark.parametrize(
    ("line", "is_pin"),
    [("lock 1234", True), ("unl 1234", True), ("unlock", False), ("set reps 3", False),
     ("unlock '", True), ("", False)],
)  # fmt: skip
def test_lines_with_a_pin_are_known(line: str, is_pin: bool) -> None:
    assert TABLE.is_secret(line) is is_pin
