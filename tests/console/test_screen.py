"""What a person at a screen of 80 columns and 24 rows gets: whole words, and pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from matfw.console import menu
from matfw.console.commands import COMMANDS, TABLE
from matfw.console.conversation import PROMPT
from matfw.console.screen import AROUND_ROWS, ScreenSize, wrapped
from matfw.control.status import Notice
from matfw.messages import (
    CellEvent,
    CellProblem,
    PersonWeighed,
    ReaderEvent,
    ReaderProblem,
)
from tests.console.dialogues import DIALOGUES
from tests.control.fake_control import GOOD, LINES, Talk, is_answer

ROWS, COLUMNS = ScreenSize().rows, ScreenSize().columns


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    talk = Talk(tmp_path, terminal=ScreenSize())
    talk.control.settings.save_calibration(LINES, note="a test")
    yield talk
    talk.close()


def whole(talk: Talk, line: str) -> list[str]:
    """Give a line, and Enter for every page; check that each page fits the screen."""
    lines = page = talk.ask(line)
    while talk.conversation.prompt.startswith("-- "):
        assert len(page) < ROWS - 1
        page = talk.ask("")
        lines = lines + page
    return lines


def check_fits(lines: list[str]) -> None:
    assert [line for line in lines if len(line) > COLUMNS] == []


@pytest.mark.parametrize(
    ("line", "columns", "expected"),
    [
        ("as it is", 8, ["as it is"]),
        ("two words", 8, ["two", "  words"]),
        ("  name  some words here", 17, ["  name  some", "        words", "        here"]),
        ("// some words here", 12, ["// some", "//   words", "//   here"]),
        ("//   1.0 s  rep  1 clean", 20, ["//   1.0 s  rep  1", "//          clean"]),
        ("on the mat  nobody at all", 20, ["on the mat  nobody", "            at all"]),
        ("x" * 25, 20, ["x" * 20, "  " + "x" * 5]),
    ],
)
def test_a_line_is_broken_between_words(line: str, columns: int, expected: list[str]) -> None:
    assert wrapped(line, columns) == expected


def test_every_dialogue_keeps_to_the_screens_width(tmp_path: Path) -> None:
    for number, (typed, _, _) in enumerate(DIALOGUES):
        if len(typed) > COLUMNS:
            continue
        talk = Talk(tmp_path / str(number), terminal=ScreenSize())
        talk.control.settings.save_calibration(LINES, note="a test")
        for line in typed.split("\n"):
            lines = whole(talk, line)
            check_fits(lines)
            assert sum(map(is_answer, lines)) == 1, (line, lines)
        talk.close()


def test_every_help_keeps_to_the_screens_width(talk: Talk) -> None:
    settings = [setting.key for setting in talk.control.settings.table()]
    groups = {key.split(".")[0] for key in settings if "." in key}
    for name in ("", *(command.name for command in COMMANDS), *settings, *groups):
        lines = whole(talk, f"help {name}")
        check_fits(lines)
        assert lines[-1] == "ok", name
        check_fits(whole(talk, f"get {name}"))


def test_a_bad_day_in_status_and_notifications_keeps_to_the_width(talk: Talk) -> None:
    for cell in talk.control.mat().cells:
        talk.control.events([CellEvent(1.0, cell.name, CellProblem.DRIFTING)])
    talk.control.events([ReaderEvent(2.0, ReaderProblem.LATE, 0.1), PersonWeighed(3.0, 64.0), GOOD])
    talk.control.notifications.put(Notice("state", "word " * 60, {}))
    talk.ask("version")
    check_fits(talk.wait(0.1))
    check_fits(whole(talk, "status"))
    check_fits(talk.lines)


def test_of_a_computer_that_takes_every_sample_status_and_start_say_so_and_no_load(
    talk: Talk,
) -> None:
    talk.control.is_blind = True
    talk.control.play(0.1)
    lines = talk.ask("status")
    assert any("not known: the computer does not read" in line for line in lines)
    assert any("End other programs".lower() in line.lower() for line in lines)
    assert any(line.startswith("cells, kg") and line.endswith("-") for line in lines)
    assert not any(word in line for line in lines for word in ("wire:", "its wire"))
    error = " ".join(talk.ask("start"))
    assert error.startswith("error E303: start: The computer is too busy")


def test_help_names_the_cues_and_a_groups_settings(talk: Talk) -> None:
    assert "roll_back, leg_forward" in " ".join(whole(talk, "help cue"))
    assert "head_left, head_right" in " ".join(whole(talk, "help lay"))
    lines = whole(talk, "help workout")
    assert any(line.startswith("workout.reps: ") for line in lines)
    assert any("1 to 200" in line for line in lines)


@pytest.mark.parametrize("command", ["help", "get", "help limits"])
def test_a_long_answer_comes_in_pages_with_one_ok(talk: Talk, command: str) -> None:
    first = talk.ask(command)
    assert len(first) == ROWS - 2, "the prompt has a row, and so has minicom"
    assert talk.conversation.is_asking
    assert "Enter" in talk.conversation.prompt
    lines = [*first]
    while talk.conversation.is_asking:
        lines += talk.ask("")
    assert lines.count("ok") == 1
    assert lines[-1] == "ok"
    talk.conversation.echo = False
    assert "".join(talk.ask(command)).replace(" ", "") == "".join(lines).replace(" ", "")


@pytest.mark.parametrize(("typed", "then"), [("q", ["ok"]), ("\x03", ["ok"])])
def test_a_page_can_be_the_last(talk: Talk, typed: str, then: list[str]) -> None:
    talk.ask("get")
    before = len(talk.lines)
    if typed == "\x03":
        talk.conversation.interrupt()
    else:
        talk.ask(typed)
    assert talk.lines[before:] == then
    assert talk.conversation.prompt == PROMPT


def test_a_command_typed_between_pages_is_done(talk: Talk) -> None:
    talk.ask("get")
    lines = talk.ask("get workout.reps")
    assert lines[0] == "ok"
    assert lines[1].startswith("workout.reps = 15")
    assert lines[-1] == "ok"
    assert talk.conversation.prompt == PROMPT


def test_what_happens_while_a_page_is_read_is_reported_after_it(talk: Talk) -> None:
    talk.ask("get")
    talk.control.events([PersonWeighed(3.0, 64.0)])
    assert talk.wait(1.0) == []
    talk.ask("q")
    assert ["64.0 kg" in line for line in talk.wait(0.1)] == [True]


def test_programs_get_whole_lines_and_no_pages(talk: Talk) -> None:
    talk.ask("echo off")
    lines = talk.ask("help mode")
    assert max(map(len, lines)) > COLUMNS
    assert talk.ask("get")[-1] == "ok"
    talk.conversation.client_size = ScreenSize(40, 10)
    lines = talk.ask("help")
    assert len(lines) == 8
    assert max(map(len, lines)) <= 40


def test_every_choice_of_the_menu_is_seen(talk: Talk) -> None:
    groups = {s.key.split(".")[0] for s in talk.control.settings.table() if "." in s.key}
    pages = (
        menu._main, menu._workout, menu._sound, menu._cues, menu._people, menu._calibration,
        menu._recording, menu._groups, *map(menu._settings, groups),
    )  # fmt: skip
    for page in pages:
        opened = menu.Menu(talk.conversation._context, TABLE)
        opened._pages.append(page)
        before = len(talk.lines)
        opened._show()
        numbers = []
        while True:
            shown = talk.lines[before:]
            check_fits(shown)
            assert ScreenSize().holds(shown), shown
            numbers += [line[:3].strip() for line in shown if line[:3].strip().isdigit()]
            assert "  0  Back" in shown
            numbers.remove("0")
            if shown[-1] != "Enter shows the rest.":
                break
            before = len(talk.lines)
            opened.answer("")
        assert numbers == [str(n + 1) for n in range(len(page(talk.control)))]


def test_a_page_of_the_menu_longer_than_the_screen_goes_on_at_enter(talk: Talk) -> None:
    talk.conversation.client_size = ScreenSize(80, 12)
    first = talk.ask("menu")
    assert first[-2:] == ["  0  Leave", "Enter shows the rest."]
    rest = talk.ask("")
    assert rest[-1] == "  0  Leave"
    assert [line[:3].strip() for line in (*first[:-2], *rest[:-1])] == [
        str(n + 1) for n in range(len(menu._main(talk.control)))
    ]
    assert talk.ask("") == first


def test_an_answer_in_the_menu_is_not_pushed_off_the_screen_by_its_choices(talk: Talk) -> None:
    talk.ask("menu")
    lines = talk.ask("1")
    assert len(lines) + AROUND_ROWS <= ROWS
    assert lines[-1] == "Enter shows the choices again."
    assert talk.ask("")[-1] == "  0  Leave"


# --- a wizard whose person has gone and come back ---


@pytest.mark.parametrize("typed", ["calibrate", "calibrate 10", "calibrate trim"])
def test_enter_alone_measures_nothing_and_repeats_the_step(talk: Talk, typed: str) -> None:
    asked = [line for line in talk.ask(typed) if "VIRTUAL" not in line]
    for _ in range(2):
        lines = talk.ask("")
        assert lines
        assert all(line in asked for line in lines)
        assert not any("Measured" in line for line in talk.wait(10.0))
    assert talk.conversation.prompt == "calibrate> "


def test_a_step_is_measured_when_asked_and_repeated_meanwhile(talk: Talk) -> None:
    talk.ask("calibrate 10")
    assert any("Measuring" in line for line in talk.ask("go"))
    assert any("Measuring" in line for line in talk.ask(""))
    assert any("Measured" in line for line in talk.wait(30.0))
    again = talk.ask("")
    assert "Step 2 of 7" in again[0]
