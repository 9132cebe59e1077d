"""Tap, thread and files together: a line's events become a session that can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from matfw.history.rows import RawFile, SessionState, WallTime
from matfw.messages import PersonWeighed, RawFrame, Side
from matfw.recording.file import read_recording
from matfw.settings.store import SettingsStore
from matfw.store import raw
from matfw.store.database import DATABASE_FILE
from matfw.store.reader import read_sessions
from matfw.store.record import Record
from matfw.store.wall_clock import boot_id, wall_time
from matfw.store.writer import RecordWriter
from tests.control.fake_control import UNSYNCED
from tests.store.story import NOON, asked, keep, rep, session, step


class Run:
    """A firmware's record, its settings, and its notices."""

    def __init__(
        self, folder: Path, now: Callable[[], WallTime] = lambda: NOON, **settings: str
    ) -> None:
        self.folder = folder
        self.notices: list[str] = []
        self.store = SettingsStore(None, folder, UNSYNCED)
        for name, value in settings.items():
            self.store.set(f"record.{name}", value)
        mat = replace(self.store.settings.mat(), side=Side.LEFT)
        self.record = Record(
            self.store, folder, mat, self.notices.append, firmware="0.1.0", is_virtual=False,
            now=now, boot="this boot",
        )  # fmt: skip

    def play(self, first: int, last: int) -> None:
        """Let repetitions from one number to another be done, with their frames."""
        for number in range(first, last + 1):
            x = rep(number)
            for k in range(50):
                self.record.step(step(x.start_s + 0.1 * k))
            self.record.events([x])

    @property
    def raw_files(self) -> list[Path]:
        return sorted((self.folder / "recordings" / "sessions").glob("*"))


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = Run(tmp_path / "state")
    yield made
    made.record.close()


def test_a_run_is_a_session_with_what_was_asked_for(run: Run) -> None:
    for key, value in (("workout.reps", "5"), ("workout.tempo_s", "2, 2, 3")):
        run.store.set(key, value)
    run.record.events([PersonWeighed(5.0, 71.5)])
    run.play(1, 2)
    run.record.close()
    (found,) = read_sessions(run.folder / DATABASE_FILE)
    (only,) = found.sets
    assert (found.session.weight_kg, found.session.layout) == (71.5, "core4")
    assert (only.reps_asked, only.tempo.hold_s, only.side) == (5, 2.0, Side.LEFT)
    assert only.reps[0].rep.start_s == pytest.approx(rep(1).start_s - 5.0)
    assert not run.raw_files


def test_who_is_forgotten_in_mid_session_leaves_nothing_and_loses_nothing_that_comes(
    tmp_path: Path,
) -> None:
    run = Run(tmp_path / "state", raw="true")
    run.store.revert()
    run.store.new_profile("ann")
    run.play(1, 2)
    run.store.delete_profile("ann")
    assert run.record.forget("ann") == 1
    run.play(3, 4)
    run.record.close()
    assert not run.notices
    (found,) = read_sessions(run.folder / DATABASE_FILE)
    assert found.session.person is None
    assert len(found.reps) == 2
    assert {f"sessions/{path.name}" for path in run.raw_files} == {
        file.name for file in found.raw_files
    }


def test_who_is_renamed_in_mid_session_keeps_it(run: Run) -> None:
    run.store.new_profile("ann")
    run.play(1, 2)
    run.record.rename("ann", "anna")
    run.store.new_profile("anna")
    run.play(3, 3)
    run.record.close()
    (found,) = read_sessions(run.folder / DATABASE_FILE)
    assert (found.session.person, len(found.reps)) == ("anna", 3)


def test_raw_counts_are_whole_recordings_of_their_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, "SEGMENT_S", 10.0)
    run = Run(tmp_path / "state", raw="true")
    run.record.step(step(1.0))  # nobody has been weighed: of no session
    run.record.events([PersonWeighed(5.0, 71.5)])
    run.play(1, 3)
    run.record.close()
    (found,) = read_sessions(run.folder / DATABASE_FILE)
    assert found.raw_files == tuple(RawFile(f"sessions/{path.name}", 5.0) for path in run.raw_files)
    frames = [frame for path in run.raw_files for frame in read_recording(path).frames()]
    assert len(run.raw_files) == 2
    assert len(frames) == 150
    assert frames[0] == RawFrame(rep(1).start_s, (1, 2, 3, 4))
    assert {path.stat().st_mode & 0o777 for path in run.raw_files} == {0o600}


def test_raw_counts_beyond_the_limit_cost_the_oldest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, "SEGMENT_S", 7.0)
    monkeypatch.setattr(raw, "MB", 400)  # a segment here has some 500 bytes
    run = Run(tmp_path / "state", raw="true", raw_limit_mb="10")
    run.record.events([PersonWeighed(5.0, 71.5)])
    run.play(1, 15)
    run.record.close()
    sizes = [path.stat().st_size for path in run.raw_files]
    assert 2 <= len(sizes) < 15
    assert sum(sizes) < 10 * 400 + 2 * max(sizes)
    names = [path.name for path in run.raw_files]
    assert names[-1].endswith("-015.csv.gz")


def test_a_disk_that_is_nearly_full_costs_the_raw_counts_and_no_repetition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, "FREE_BYTES", 10**18)
    run = Run(tmp_path / "state", raw="true")
    run.record.events([PersonWeighed(5.0, 71.5)])
    run.play(1, 2)
    run.record.close()
    (notice,) = run.notices
    assert notice.startswith("raw counts are not kept any more: less than")
    assert len(read_sessions(run.folder / DATABASE_FILE)[0].reps) == 2


def test_the_kernel_says_how_far_its_clock_may_be_off() -> None:
    now = wall_time()
    assert now.doubt_s is None or 0.0 <= now.doubt_s < 3600.0
    assert len(boot_id()) == 36


# --- a session that was interrupted


def cut(folder: Path, reps: int, *, person: str | None = None) -> None:
    """Let somebody do repetitions of 3 a set on an earlier boot, and cut the power."""
    writer = RecordWriter(folder / DATABASE_FILE, print)
    info = session(person, boot="before")
    for number in range(1, reps + 1):
        set_number, k = divmod(number - 1, 3)
        job = keep(rep(number), info, asked(set_number + 1))
        writer.keep(replace(job, number=k + 1))
    writer.close()


def settled(run: Run) -> None:
    """Wait for the thread to have looked at what there was."""
    run.record.writer.call(lambda _: None)


def after(folder: Path, minutes: float, doubt_s: float | None = 0.02) -> Run:
    """Return the firmware that starts so long after the last repetition."""
    ended_s = NOON.unix_s + rep(5).end_s - 4.0
    made = Run(folder, now=lambda: WallTime(ended_s + 60.0 * minutes, doubt_s))
    settled(made)
    return made


def test_an_interrupted_session_is_offered_and_goes_on_where_it_was(tmp_path: Path) -> None:
    cut(tmp_path / "state", 5)
    run = after(tmp_path / "state", 3.0)
    assert run.notices == [
        "session 1 was interrupted, 3 min ago in set 2, after 2 of 3 repetitions: `resume` at the"
        " console goes on with it, or two taps after its cue"
    ]
    run.record.step(step(1_000.0))
    offered = run.record.interrupted()
    assert offered is not None
    resumed = run.record.resume(offered)
    assert [len(each) for each in resumed.sets] == [3, 2]
    assert resumed.sets[-1][-1].end_s == pytest.approx(1_000.0)
    run.record.events([rep(1, start_s=1_010.0), rep(2, start_s=1_017.0)])
    run.record.close()
    (found,) = read_sessions(run.folder / DATABASE_FILE)
    assert found.session.state is SessionState.DONE
    assert [len(each.reps) for each in found.sets] == [3, 3, 1]
    last = found.sets[1].reps[-1].rep
    assert last.start_s - found.sets[1].reps[-2].rep.end_s == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("minutes", "doubt_s", "is_offered"),
    [(119.0, 0.02, True), (121.0, 0.02, False), (-9_000.0, None, True)],
)
def test_it_is_offered_for_two_hours_or_where_nobody_knows_the_time(
    tmp_path: Path, minutes: float, doubt_s: float | None, is_offered: bool
) -> None:
    cut(tmp_path / "state", 5)
    run = after(tmp_path / "state", minutes, doubt_s)
    assert bool(run.notices) is is_offered
    assert (run.record.interrupted() is not None) is is_offered
    run.record.close()


def test_somebody_elses_session_is_not_offered_nor_one_that_ended(tmp_path: Path) -> None:
    cut(tmp_path / "hers", 2, person="bea")
    run = after(tmp_path / "hers", 1.0)
    assert run.record.interrupted() is None
    run.play(1, 1)
    run.record.close()
    run = after(tmp_path / "hers", 1.0)
    assert run.record.interrupted() is None
    assert not run.notices
    run.record.close()
