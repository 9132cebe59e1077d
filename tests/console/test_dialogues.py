"""What is typed is answered, once and in the same form, whatever it is."""

from __future__ import annotations

import re

import pytest

from matfw.console.commands import COMMANDS
from matfw.console.settings_commands import written
from matfw.control.errors import Code
from tests.console.dialogues import DIALOGUES
from tests.control.fake_control import Talk, is_answer


@pytest.mark.parametrize(("typed", "last", "within"), DIALOGUES)
def test_a_dialogue(talk: Talk, typed: str, last: str, within: str) -> None:
    for line in typed.split("\n"):
        lines = talk.ask(line)
        assert [is_answer(each) for each in lines] == [False] * (len(lines) - 1) + [True]
    assert re.fullmatch(last, lines[-1]), lines[-1]
    assert within in "\n".join(lines)


@pytest.mark.parametrize("line", ["", " ", "\t"])
def test_a_blank_line_gets_no_answer(talk: Talk, line: str) -> None:
    assert talk.ask(line) == []


def test_every_command_has_help_a_group_and_a_name_of_its_own(talk: Talk) -> None:
    names = [name.lower() for c in COMMANDS for name in (c.name, *c.aliases)]
    assert len(set(names)) == len(names)
    for command in COMMANDS:
        lines = talk.ask(f"help {command.name}")
        assert lines[0] == f"{command.usage}: {command.help}"
        assert lines[-1] == "ok"
        for argument in command.arguments:
            assert any(argument.help in line for line in lines)


def test_every_setting_takes_what_get_shows_of_it(talk: Talk) -> None:
    for setting in talk.control.settings.table():
        value, _ = talk.control.settings.get(setting.key)
        if value is not None:
            lines = talk.ask(f"set {setting.key} {written(value)}")
            assert lines[-1] == "ok", lines
            assert "as it was" in lines[0]
    assert talk.ask("diff") == ["nothing is unsaved", "ok"]


def test_error_numbers_keep_their_meaning() -> None:
    """Programs wait for them."""
    assert {code.name: code.value for code in Code if code.value in (101, 202, 301, 601)} == {
        "UNKNOWN_COMMAND": 101,
        "SETTING_REFUSED": 202,
        "SOMEONE_ON_MAT": 301,
        "LOCKED": 601,
    }
