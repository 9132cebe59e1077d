"""The verbs about kept sessions, as people type them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from matfw.cli.verbs import main
from matfw.messages import Fault
from matfw.store.database import DATABASE_FILE
from matfw.store.writer import RecordWriter
from tests.store.story import faulty, keep, rep, session


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return a state folder with a session of ann and one of bea."""
    folder = tmp_path / "state"
    writer = RecordWriter(folder / DATABASE_FILE, print)
    for number in (1, 2):
        writer.keep(keep(rep(number)))
    writer.keep(keep(faulty(3, Fault.KICK)))
    bea = session("bea", began_s=60.0)
    writer.keep(keep(replace(rep(1), up_s=2.5), bea))
    writer.close()
    return folder


def lines(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> list[str]:
    assert main(list(arguments)) == code
    captured = capsys.readouterr()
    return (captured.err if code else captured.out).splitlines()


def test_a_report_is_of_the_last_session_unless_asked(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("report", "--state", str(state))
    assert lines(capsys, *where)[0].startswith("Session 2: bea, ")
    assert lines(capsys, *where, "--person", "ann")[0].startswith("Session 1: ann, ")
    assert lines(capsys, *where, "--session", "1")[-2:] == [
        "To change next time, kick: lift less high and slowly: three inches in perfect form are"
        " worth more.",
        "  A third of the repetitions or more were thrown up (1 of 3).",
    ]  # fmt: skip
    assert len(lines(capsys, *where, "--session", "all")) == 3


def test_what_is_not_there_is_reported(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("report", "--state", str(state))
    (line,) = lines(capsys, *where, "--session", "7", code=2)
    assert line.startswith("matfw: there is no session 7")
    (line,) = lines(capsys, *where, "--person", "anne", code=2)
    assert line == "matfw: no session of 'anne' is kept: did you mean ann?"
    (line,) = lines(capsys, "report", "--state", str(state / "none"), code=1)
    assert "there is none yet" in line


def test_a_page_is_private_and_replaces_only_a_page(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "page.html"
    where = ("report", "--state", str(state), "--html", str(target), "--session", "all")
    for _ in range(2):
        (line,) = lines(capsys, *where)
        assert line.startswith(f"{target}: 2 sessions, ")
    assert target.stat().st_mode & 0o777 == 0o600
    target.write_text("<html>somebody's own</html>")
    (line,) = lines(capsys, *where, code=2)
    assert "is no report of matfw: it is not overwritten" in line
    assert target.read_text() == "<html>somebody's own</html>"


def test_progress_is_of_one_person_and_takes_no_virtual_session_for_real(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    writer = RecordWriter(state / DATABASE_FILE, print)
    writer.keep(keep(rep(1), session("bea", began_s=90.0, is_virtual=True)))
    writer.close()
    where = ("progress", "--state", str(state))
    assert lines(capsys, *where)[0] == "bea: 1 sessions in 1 weeks"
    assert lines(capsys, *where, "--person", "ann")[0].startswith("ann: 1 sessions")
    target = state / "progress.html"
    assert lines(capsys, *where, "--html", str(target)) == [f"{target}: 1 sessions"]


def test_an_export_is_private_and_overwrites_nothing(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("export", "--state", str(state), "--format", "csv", "--output", str(tmp_path / "out"))
    assert lines(capsys, *where) == [f"{tmp_path / 'out'}: 2 sessions, 6 files"]
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()}
    assert modes == {0o600}
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
    (line,) = lines(capsys, *where, code=2)
    assert "exists and is no empty folder" in line
    target = tmp_path / "all.json"
    where = (*where[:-3], "json", "--output", str(target))
    assert lines(capsys, *where) == [f"{target}: 2 sessions, one file"]
    assert "exists and is not overwritten" in lines(capsys, *where, code=2)[0]


def test_an_export_without_a_file_goes_to_stdout(
    state: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["export", "--state", str(state), "--format", "csv", "--person", "ann"]) == 0
    rows = capsysbinary.readouterr().out.decode().splitlines()
    assert rows[0].startswith("session,set,rep,side,")
    assert len(rows) == 4


def test_a_fit_file_is_of_one_session(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("garmin_fit_sdk", reason="the extra [fit] is not installed")
    where = ("export", "--state", str(state), "--format", "fit", "--output")
    (line,) = lines(capsys, *where, str(tmp_path / "all.fit"), code=2)
    assert line.startswith("matfw: a FIT file holds one session (got 2)")
    assert lines(capsys, *where, str(tmp_path / "one.fit"), "--session", "1")
    assert lines(capsys, *where, str(tmp_path / "each"))
    names = sorted(path.name for path in (tmp_path / "each").iterdir())
    assert names == ["session-1.fit", "session-2.fit"]


def test_without_its_extra_fit_says_what_to_install(
    state: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "garmin_fit_sdk", None)
    where = ("export", "--state", str(state), "--format", "fit", "--session", "1")
    (line,) = lines(capsys, *where, code=2)
    assert "pip install 'matfw[fit]'" in line
