"""All that is kept of a running firmware's sessions, put together: tap, thread, raw segments.

The main thread calls `step`, `events` and `released_rep`. Consoles call the rest, from any thread
but that one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from matfw.history.rows import SessionInfo, SessionRecord, SetInfo, WallTime
from matfw.messages import Event, Mat, Rep, Side
from matfw.pipeline import Step
from matfw.settings.store import SettingsStore
from matfw.store.background import BackgroundWriter
from matfw.store.database import DATABASE_FILE
from matfw.store.forgetting import remove_leftovers
from matfw.store.raw import RawSegments
from matfw.store.raw_files import remove_unclaimed
from matfw.store.reader import ALL, read_people, read_sessions
from matfw.store.tap import Asked, RecordTap
from matfw.store.wall_clock import boot_id, wall_time
from matfw.workout.plan import Variation

RECORDINGS = "recordings"


class Record:
    """Keeps sessions of one firmware in its state folder."""

    def __init__(
        self,
        store: SettingsStore,
        state_dir: Path,
        mat: Mat,
        say: Callable[[str], object],
        *,
        firmware: str,
        is_virtual: bool,
        now: Callable[[], WallTime] = wall_time,
        boot: str | None = None,
        set_over: Callable[[SetInfo, Sequence[Rep]], object] = lambda *_: None,
    ) -> None:
        """Begin. say: takes what a person should know, from any thread. set_over: takes a set that
        is over, in the main thread.

        mat: as the line begins with it; its side holds where the settings name none.
        """
        self.path = state_dir / DATABASE_FILE
        self._store = store
        self._mat = mat
        self._layout = mat.layout
        self._firmware = firmware
        self._is_virtual = is_virtual
        self._now = now
        self._boot = boot_id() if boot is None else boot
        self._folder = state_dir / RECORDINGS
        self.writer = BackgroundWriter(self.path, say)
        self.tap = RecordTap(self.writer, self._asked, now, self._begun, set_over)
        asked = store.settings.record
        self._raw: RawSegments | None = None
        if asked.raw:
            source = "the VIRTUAL bench of matfw: no person" if is_virtual else "a matfw mat"
            self._raw = RawSegments(
                self._folder, self._mat_now, self.writer.put, say,
                limit_mb=asked.raw_limit_mb, source=source,
            )  # fmt: skip

    # --- the main thread's side

    def step(self, step: Step) -> None:
        """See one frame's step."""
        self.tap.step(step)
        session = self.tap.session
        if self._raw is not None and session is not None:
            self._raw.put(session, step.raw)

    def events(self, events: Sequence[Event]) -> None:
        """See what happened."""
        self.tap.events(events)

    def released_rep(self, t_s: float) -> int:
        """Return the number of the last repetition that may be announced now; never waits."""
        return self.tap.released_rep(t_s)

    def close(self) -> None:
        """End the session under way and keep all of it."""
        self.tap.end_session()
        if self._raw is not None:
            self._raw.close()
        self.writer.close()

    # --- the consoles' side

    def sessions(self, which: str = ALL, person: str | None = None) -> Sequence[SessionRecord]:
        """Return kept sessions, oldest first. Raises MatError."""
        return read_sessions(self.path, which, person)

    def people(self) -> Sequence[tuple[str, int]]:
        """Return the people of whom sessions are kept, and how many. Raises MatError."""
        return read_people(self.path)

    def rename(self, old: str, new: str) -> None:
        """Keep a person's sessions under another name. Raises MatError."""
        self.writer.call(lambda writer: writer.rename(old, new, self.tap.t_s))
        self.tap.renamed.append((old, new))

    def forget(self, name: str) -> int:
        """Delete a person's sessions, raw counts and backups; return how many sessions.

        Raises MatError.
        """
        number = self.writer.call(lambda writer: writer.forget(name, self.tap.t_s))
        self.tap.renamed.append((name, None))
        if self._raw is not None:
            self._raw.leave(name, self.tap.t_s)
        remove_unclaimed(self._folder, self.writer.call(lambda writer: writer.raw_files()))
        remove_leftovers(self.path.parent, name)
        return number

    # --- for the tap

    def _mat_now(self) -> Mat:
        settings = self._store.settings
        side = settings.workout.side
        return replace(
            settings.mat(self._store.state),
            side=self._mat.side if side is Side.UNKNOWN else side,
            channels=self._mat.channels,
        )

    def _asked(self) -> Asked:
        mat, plan = self._mat_now(), self._store.settings.plan()
        asked = SetInfo(
            number=1, side=mat.side, reps_asked=plan.reps, rest_asked_s=plan.rest_s,
            tempo=mat.tempo, limits=mat.limits,
            variation=plan.guide.variation if plan.guide else Variation.PLAIN,
            load_kg=plan.guide.added_kg if plan.guide else 0.0,
        )  # fmt: skip
        return Asked(self._store.profile, asked)

    def _begun(self, t_s: float, asked: Asked, now: WallTime) -> SessionInfo:
        return SessionInfo(
            boot=self._boot, began_s=t_s, origin_s=t_s, began=now, person=asked.person,
            is_virtual=self._is_virtual, layout=self._layout, firmware=self._firmware,
        )  # fmt: skip
