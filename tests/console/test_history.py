"""Kept sessions at the console: listed, reported, renamed, forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from matfw.history.rows import SessionRecord
from matfw.messages import Announcement, CueGiven, Fault, SetChanged, SetState, Side
from matfw.store.database import DATABASE_FILE
from matfw.store.record import Record
from matfw.store.writer import RecordWriter
from tests.control.fake_control import Talk
from tests.store.story import NOON, faulty, keep, rep, session


class Kept(Talk):
    """A conversation with a mat that keeps sessions."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        control = self.control
        self.record = Record(
            control.settings, folder, replace(control.mat(), side=Side.LEFT), self.lines.append,
            firmware="0.1.0", is_virtual=False, now=lambda: NOON, boot="this boot",
            offer=self.offered,
        )  # fmt: skip
        control.record = self.record

    def offered(self, found: SessionRecord, text: str) -> None:
        self.lines.append(text)
        self.control.offer.make(found, text)

    def work_out(self, *reps: object) -> None:
        self.record.events(list(reps))  # type: ignore[arg-type]  # repetitions
        self.record.tap.end_session()
        self.record.writer.call(lambda _: None)  # until they are kept

    def close(self) -> None:
        self.record.close()
        super().close()


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    made.control.settings.new_profile("ann")
    made.work_out(rep(1), faulty(2, Fault.ROLL_BACK))
    made.work_out(rep(11), rep(12), rep(13))
    yield made
    made.close()


def test_the_last_sessions_are_listed(talk: Kept) -> None:
    *lines, end = talk.ask("history")
    assert end == "ok"
    assert [line.split()[0] for line in lines] == ["no", "1", "2"]
    assert len(talk.ask("history 1")) == 3
    talk.ask("mode json")
    first, second = talk.json('{"id": 1, "command": "history"}')["result"]["sessions"]
    assert (first["session"], first["reps"], first["clean"]) == (1, 2, 1)
    assert (second["person"], second["state"]) == ("ann", "done")


def test_status_says_why_nothing_is_kept_and_what_is_wrong_with_the_supply(
    talk: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = "the disk is full: free some space; repetitions are judged, and kept later"
    assert not [line for line in talk.ask("status") if line.startswith("state ")]
    monkeypatch.setattr(talk.record.writer, "trouble", why)
    assert f"state       {why}" in talk.ask("status")
    talk.control._supply_trouble = lambda: "the Pi: the supply is under 4.63 V now"
    found = talk.ask("status")
    assert found.index(f"state       {why}") + 1 == found.index(
        "state       the Pi: the supply is under 4.63 V now"
    )


def test_a_report_says_what_to_change(talk: Kept) -> None:
    lines = talk.ask("report 1")
    assert any(line.startswith("To change next time, roll back: stack them") for line in lines)
    assert talk.ask("report")[-2:] == ["3 of 3 clean. Nothing to change.", "ok"]
    talk.ask("mode json")
    found = talk.json('{"id": 1, "command": "report 1"}')["result"]
    assert found["main_fault"] == "roll_back"
    assert found["by_set"] == [
        "1 of 2 clean; 1 times roll back: stack them, one right above the other."
    ]


@pytest.mark.parametrize("which", ["9", "first", "-1", "999999999999"])
def test_a_session_that_is_not_there_is_refused(talk: Kept, which: str) -> None:
    (answer,) = talk.ask(f"report {which}")
    assert answer.startswith("error E")


def test_who_is_renamed_keeps_profile_and_sessions(talk: Kept) -> None:
    assert talk.ask("people rename ann anna")[-1] == "ok"
    assert talk.control.settings.profile == "anna"
    assert talk.ask("people list") == ["anna: 2 sessions", "ok"]
    talk.work_out(rep(21))
    assert talk.ask("people list") == ["anna: 3 sessions", "ok"]


@pytest.mark.parametrize(("name", "words"), [("none", "a profile must have"), ("bea", "exists")])
def test_a_name_that_is_none_or_taken_changes_nothing(talk: Kept, name: str, words: str) -> None:
    talk.control.settings.new_profile("bea")
    (answer,) = talk.ask(f"people rename ann {name}")
    assert answer.startswith("error E203")
    assert words in answer
    assert talk.ask("people list") == ["ann: 2 sessions", "bea: 0 sessions", "ok"]


def test_who_is_forgotten_is_so_only_with_yes(talk: Kept) -> None:
    (answer,) = talk.ask("people forget ann")
    assert answer.startswith("error E307: people forget: deletes the profile, sessions")
    lines = talk.ask("people forget ann yes")
    assert lines[0] == "ann is deleted: 2 sessions, profile, raw counts and backups"
    assert lines[1].startswith("no profile is in use now")
    assert talk.ask("people list") == ["ok"]
    assert talk.ask("history")[0].startswith("error E501: history: no session is kept yet")
    assert talk.ask("people forget ann yes")[0].startswith("error E203")


def test_a_locked_console_lists_and_changes_nobody(talk: Kept) -> None:
    talk.ask("lock 1234")
    talk.ask("lock")
    assert talk.ask("people list") == ["ann: 2 sessions", "ok"]
    assert talk.ask("people forget ann yes")[0].startswith("error E601")


def test_that_nothing_is_kept_is_reported(tmp_path: Path) -> None:
    talk = Talk(tmp_path / "other")
    for command in ("history", "report", "people list"):
        (answer,) = talk.ask(command)
        assert "nothing is kept: `set record.keep on`" in answer
    talk.close()


def test_an_interrupted_session_goes_on_in_the_workout_too(tmp_path: Path) -> None:
    writer = RecordWriter(tmp_path / DATABASE_FILE, print)
    for number in (1, 2):
        writer.keep(keep(rep(number), session(None, boot="before")))
    writer.close()
    talk = Kept(tmp_path)
    talk.record.writer.call(lambda _: None)
    assert talk.lines[0].startswith("session 1 was interrupted, 0 min ago in set 1, after 2 of 3")
    assert talk.ask("resume") == [
        "session 1 goes on in set 1, after 2 repetitions: lie still, then begin", "ok",
    ]  # fmt: skip
    progress = talk.control.firmware.line.progress
    assert (progress.set_number, progress.rep, progress.clean) == (1, 2, 2)
    assert talk.ask("resume")[0].startswith("error E305: resume: no session was interrupted")
    talk.close()


@pytest.fixture
def interrupted(tmp_path: Path) -> Iterator[Kept]:
    writer = RecordWriter(tmp_path / DATABASE_FILE, print)
    for number in (1, 2):
        writer.keep(keep(rep(number), session(None, boot="before")))
    writer.close()
    talk = Kept(tmp_path)
    talk.record.writer.call(lambda _: None)
    talk.control.play(0.1)
    yield talk
    talk.close()


def tap_twice(talk: Kept) -> None:
    step = talk.control._observed.latest
    assert step is not None
    talk.control.step(structs.replace(step, taps=2))
    talk.control.play(0.1)


def test_an_interrupted_session_is_reported_once_to_a_later_link(interrupted: Kept) -> None:
    first = interrupted.ask("version")
    interrupted.control.play(0.1)
    interrupted.conversation.poll()
    notices = [line for line in (*first, *interrupted.lines) if line.startswith("// ")]
    assert len([line for line in notices if "session 1 was interrupted" in line]) == 1
    interrupted.ask("resume")
    assert interrupted.control.offer.notice is None


def test_two_taps_after_its_cue_take_the_offer(interrupted: Kept) -> None:
    line = interrupted.control.firmware.line
    tap_twice(interrupted)
    assert line.progress.rep == 0, "before the cue two taps mean other things"
    t_s = interrupted.control.t_s
    interrupted.control.events([CueGiven(t_s, Announcement.UNFINISHED)])
    tap_twice(interrupted)
    assert (line.progress.set_number, line.progress.rep) == (1, 2)
    assert interrupted.ask("resume")[0].startswith("error E305")


@pytest.mark.parametrize("seconds", [0.0, 31.0])
def test_an_offer_is_over_when_a_set_begins_or_nobody_takes_it(
    interrupted: Kept, seconds: float
) -> None:
    control = interrupted.control
    control.events([CueGiven(control.t_s, Announcement.UNFINISHED)])
    control.play(seconds)
    if not seconds:
        begun = SetChanged(t_s=control.t_s, state=SetState.STARTED, set=1, of=2, side=Side.LEFT,
                           reps=3, clean=0)  # fmt: skip
        control.events([begun])
    tap_twice(interrupted)
    assert control.firmware.line.progress.rep == 0
