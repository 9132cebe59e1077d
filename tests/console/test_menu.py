"""The menu: every number leads somewhere, and every way out is answered once."""

from __future__ import annotations

import pytest

from tests.control.fake_control import Talk


def number_of(lines: list[str], label: str) -> str:
    """Return the number of a menu's item."""
    (line,) = [line for line in lines if label in line]
    return line.split()[0]


def test_the_menu_sets_a_value_shows_it_and_ends_with_one_ok(talk: Talk) -> None:
    page = talk.ask("menu")
    page = talk.ask(number_of(page, "Workout"))
    number = number_of(page, "  reps: ")
    assert "[15]" in next(line for line in page if "  reps: " in line)
    assert "1 to 200" in "\n".join(talk.ask(number))
    assert talk.conversation.prompt == "workout.reps: "
    refused = talk.ask("0")
    assert any(line.startswith("Not done: workout.reps must be") for line in refused)
    talk.ask(number)
    page = talk.ask("12")
    assert "[12]" in next(line for line in page if "  reps: " in line)
    assert "1 unsaved" in "\n".join(talk.ask("0"))
    assert talk.ask("0") == ["ok"]
    assert talk.control.settings.get("workout.reps")[0] == 12
    assert len(talk.answers()) == 1


def test_the_menu_runs_what_takes_time_and_ctrl_c_comes_back_first(talk: Talk) -> None:
    page = talk.ask("menu")
    page = talk.ask(number_of(page, "Calibration"))
    talk.ask(number_of(page, "known weight"))
    assert talk.conversation.prompt == "calibrate> "
    talk.ask("leave")
    assert talk.conversation.prompt == "number> "
    talk.ask(number_of(page, "tare"))
    assert talk.conversation.is_busy
    assert "Done." in talk.wait(20.0)
    talk.conversation.interrupt()
    assert talk.answers() == ["ok"]


@pytest.mark.parametrize("typed", ["99", "-1", "x", "1" * 40, "\u0663"])
def test_the_menu_asks_again_for_a_number_that_is_none(talk: Talk, typed: str) -> None:
    talk.ask("menu")
    (line,) = talk.ask(typed)
    assert line.startswith("Type a number from 1 to ")


def test_every_number_of_the_menu_leads_somewhere(talk: Talk) -> None:
    """Two levels down, each number once."""
    first = talk.ask("menu")
    for number in range(1, len(first)):
        talk.ask(str(number))
        while talk.conversation.is_busy:
            talk.wait(1.0)
        for below in range(1, 30):
            if not talk.conversation.is_asking:
                break
            talk.ask(str(below))
            while talk.conversation.is_busy:
                talk.wait(1.0)
            talk.ask("")
        talk.conversation.interrupt()
        assert talk.ask("menu")
    assert not any("E599" in line for line in talk.lines)
