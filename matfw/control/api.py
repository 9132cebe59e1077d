"""All that a console, a page or a bridge may ask of the running firmware.

Two sides, and what may be touched from each:

- Consoles call everything that is public but `step`, `events`, `between` and `close`, from any
  thread. Settings are checked, staged and written to the disk in their thread.
- The main thread calls `step` and `events` (a tap) and `between`, between two frames, and waits for
  nobody. It looks at what the settings are now; what needs an answer comes through `_calls`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from matfw import __version__
from matfw.control.calls import MainThreadCalls
from matfw.control.errors import Code, ConsoleError
from matfw.control.live_settings import LiveSettings, live_settings
from matfw.control.lock import Lock
from matfw.control.loudness import Loudness, local_minute
from matfw.control.measuring import Hold, Measuring
from matfw.control.observed import Observed
from matfw.control.ports import ReaderAccount, Record, Recordings, Resumed, RunningFirmware
from matfw.control.resume_offer import ResumeOffer
from matfw.control.status import CellStatus, Notice, Status
from matfw.control.subscriptions import Subscriptions
from matfw.control.workout_notices import WorkoutNotices
from matfw.errors import MatError
from matfw.judging.habits import Habits, learn
from matfw.messages import Announcement, Cue, Event, Mat, Phase, Presence, Side
from matfw.pipeline import Step
from matfw.ports import Clock, ReaderStats
from matfw.settings.calibration_date import dated
from matfw.settings.plans import NO_PLAN
from matfw.sounds.modes import SoundMode
from matfw.workout.sets import Progress
from matfw.workout.stage import Ask

if TYPE_CHECKING:
    from matfw.settings.model import Settings
    from matfw.settings.state import CellLine, MachineState
    from matfw.settings.store import SettingsStore

STEPS_KEPT = 256  # 3 s at 80 a second; a console looks 20 times a second
EVENTS_KEPT = 256
RESTART_DELAY_S = 0.5  # so that the answer can still be sent
STOPPED = "stop"


class Control:
    """The firmware as consoles see it. Whatever is refused raises ConsoleError or MatError.

    settings: the store; what it is given takes effect between two frames. lock: whether what
    changes things is refused now. recordings: of raw frames. steps, notifications: of every frame,
    and of what happens; `open` gives a bounded subscription. can_restart: systemd starts the
    service again when it ends. lay: lays a weight on an empty virtual mat (kg, mm, mm); None on any
    other mat.
    """

    def __init__(
        self,
        store: SettingsStore,
        mat: Mat,
        clock: Clock,
        recordings: Callable[[Callable[[], Mat], Callable[[Notice], object]], Recordings],
        *,
        set_volume: Callable[[float], object],
        set_sound: Callable[[SoundMode], object] = lambda _: None,
        minute_of_day: Callable[[], int] = local_minute,
        account: Callable[[], ReaderAccount],
        is_virtual: bool = False,
        can_restart: bool = False,
        lay: Callable[[float, float, float], object] | None = None,
        ports: Sequence[str] = (),
        unset_plan: str = NO_PLAN,
        supply_trouble: Callable[[], str] = lambda: "",
    ) -> None:
        """Take the settings, and the mat as the line begins with it.

        recordings: makes them, of what returns the mat and what takes a notice. set_volume: of the
        buzzer, 0 to 1; set_sound: which of its sounds; called by the main thread. account: the
        acquisition's. is_virtual: mat.side holds where the settings name none, since the virtual
        person lies on one. ports: of the console. unset_plan: led through where the settings name
        none. supply_trouble: what is wrong with the computer's supply now, or empty; for `status`.
        """
        self.settings = store
        self.lock = Lock(
            store.state.pin_hash, now_s=clock.now_s, save=store.save_pin_hash,
            wrong=store.state.wrong_pins, save_wrong=store.save_wrong_pins,
        )  # fmt: skip
        self.steps: Subscriptions[Step] = Subscriptions(STEPS_KEPT)
        self.notifications: Subscriptions[Event | Notice] = Subscriptions(EVENTS_KEPT)
        self.recordings = recordings(self.mat, self.notifications.put)
        self.record: Record | None = None  # what keeps sessions, where they are kept
        self.can_restart = can_restart
        self.lay = lay
        self.unset_plan = unset_plan
        self._clock = clock
        self._loudness = Loudness(set_volume, set_sound, minute_of_day, self.notifications.put)
        self._supply_trouble = supply_trouble
        self._account = account
        self._is_virtual = is_virtual
        self._began_s = clock.now_s()
        self._first_mat = mat
        self._pins = store.settings.named_pins()  # what is changed later waits for a restart
        self._ports = tuple(ports)
        self._derived: tuple[Settings, MachineState, LiveSettings] | None = None
        self._taken = self._live
        self._calls: MainThreadCalls[RunningFirmware] = MainThreadCalls()
        plan = self._taken.plan
        self._workout = WorkoutNotices(
            Progress(reps_per_set=plan.reps, sets=plan.sets), self.notifications.put
        )
        self._measuring = Measuring(self._report_ended)
        self._observed = Observed()
        self._is_judging = True
        self._restart_s: float | None = None
        self._start_notices = self._notices()
        self._is_start_reported = not self._start_notices
        self._noted: tuple[str, ...] = ()
        self.offer = ResumeOffer(self.notifications.put)
        self._led_side: Side | None = None

    # --- the main thread's side

    def step(self, step: Step) -> None:
        """See one frame's step."""
        self._observed.step(step)
        self.offer.step(step)
        self.steps.put(step)
        self.recordings.put(step.raw)

    def events(self, events: Sequence[Event]) -> None:
        """See what happened."""
        self.offer.events(events)
        for event in self._observed.notifications(
            events, is_measuring=self._measuring.holder is not None
        ):
            self.notifications.put(event)

    def between(self, firmware: RunningFirmware) -> None:
        """Let the line have new settings, and do one call. Raises MatError to restart."""
        new = self._live
        if new is not self._taken:
            if new != self._taken:
                firmware.line.adopt(new.mat, new.plan)
                self._loudness.adopt(new)
            self._taken = new
        self._loudness.follow(self._taken)
        self.offer.between(firmware, self.record)
        is_led = bool(firmware.line.progress.state)
        self._led_side = firmware.line.mat.side if is_led else None
        self._calls.do_one(firmware)
        self._follow_measuring(firmware)
        step = self._observed.latest
        if step is not None and not self._is_start_reported:
            self._is_start_reported = True  # once, when the first frame shows who may hear it
            firmware.try_cue(Announcement.SEE_CONSOLE)
            text = "; ".join(self._start_notices)
            self.notifications.put(Notice("state", text, {"text": text}))
        if step is not None:
            self._workout.follow(firmware.line.progress, step.raw.t_s)
        if self._restart_s is not None and self._clock.now_s() >= self._restart_s:
            raise MatError("a console asked for a restart: systemd starts matfw again")

    def close(self) -> None:
        """End the recording, refuse calls: the firmware ends. Calling it twice is allowed."""
        self._calls.close()
        self.recordings.close()

    @property
    def _live(self) -> LiveSettings:
        """Return what the store's settings come to; derived again only where it holds others."""
        settings, state = self.settings.settings, self.settings.state
        known = self._derived
        if known is None or known[0] is not settings or known[1] is not state:
            side = self._first_mat.side if self._is_virtual else Side.UNKNOWN
            live = live_settings(settings, state, self._first_mat, side, self.unset_plan)
            self._derived = known = (settings, state, live)  # whole: others may read it meanwhile
        return known[2]

    # --- how things stand

    def status(self) -> Status:
        """Return how things stand."""
        seen, progress, account = self._observed, self._workout.progress, self._account()
        now, mat, store = self._live, self.mat(), self.settings
        step, loads = seen.latest, seen.loads_kg(now.mat.cells)
        known_kg = [load for load in loads if load is not None]
        known, holder = store.state.calibration, self._measuring.holder
        is_lying = step is not None and step.motion.presence is Presence.LYING
        return Status(
            version=__version__,
            is_virtual=self._is_virtual,
            layout=now.mat.layout,
            uptime_s=self._clock.now_s() - self._began_s,
            presence=step.motion.presence if step else Presence.EMPTY,
            weight_kg=step.motion.weight_kg if step else None,
            load_kg=sum(known_kg) if len(known_kg) == len(loads) else None,
            side=mat.side,
            is_judging=self._is_judging,
            measuring=holder.words if holder else "",
            phase=step.phase.phase if step and step.phase else Phase.REST,
            angle_deg=max(0.0, step.motion.angle_deg) if step and is_lying else 0.0,
            rep=progress.rep,
            reps_per_set=now.plan.reps,
            set_number=progress.set_number,
            sets=now.plan.sets,
            rest_left_s=self._workout.rest_left_s,
            is_workout_done=progress.is_workout_done,
            clean=progress.clean,
            faulty=progress.faulty,
            unsure=progress.unsure,
            cells=tuple(
                CellStatus(cell.name, load, seen.problem(cell.name))
                for cell, load in zip(now.mat.cells, loads, strict=True)
            ),
            uncalibrated=tuple(c.name for c in now.mat.cells if c.name not in known),
            rate_hz=account.stats.measured_rate_hz,
            frames=seen.frames,
            bad_frames=seen.bad_frames,
            lost_frames=account.dropped,
            is_muted=now.volume == 0.0 or self._loudness.is_quiet,
            profile=store.profile,
            unsaved=len(store.diff()),
            lock=self.lock.word,
            is_reader_late=seen.is_reader_late,
            is_blind=seen.is_blind,
            recording=self.recordings.status,
            notices=(*self.settings.notices, *self._noted, *self._troubles()),
            config=str(store.config) if store.config else None,
            state_dir=str(store.folder.absolute()),
            pins=self._pins,
            ports=self._ports,
            calibrated=store.state.notes.get("calibration"),
            workout_state=progress.state,
        )

    def _notices(self) -> tuple[str, ...]:
        """Return what a person must hear of at the start: a damaged state, cells uncalibrated."""
        if self._is_virtual:  # its cells are as their nominal calibration says
            return self.settings.notices
        names = self.settings.settings.uncalibrated(self.settings.state)
        if not names:
            return self.settings.notices
        text = f"not calibrated: {', '.join(names)}: weights may be far off: `calibrate`"
        return (*self.settings.notices, text)

    def _troubles(self) -> tuple[str, ...]:
        """Return what is wrong now and may be over by the next look."""
        record = self.record.trouble if self.record is not None else ""
        return tuple(filter(None, (record, self._supply_trouble())))

    def note(self, what: str, text: str) -> None:
        """Tell all consoles, and show it in `status` from now on; from any thread."""
        self._noted = (*self._noted, text)
        self.notifications.put(Notice(what, text, {"text": text}))

    def mat(self) -> Mat:
        """Return the mat as the line has it, from the next frame on at the latest."""
        mat = self._live.mat
        return mat if self._led_side is None else mat.on(self._led_side)

    def stats(self) -> ReaderStats:
        """Return the reader's latest account of itself."""
        return self._account().stats

    def _call(self, work: Callable[[RunningFirmware], object]) -> None:
        """Have the main thread do it between two frames; wait until it is done."""

        def done(firmware: RunningFirmware) -> None:
            work(firmware)
            self._is_judging = firmware.is_judging  # before the caller goes on

        self._calls.call(done)

    # --- the mat

    def save_calibration(self, lines: Mapping[str, CellLine], note: str) -> None:
        """Keep these lines with today's date, and let the line have them."""
        self.settings.save_calibration(lines, note=dated(note, datetime.now(UTC)))

    def learn(self, measured_deg: float | None) -> Habits:
        """Take the last repetitions as this person's good ones, and keep what they show."""
        reps = self._observed.reps
        try:
            if reps and reps[-1].side is Side.UNKNOWN:
                raise MatError("the side lain on is not known: `side left` or `side right` first")
            habits = learn(reps, measured_deg)
        except MatError as error:
            raise ConsoleError(Code.NOT_LEARNED, f"learn: {error}") from None
        self.settings.save_habits(reps[-1].side, habits)
        return habits

    def take_mat(self, what: str, link: str) -> Hold:
        """Measure for `what` on this link: nothing is judged until `give_mat`.

        Raises ConsoleError where another has the mat. Who takes it goes on with it by `Hold.use`,
        or loses it after console.wizard_timeout_s.
        """
        hold = Hold(what, link, self._clock.now_s)
        self._call(lambda firmware: self._measuring.take(hold, firmware))
        return hold

    def give_mat(self, hold: Hold) -> None:
        """End what `take_mat` began. Calling it twice, or when the firmware ends, is allowed."""
        hold.is_given = True
        with suppress(ConsoleError):  # the main thread sees it between two frames in any case
            self._call(self._follow_measuring)

    def end_measuring(self, link: str) -> Hold:
        """Take the mat from whoever has it. Raises ConsoleError where nobody has."""
        ended: list[Hold] = []

        def work(firmware: RunningFirmware) -> None:
            hold = self._measuring.holder
            if hold is None:
                raise ConsoleError(Code.ALREADY, "calibrate stop: nobody measures")
            hold.ended = f"ended from link {link}"
            ended.append(hold)
            self._follow_measuring(firmware)

        self._call(work)
        return ended[0]

    def _follow_measuring(self, firmware: RunningFirmware) -> None:
        if self._measuring.follow(firmware, self.settings.settings.console.wizard_timeout_s):
            self._is_judging = firmware.is_judging

    def _report_ended(self, hold: Hold) -> None:
        text = f"{hold.what} on link {hold.link} was {hold.ended}"
        data = {"text": text, "what": hold.what, "link": hold.link}
        self.notifications.put(Notice("measuring", text, data))

    # --- the workout and the service

    def start(self, *, from_first_set: bool) -> None:
        """Judge and cue; from_first_set: begin the workout again.

        Raises ConsoleError where something else keeps the mat from judging; nothing changes then.
        """

        def work(firmware: RunningFirmware) -> None:
            self._measuring.refuse_others("start")
            if trouble := self._observed.trouble:
                raise ConsoleError(Code.NO_CELLS, f"start: {trouble}")
            if from_first_set:
                firmware.line.begin_workout()
            firmware.resume(STOPPED)

        self._call(work)

    def tell_workout(self, ask: Ask) -> None:
        """Ask the guided workout for something; nothing happens where it makes no sense."""
        self._call(lambda firmware: firmware.line.tell_workout(ask))

    def resume(self) -> Resumed:
        """Go on with the session that was interrupted, in its set and at its repetition.

        Raises ConsoleError where there is none to go on with.
        """
        resumed: list[Resumed] = []
        record = self.record
        offered = record.interrupted() if record is not None else None

        def work(firmware: RunningFirmware) -> None:
            if record is None or offered is None:
                raise ConsoleError(
                    Code.ALREADY, "resume: no session was interrupted lately: just begin"
                )
            self._measuring.refuse_others("resume")
            found = record.resume(offered)
            firmware.line.resume_workout(found.sets)
            self.offer.withdraw()
            resumed.append(found)

        self._call(work)
        return resumed[0]

    def stop(self) -> None:
        """Neither judge nor cue until `start`; everything is still measured."""
        self._call(lambda firmware: firmware.pause(STOPPED))

    def cue(self, cue: Cue) -> None:
        """Give a cue once, by the buzzer and the lights."""
        self._call(lambda firmware: firmware.try_cue(cue))

    def restart(self) -> None:
        """End the service soon, so that systemd starts it again."""
        self._restart_s = self._clock.now_s() + RESTART_DELAY_S
