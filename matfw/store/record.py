"""All that is kept of a running firmware's sessions, put together: tap, thread, raw segments.

The main thread calls `step`, `events` and `released_rep`. Consoles call the rest, from any thread
but that one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from matfw.control.ports import Resumed
from matfw.errors import MatError, MatUsageError
from matfw.history.rows import (
    SessionInfo,
    SessionRecord,
    SessionRow,
    SessionState,
    SetInfo,
    WallTime,
)
from matfw.messages import Event, Mat, Rep, Side
from matfw.pipeline import Step
from matfw.settings.model import Settings
from matfw.settings.plans import NO_PLAN
from matfw.settings.store import SettingsStore
from matfw.store.background import BackgroundWriter
from matfw.store.database import DATABASE_FILE
from matfw.store.forgetting import remove_leftovers
from matfw.store.raw import RawSegments
from matfw.store.raw_files import remove_unclaimed
from matfw.store.reader import ALL, LAST, read_people, read_sessions
from matfw.store.tap import Asked, RecordTap
from matfw.store.wall_clock import boot_id, wall_time
from matfw.workout.plan import Variation

RECORDINGS = "recordings"
RESUME_S = 2 * 3600.0  # later it is another session


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
        unset_plan: str = NO_PLAN,
        offer: Callable[[SessionRecord, str], object] | None = None,
    ) -> None:
        """Begin. say: takes what a person should know, from any thread. set_over: takes a set that
        is over, in the main thread.

        mat: as the line begins with it; its side holds where the settings name none.
        unset_plan: led through where they name none. offer: takes a session that was interrupted,
        and words for it, in the writer's thread; without it they are only said.
        """
        self.path = state_dir / DATABASE_FILE
        self._store = store
        self._unset_plan = unset_plan
        self._mat = mat
        self._layout = mat.layout
        self._firmware = firmware
        self._is_virtual = is_virtual
        self._now = now
        self._boot = boot_id() if boot is None else boot
        self._folder = state_dir / RECORDINGS
        self.writer = BackgroundWriter(self.path, say, begun=lambda: self._offer(say, offer))
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

    @property
    def trouble(self) -> str:
        """Return why nothing can be kept now; empty while all is kept."""
        return self.writer.trouble

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

    # --- a session that was interrupted

    def interrupted(self) -> SessionRecord | None:
        """Return the last session where it was interrupted lately, and is of who is here now.

        Raises MatError.
        """
        found, now = self._cut_short(), self.tap.session
        if found is None or now is None:
            return found
        session = found.session
        is_on = (now.boot, now.began_s) == (session.boot, session.began_monotonic_s)
        return None if is_on else found

    def _cut_short(self) -> SessionRecord | None:
        """Return it whether or not it has been gone on with; also in the writer's thread."""
        if not self.path.exists():
            return None
        try:
            (last,) = read_sessions(self.path, LAST)
        except MatUsageError:
            return None  # none is kept yet
        session = last.session
        is_ours = session.person == self._store.profile and session.is_virtual == self._is_virtual
        if session.state is not SessionState.INTERRUPTED or not is_ours:
            return None
        since_s = self._since_s(session)
        return last if since_s is None or since_s < RESUME_S else None

    def resume(self, record: SessionRecord) -> Resumed:
        """Go on with a session in its last set, as if the time between had not been."""
        session, last_set = record.session, record.sets[-1]
        origin_s = self.tap.t_s - session.length_s
        info = SessionInfo(
            boot=session.boot, began_s=session.began_monotonic_s, origin_s=origin_s,
            began=session.began, person=session.person, is_virtual=session.is_virtual,
            layout=session.layout, firmware=session.firmware, weight_kg=session.weight_kg,
        )  # fmt: skip
        sets = tuple(
            tuple(_later(kept.rep, origin_s) for kept in each.reps) for each in record.sets
        )
        limits = replace(
            self._mat.limits, too_small_deg=last_set.too_small_deg,
            too_high_deg=last_set.too_high_deg,
        )  # fmt: skip
        asked = SetInfo(
            number=last_set.number, side=last_set.side, reps_asked=last_set.reps_asked,
            rest_asked_s=last_set.rest_asked_s, tempo=last_set.tempo, limits=limits,
            variation=last_set.variation, load_kg=last_set.load_kg,
        )  # fmt: skip
        self.tap.resume(info, sets[-1], asked)
        return Resumed(session.session_id, sets)

    def _since_s(self, session: SessionRow) -> float | None:
        """Return how long ago a session's last repetition ended; None where nobody knows."""
        now = self._now()
        if session.began.doubt_s is None or now.doubt_s is None:
            return None
        return max(0.0, now.unix_s - session.began.unix_s - session.length_s)

    def _offer(
        self,
        say: Callable[[str], object],
        offer: Callable[[SessionRecord, str], object] | None,
    ) -> None:
        """Say that a session was interrupted, once the thread has found it so."""
        with suppress(MatError):
            found = self._cut_short()
            if found is not None:
                last = found.sets[-1]
                since_s = self._since_s(found.session)
                ago = "" if since_s is None else f", {since_s / 60.0:.0f} min ago"
                text = (
                    f"session {found.session.session_id} was interrupted{ago} in set"
                    f" {last.number}, after {len(last.reps)} of {last.reps_asked} repetitions:"
                    " `resume` at the console goes on with it, or two taps after its cue"
                )
                (say(text) if offer is None else offer(found, text))

    # --- for the tap

    @property
    def _settings(self) -> Settings:
        return self._store.settings.led(self._unset_plan)

    def _mat_now(self) -> Mat:
        settings = self._settings
        side = settings.workout.side
        return replace(
            settings.mat(self._store.state),
            side=self._mat.side if side is Side.UNKNOWN else side,
            channels=self._mat.channels,
        )

    def _asked(self) -> Asked:
        mat, plan = self._mat_now(), self._settings.plan()
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


def _later(rep: Rep, origin_s: float) -> Rep:
    """Return a kept repetition with its times on the frames' clock."""
    names = ("t_s", "start_s", "top_s", "lower_s", "end_s")
    return replace(rep, **{name: getattr(rep, name) + origin_s for name in names})
