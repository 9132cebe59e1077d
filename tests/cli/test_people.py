"""A person deleted wholly: proved by searching every byte of the state folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from matfw.cli.only_one import only_one
from matfw.cli.verbs import main
from matfw.history.rows import WallTime
from matfw.judging.habits import Habits
from matfw.messages import PersonWeighed, Side
from matfw.settings.state_file import STATE_FILE
from matfw.settings.store import SettingsStore
from matfw.store.database import DATABASE_FILE
from matfw.store.record import Record
from matfw.store.writer import RecordWriter
from tests.store.story import NOON, keep, rep, session, step

NAME = "Zwetschgenmus"  # in no other file
RAW_S = 4_567_891_234.0  # of NAME's raw counts: their files are named by it


def keep_raw(folder: Path, person: str, unix_s: float) -> None:
    """Let a person do some repetitions, raw counts kept."""
    store = SettingsStore(None, folder)
    store.new_profile(person)
    store.set("workout.reps", "7")
    store.save()
    store.save_habits(Side.LEFT, Habits(reps=3, shift_mm=2.0, sd_mm=1.0))
    store.set("record.raw", "true")
    record = Record(store, folder, store.settings.mat(), print, firmware="0.1.0",
                    is_virtual=False, now=lambda: WallTime(unix_s, 0.1), boot=person)  # fmt: skip
    record.events([PersonWeighed(5.0, 71.5)])
    for number in (1, 2, 3):
        x = rep(number, reason=f"{person} was here")
        for k in range(20):
            record.step(step(x.start_s + 0.1 * k))
        record.events([x])
    record.close()
    store.use_profile(None) if not store.diff() else store.revert()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return a folder with NAME and bea, backups, and files that were set aside."""
    folder = tmp_path / "state"
    keep_raw(folder, NAME, RAW_S)
    keep_raw(folder, "bea", NOON.unix_s)
    (folder / f"{STATE_FILE}.damaged-1").write_bytes((folder / STATE_FILE).read_bytes()[:-50])
    (folder / f"{DATABASE_FILE}.damaged-1").write_bytes((folder / DATABASE_FILE).read_bytes())
    writer = RecordWriter(folder / DATABASE_FILE, print)
    for number in range(1, 50):  # much, so that pages are freed
        writer.keep(keep(rep(number, reason=f"{NAME}, again"), session(NAME, began_s=900.0)))
    writer.close()
    return folder


def holding(folder: Path, *words: str) -> set[str]:
    """Return the files that hold any of the words, or have it in their name."""
    return {
        path.name
        for path in folder.rglob("*")
        if path.is_file()
        and any(word.encode() in path.read_bytes() or word in path.name for word in words)
    }


def test_nothing_of_a_deleted_person_is_in_any_file(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    traces = (NAME, str(int(RAW_S)))
    assert len(holding(state, *traces)) >= 6  # or nothing is proved
    assert main(["people", "delete", NAME, "--yes", "--state", str(state)]) == 0
    assert holding(state, *traces) == set()
    output = capsys.readouterr().out
    assert f"{NAME} is deleted: 2 sessions, profile, raw counts and backups" in output
    assert "matfw.sqlite3.damaged-1, state.toml.damaged-1" in output
    # and everything of the other one is there
    assert main(["people", "list", "--state", str(state)]) == 0
    assert capsys.readouterr().out == "bea: 1 sessions\n"
    assert SettingsStore(None, state).state.habits.keys() == {"bea"}
    assert len(list((state / "recordings" / "sessions").iterdir())) == 1


def test_without_yes_nothing_is_deleted(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = holding(state, NAME)
    assert main(["people", "delete", NAME, "--state", str(state)]) == 2
    assert "cannot be undone: say --yes" in capsys.readouterr().err
    assert holding(state, NAME) == before


def test_a_person_is_renamed_with_profile_and_sessions(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", "rename", "bea", "beate", "--state", str(state)]) == 0
    assert main(["people", "list", "--state", str(state)]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [f"{NAME}: 2 sessions", "beate: 1 sessions"]
    assert SettingsStore(None, state).state.habits.keys() == {NAME, "beate"}


@pytest.mark.parametrize(
    "what", [("rename", "nobody", "bea2"), ("delete", "nobody", "--yes"), ("rename", "bea", NAME)]
)
def test_who_is_not_there_or_a_name_taken_is_refused(
    state: Path, capsys: pytest.CaptureFixture[str], what: tuple[str, ...]
) -> None:
    assert main(["people", *what, "--state", str(state)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_beside_a_firmware_that_runs_people_are_its_consoles(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with only_one(state, print):
        assert main(["people", "delete", NAME, "--yes", "--state", str(state)]) == 1
    assert "matfw runs already on" in capsys.readouterr().err
