"""`save` and `revert`: what they do, of which link, named one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from matfw.console.conversation import Conversation
from tests.control.fake_control import Talk


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    talk = Talk(tmp_path)
    yield talk
    talk.close()


@pytest.fixture
def other(talk: Talk) -> Iterator[tuple[Conversation, list[str]]]:
    conversation, lines = talk.another()
    yield conversation, lines
    conversation.close()


Other = tuple[Conversation, list[str]]


def test_save_names_what_it_saves(talk: Talk) -> None:
    talk.ask("set reps 12")
    talk.ask("set sets 2")
    assert talk.ask("save") == [
        "2 changes saved", "  workout.reps: 15 -> 12", "  workout.sets: 3 -> 2", "ok",
    ]  # fmt: skip


def test_another_links_change_is_not_saved_unasked(talk: Talk, other: Other) -> None:
    conversation, lines = other
    conversation.line("set workout.reps 9")
    talk.ask("set sets 2")
    assert "  workout.reps: 15 -> 9, set on link second" in [
        f"  {each}" for each in talk.ask("diff")
    ]
    saved = talk.ask("save")
    assert saved[1] == "  workout.sets: 3 -> 2"
    assert saved[2].startswith("  not saved: workout.reps: 15 -> 9, set on link second")
    assert talk.control.settings.diff() == [("workout.reps", 15, 9)]
    assert talk.control.settings.get("workout.reps")[0] == 9, "it holds until it is taken back"
    refused = talk.ask("save")[-1]
    assert refused.startswith("error E204: save: nothing was set on this link")
    assert "workout.reps" in refused
    conversation.line("save")
    assert lines[-2:] == ["  workout.reps: 15 -> 9", "ok"]
    assert talk.control.settings.diff() == []


@pytest.mark.parametrize("command", ["save", "revert"])
def test_all_takes_those_of_every_link(talk: Talk, other: Other, command: str) -> None:
    other[0].line("set workout.reps 9")
    talk.ask("set sets 2")
    assert talk.ask(f"{command} all")[0].startswith("2 changes")
    assert talk.control.settings.diff() == []


def test_revert_leaves_another_links_change(talk: Talk, other: Other) -> None:
    other[0].line("set workout.reps 9")
    talk.ask("set sets 2")
    taken = talk.ask("revert")
    assert taken[0] == "1 change taken back"
    assert "not taken back: workout.reps" in taken[2]
    assert talk.control.settings.diff() == [("workout.reps", 15, 9)]


def test_who_changes_it_again_has_changed_it(talk: Talk, other: Other) -> None:
    other[0].line("set workout.reps 9")
    talk.ask("set workout.reps 10")
    assert talk.ask("save")[:2] == ["1 change saved", "  workout.reps: 15 -> 10"]
