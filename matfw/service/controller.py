"""The firmware as all consoles see it: settings, the line, what happens, recordings, the lock.

Two sides, and what may be touched from each:

- The consoles' threads call what `console.desk.Desk` names, one at a time (`_lock`). Settings are
  checked, staged and written to the disk here, never in the main thread.
- The main thread calls `step` and `events` (a tap) and `between`, between two frames. It never
  takes `_lock`. A new mat or volume waits in `_wanted`, of which only the newest counts; what needs
  an answer comes as an errand.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from matfw import __version__
from matfw.control.api import CellStatus, Notice, RecordingStatus, Status
from matfw.control.errors import Code, ConsoleError
from matfw.control.lock import Lock, hash_pin
from matfw.control.subscriptions import Subscription, Subscriptions
from matfw.errors import MatError, MatSettingsError
from matfw.judging.habits import MIN_REPS, Habits, learn
from matfw.messages import (
    CellEvent,
    CellProblem,
    Cue,
    Event,
    Mat,
    Phase,
    Presence,
    RawFrame,
    ReaderEvent,
    ReaderProblem,
    Rep,
    Side,
)
from matfw.pipeline import Step
from matfw.ports import Clock, ReaderStats
from matfw.recording.background import FEED_FRAMES, BackgroundRecording, new_path
from matfw.service.calls import MainThreadCalls
from matfw.service.firmware import Firmware
from matfw.service.live_settings import live_settings
from matfw.service.workout_notices import WorkoutNotices
from matfw.settings.model import CellLine
from matfw.settings.rows import Setting
from matfw.workout.sets import Progress

if TYPE_CHECKING:
    from matfw.service.acquisition import Account
    from matfw.settings.store import SettingsStore

FEED_STEPS = 256  # 3 s at 80 a second; a console looks 20 times a second
FEED_EVENTS = 256
RESTART_DELAY_S = 0.5  # so that the answer can still be sent
STOPPED = "stop"
PIN_SALT_BYTES = 16
# A cell in one of these states gives no load.
UNTRUSTED = {CellProblem.LOST, CellProblem.STUCK, CellProblem.SATURATED}


class Controller:
    """Fits console.desk.Desk, and firmware.Tap; `between` is for the Firmware."""

    def __init__(
        self,
        store: SettingsStore,
        mat: Mat,
        clock: Clock,
        recordings: Path,
        *,
        set_volume: Callable[[float], object],
        account: Callable[[], Account],
        is_virtual: bool = False,
        has_systemd: bool = False,
        lay: Callable[[float, float, float], object] | None = None,
    ) -> None:
        """Take the settings, the mat as the line begins with it, and the folder of recordings.

        set_volume: of the buzzer, 0 to 1; called by the main thread. account: the acquisition's.
        lay: lays a weight on an empty virtual mat (kg, mm, mm), None where there is none.
        is_virtual: mat.side holds where the settings name none, since that person lies on one.
        """
        self._store = store
        self._clock = clock
        self._recordings = recordings
        self._set_volume = set_volume
        self._account = account
        self._is_virtual = is_virtual
        self._has_systemd = has_systemd
        self._lay = lay
        self._lock = threading.RLock()
        self._pin = Lock(store.pin_hash())
        self._began_s = clock.now_s()
        self._unset_side = mat.side if is_virtual else Side.UNKNOWN
        self._live_settings = self._taken = live_settings(
            store.settings, store.state, mat, self._unset_side
        )
        self._calls: MainThreadCalls[Firmware] = MainThreadCalls()
        self._steps: Subscriptions[Step] = Subscriptions(FEED_STEPS)
        self._frames: Subscriptions[RawFrame] = Subscriptions(FEED_FRAMES)
        self._events: Subscriptions[Event | Notice] = Subscriptions(FEED_EVENTS)
        self._notifications = WorkoutNotices(
            Progress(
                0, self._live_settings.plan.reps, 1, 0, 0, 0, sets=self._live_settings.plan.sets
            ),
            self._events.put,
        )
        self._measuring: str | None = None
        self._recording: BackgroundRecording | None = None
        # Written by the main thread alone, each a whole object, read by the others.
        self._step: Step | None = None
        self._loads_kg: tuple[float | None, ...] = ()  # the latest of each cell
        self._problems: dict[str, CellProblem] = {}
        self._reader: ReaderEvent | None = None
        self._reps: tuple[Rep, ...] = ()
        self._is_judging = True
        self._frame_count = self._bad_count = 0
        self._restart_s: float | None = None

    # --- the main thread's side ------------------------------------------------------------------

    def step(self, step: Step) -> None:
        """See one frame's step."""
        self._frame_count += 1
        self._bad_count += None in step.raw.counts
        self._step = step
        latest = self._loads_kg or (None,) * len(step.clean.loads_kg)
        self._loads_kg = tuple(
            [
                old if new is None else new
                for old, new in zip(latest, step.clean.loads_kg, strict=True)
            ]
        )
        self._steps.put(step)
        self._frames.put(step.raw)

    def events(self, events: Sequence[Event]) -> None:
        """See what happened."""
        for event in events:
            if isinstance(event, CellEvent):
                before = self._problems.get(event.cell, CellProblem.OK)
                if self._measuring and {before, event.problem} == {
                    CellProblem.OK,
                    CellProblem.DRIFTING,
                }:
                    continue  # weights come and go: that is no drift
                self._problems = {**self._problems, event.cell: event.problem}
            if isinstance(event, ReaderEvent):
                self._reader = event
            if isinstance(event, Rep):
                self._reps = (*self._reps, event)[-MIN_REPS:]
            self._events.put(event)

    def between(self, firmware: Firmware) -> None:
        """Bring the line to what is wanted, and do one errand. Raises MatError to restart."""
        new = self._live_settings
        if new is not self._taken:
            firmware.line.adopt(new.mat, new.plan)
            self._set_volume(new.volume)
            self._taken = new
        self._calls.do_one(firmware)
        self._is_judging = firmware.is_judging
        if self._step is not None:
            self._notifications.follow(firmware.line.progress, self._step.raw.t_s)
        if self._restart_s is not None and self._clock.now_s() >= self._restart_s:
            raise MatError("a console asked for a restart: systemd starts matfw again")

    def _notice(self, event: str, text: str, **data: object) -> None:
        self._events.put(Notice(event, text, {"text": text, **data}))

    # --- how things stand ------------------------------------------------------------------------

    def status(self) -> Status:
        """Return how things stand."""
        step, progress, account = self._step, self._notifications.progress, self._account()
        now, store = self._live_settings, self._store
        loads = self._known_loads_kg()
        known_kg = [load for load in loads if load is not None]
        known = store.calibration()
        is_lying = step is not None and step.motion.presence is Presence.LYING
        return Status(
            version=__version__,
            is_virtual=self._is_virtual,
            layout=now.mat.layout,
            uptime_s=self._clock.now_s() - self._began_s,
            presence=step.motion.presence if step else Presence.EMPTY,
            weight_kg=step.motion.weight_kg if step else None,
            load_kg=sum(known_kg) if len(known_kg) == len(loads) else None,
            side=now.mat.side,
            is_judging=self._is_judging,
            phase=step.phase.phase if step and step.phase else Phase.REST,
            angle_deg=max(0.0, step.motion.angle_deg) if step and is_lying else 0.0,
            rep=progress.rep,
            reps_per_set=now.plan.reps,
            set_number=progress.set_number,
            sets=now.plan.sets,
            rest_left_s=self._notifications.rest_left_s,
            is_workout_done=progress.is_workout_done,
            clean=progress.clean,
            faulty=progress.faulty,
            unsure=progress.unsure,
            cells=tuple(
                CellStatus(cell.name, load, self._problems.get(cell.name, CellProblem.OK))
                for cell, load in zip(now.mat.cells, loads, strict=True)
            ),
            uncalibrated=tuple(c.name for c in now.mat.cells if c.name not in known),
            rate_hz=account.stats.measured_rate_hz,
            frames=self._frame_count,
            bad_frames=self._bad_count,
            lost_frames=account.dropped,
            is_muted=now.volume == 0.0,
            profile=store.profile,
            unsaved=len(store.diff()),
            lock=self._pin.word,
            is_reader_late=self._reader is not None and self._reader.problem is ReaderProblem.LATE,
            recording=self._recording.status
            if self._recording and self._recording.is_running
            else None,
        )

    def _known_loads_kg(self) -> tuple[float | None, ...]:
        """Return each cell's latest load; None of one that gives nothing to be trusted."""
        cells = self._live_settings.mat.cells
        return tuple(
            None if self._problems.get(cell.name) in UNTRUSTED else load
            for cell, load in zip(cells, self._loads_kg or (None,) * len(cells), strict=True)
        )

    def mat(self) -> Mat:
        """Return the mat as the line has it, from the next frame on at the latest."""
        return self._live_settings.mat

    def stats(self) -> ReaderStats:
        """Return the reader's latest account of itself."""
        return self._account().stats

    def steps(self) -> Subscription[Step]:
        """Open a feed of every frame's step."""
        return self._steps.open()

    def events_feed(self) -> Subscription[Event | Notice]:
        """Open a feed of what happens."""
        return self._events.open()

    # --- settings --------------------------------------------------------------------------------

    def settings_table(self) -> Sequence[Setting]:
        """Return a row for every setting."""
        return self._store.table()

    def get(self, key: str) -> tuple[object, str]:
        """Return a setting's value and where it comes from."""
        return self._store.get(key)

    def set(self, key: str, text: str) -> None:
        """Check and stage a value, and let the line have it."""
        self._change(lambda: self._store.set(key, text))

    def diff(self) -> Sequence[tuple[str, object, object]]:
        """Return key, saved and new value of every unsaved change."""
        return self._store.diff()

    def save(self) -> None:
        """Keep the unsaved changes."""
        self._change(self._store.save)

    def revert(self) -> None:
        """Forget the unsaved changes."""
        self._change(self._store.revert)

    def factory(self, key: str | None) -> None:
        """Let a setting, or all, be what the person's file or the default says."""
        self._change(lambda: self._store.factory(key))

    def profiles(self) -> tuple[Sequence[str], str | None]:
        """Return the names of all profiles and of the one in use."""
        return self._store.profiles(), self._store.profile

    def new_profile(self, name: str) -> None:
        """Make a profile and use it."""
        self._change(lambda: self._store.new_profile(name), Code.PROFILE_REFUSED)

    def use_profile(self, name: str) -> None:
        """Use a profile."""
        self._change(lambda: self._store.use_profile(name), Code.PROFILE_REFUSED)

    def delete_profile(self, name: str) -> None:
        """Forget a profile."""
        self._change(lambda: self._store.delete_profile(name), Code.PROFILE_REFUSED)

    def _change(self, change: Callable[[], object], code: Code = Code.SETTING_REFUSED) -> None:
        with self._lock:
            try:
                change()
            except MatSettingsError as error:
                raise ConsoleError(code, str(error)) from None
            new = live_settings(
                self._store.settings, self._store.state, self._live_settings.mat, self._unset_side
            )
            if new != self._live_settings:
                self._live_settings = new

    # --- the mat ---------------------------------------------------------------------------------

    def calibration(self) -> Mapping[str, CellLine]:
        """Return each calibrated cell's line."""
        return self._store.calibration()

    def factory_calibration(self) -> Mapping[str, CellLine]:
        """Return the first calibration, which is kept for good."""
        return self._store.factory_calibration()

    def previous_calibration(self) -> Mapping[str, CellLine]:
        """Return the calibration before the last one."""
        return self._store.previous_calibration()

    def save_calibration(self, lines: Mapping[str, CellLine], note: str) -> None:
        """Keep these lines, and let the line have them."""
        dated = f"{note}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        self._change(lambda: self._store.save_calibration(lines, note=dated))

    @property
    def can_lay(self) -> bool:
        """Return whether this is an empty virtual mat."""
        return self._lay is not None

    def lay(self, weight_kg: float, x_mm: float, y_mm: float) -> None:
        """Lay a weight on the empty virtual mat."""
        if self._lay is None:
            raise ConsoleError(
                Code.NOT_TAKEN,
                "lay: only where matfw runs on an empty virtual mat, `matfw run --virtual empty`",
            )
        self._lay(weight_kg, x_mm, y_mm)

    def learn(self, measured_deg: float | None) -> Habits:
        """Take the last repetitions for good ones of whoever did them, and keep what they show."""
        reps = self._reps
        try:
            if reps and reps[-1].side is Side.UNKNOWN:
                raise MatError("the side lain on is not known: `side left` or `side right` first")
            habits = learn(reps, measured_deg)
        except MatError as error:
            raise ConsoleError(Code.NOT_LEARNED, f"learn: {error}") from None
        self._change(lambda: self._store.save_habits(reps[-1].side, habits))
        return habits

    def forget_habits(self) -> None:
        """Judge whoever uses this profile as everybody."""
        self._change(self._store.forget_habits)

    def take_mat(self, what: str) -> None:
        """Measure for `what`: nothing is judged until `give_mat`, and nobody else may measure."""
        with self._lock:
            if self._measuring is not None:
                raise ConsoleError(
                    Code.ALREADY,
                    f"{what}: {self._measuring} is under way on another link: wait for it",
                )
            self._calls.call(lambda firmware: firmware.pause(what))
            self._measuring = what

    def give_mat(self) -> None:
        """End what `take_mat` began."""
        with self._lock:
            what, self._measuring = self._measuring, None
            if what is not None:
                self._calls.call(lambda firmware: firmware.resume(what))

    def start(self, *, anew: bool) -> None:
        """Judge and cue; anew: from the first repetition of the first set."""

        def work(firmware: Firmware) -> None:
            if anew:
                firmware.line.begin_workout()
            firmware.resume(STOPPED)

        self._calls.call(work)

    def stop(self) -> None:
        """Neither judge nor cue until `start`."""
        self._calls.call(lambda firmware: firmware.pause(STOPPED))

    def cue(self, cue: Cue) -> None:
        """Let the buzzer and the lights say this once."""
        self._calls.call(lambda firmware: firmware.try_cue(cue))

    # --- recordings ------------------------------------------------------------------------------

    def record(self, name: str) -> RecordingStatus:
        """Begin to write raw frames to a new recording of that name."""
        with self._lock:
            if self._recording is not None and self._recording.is_running:
                raise ConsoleError(
                    Code.ALREADY,
                    f"record: {self._recording.status.name} is being written: `record stop` first",
                )
            path = new_path(self._recordings, name)
            source = "the VIRTUAL bench of matfw: no person" if self._is_virtual else "a matfw mat"
            subscription = self._frames.open()
            try:
                self._recording = BackgroundRecording(
                    path, self._live_settings.mat, source, subscription, self._recording_failed
                )
            except MatError as error:
                subscription.close()
                raise ConsoleError(Code.FILE_REFUSED, f"record: {error}") from None
            return self._recording.status

    def stop_recording(self) -> RecordingStatus:
        """End the recording and return what it came to."""
        with self._lock:
            if self._recording is None:
                raise ConsoleError(
                    Code.ALREADY, "record: nothing is being recorded: `record NAME` begins"
                )
            recording, self._recording = self._recording, None
            done = recording.stop()
        if done.error:
            raise ConsoleError(
                Code.FILE_REFUSED, f"record: it had ended at {done.frames} frames: {done.error}"
            )
        return done

    def _recording_failed(self, status: RecordingStatus) -> None:
        text = f"the recording has ended at {status.frames} frames: {status.error}"
        self._notice("recording", text, path=status.path, frames=status.frames)

    # --- lock and service ------------------------------------------------------------------------

    @property
    def is_locked(self) -> bool:
        """Return whether what changes things is refused now."""
        return self._pin.is_locked

    def lock(self) -> None:
        """Lock for all links."""
        with self._lock:
            self._pin.lock()

    def unlock(self, pin: str) -> None:
        """Unlock for all links."""
        with self._lock:
            self._pin.unlock(pin, self._clock.now_s())

    def keep_pin(self, pin: str | None) -> None:
        """Set and keep a new PIN, and lock; None: forget it."""
        with self._lock:
            kept = None if pin is None else hash_pin(pin, secrets.token_bytes(PIN_SALT_BYTES))
            self._store.save_pin_hash(kept)
            self._pin.keep(kept)

    def can_restart(self) -> bool:
        """Return whether somebody starts the service again when it ends."""
        return self._has_systemd

    def restart(self) -> None:
        """End the service soon, so that systemd starts it again."""
        self._restart_s = self._clock.now_s() + RESTART_DELAY_S

    def close(self) -> None:
        """End the recording, refuse errands: the firmware ends. Calling it twice is allowed."""
        self._calls.close()
        with self._lock:
            if self._recording is not None:
                recording, self._recording = self._recording, None
                recording.stop()
