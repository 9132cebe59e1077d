"""The firmware's loop: frames in, the line, cues out, everything else behind the tap.

Main thread: this loop. Only it changes the line's state, between two frames. The cells are read in
a process of their own, a finished repetition is refined in another, and what listens to the tap
must not block. Nothing here grows with the length of a run: whoever wants the reps taps them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from msgspec.structs import replace

from matfw.control.events import Tally
from matfw.errors import MatCellsError
from matfw.messages import Cue, CueGiven, Event, RawFrame, RefinedRep
from matfw.pipeline import Pipeline, Step
from matfw.ports import Clock, Indicator
from matfw.refinement.windows import RepWindow
from matfw.service.refiner import InlineRefiner
from matfw.workout.stage import Ask

POLL_S = 0.02  # without a frame (10 SPS) cue patterns advance this often; they need 0.025
NO_CELL_S = 3.0  # of frames without one valid sample or late read: nothing is connected
FRAME_LIMIT_S = 0.2  # from one frame to the next (0.1 s at 10 SPS); more is a computer's stall


class FrameSource(Protocol):
    """Where frames come from; `service.acquisition.Acquisition`."""

    @property
    def silence_limit_s(self) -> float:
        """Return how long no frame at all may come before something is wrong, seconds."""
        ...

    def next_frame(self, timeout_s: float) -> RawFrame | None:
        """Return the next frame, or None if none comes within timeout_s."""
        ...


class Refiner(Protocol):
    """Refines what windows hold; `service.refiner`. Its answers are taken between two frames."""

    def submit(self, window: RepWindow) -> None:
        """Take over a window."""
        ...

    def finished(self) -> list[RefinedRep]:
        """Return what has been refined since the last call, in order; never waits."""
        ...

    def close(self) -> list[RefinedRep]:
        """Refine what is waiting, end, and return the last of it."""
        ...


class Tap(Protocol):
    """What reads along: recorder, picture, console, store. Must not block."""

    def step(self, step: Step) -> None:
        """See one frame's step."""
        ...

    def events(self, events: Sequence[Event]) -> None:
        """See what happened, in time order."""
        ...


class Record(Protocol):
    """What keeps repetitions; their sounds wait for it. `store.tap.RecordTap`."""

    def released_rep(self, t_s: float) -> int:
        """Return the number of the last repetition that may be announced now; never waits."""
        ...


class Firmware:
    """Runs the line on live frames until asked to stop."""

    def __init__(
        self,
        line: Pipeline,
        source: FrameSource,
        indicator: Indicator,
        clock: Clock,
        taps: Iterable[Tap] = (),
        *,
        refiner: Callable[[], Refiner] = InlineRefiner,
        record: Record | None = None,
        on_first_frame: Callable[[], object] = lambda: None,
        on_frame: Callable[[], object] = lambda: None,
        between: Callable[[Firmware], object] = lambda _: None,
    ) -> None:
        """Take the parts; nothing runs before `run`.

        refiner: opened and closed by `run`; the default makes frames wait, for virtual clocks.
        record: what is announced of a repetition waits for it; None: for nothing.
        on_first_frame, on_frame: for the watchdog. between: called between two frames and while
        none comes, POLL_S apart at most; it may change the line, and must not wait.
        """
        self._line = line
        self._source = source
        self._indicator = indicator
        self._clock = clock
        self._taps = tuple(taps)
        self._open_refiner = refiner
        self._record = record
        self._on_first_frame = on_first_frame
        self._on_frame = on_frame
        self._between = between
        self._paused: set[str] = set()
        self._cut_off: RepWindow | None = None  # by a pause, and not handed over yet
        self.tally = Tally()
        self._last_t_s = 0.0
        self._ticked_s = float("-inf")

    @property
    def line(self) -> Pipeline:
        """Return the line."""
        return self._line

    @property
    def is_judging(self) -> bool:
        """Return whether reps are counted and cues given."""
        return not self._paused

    def pause(self, why: str) -> None:
        """Measure on, but judge nothing done from now on and give no cue, until `resume`.

        One that has ended is still counted. Each reason given must be taken back.
        """
        if not self._paused:
            self._indicator.off()
            self._line.tell_workout(Ask.HOLD)
            self._cut_off = self._line.finish()
        self._paused.add(why)

    def resume(self, why: str) -> None:
        """Take back one reason to pause."""
        if why in self._paused:
            self._paused.remove(why)
            if not self._paused:
                self._line.tell_workout(Ask.GO_ON)
            self._line.discard_history()

    def try_cue(self, cue: Cue) -> None:
        """Let the indicator say this once, whatever the line thinks."""
        self._indicator.show(cue, max(self._ticked_s, self._last_t_s))

    def run(self, end_s: float | None = None) -> None:
        """Run until a frame's time reaches end_s, for ever if None.

        Raises MatCellsError when no cell answers. The indicator is off afterwards, whatever
        happened.
        """
        refiner = self._open_refiner()
        try:
            self._loop(refiner, end_s)
        finally:
            self._indicator.off()
            for window in (self._cut_off, None if self._paused else self._line.finish()):
                if window is not None:
                    refiner.submit(window)
            self._finish_reps(self._last_t_s, refiner.close())

    def _loop(self, refiner: Refiner, end_s: float | None) -> None:
        heard_s = self._clock.now_s()
        silent_s = invalid_s = 0.0
        is_first = True
        while end_s is None or self._last_t_s < end_s:
            self._between(self)
            frame = self._source.next_frame(POLL_S)
            if frame is None:
                silent_s += POLL_S  # however long it took: a computer that stood still is none
                if silent_s > self._source.silence_limit_s:
                    raise MatCellsError(
                        f"no frame for {self._source.silence_limit_s:g} s: the acquisition process"
                        " hangs; start matfw again, and report this if it comes back"
                    )
                if not is_first:
                    self._tick(self._last_t_s + self._clock.now_s() - heard_s)
                continue
            heard_s = self._clock.now_s()
            silent_s = 0.0
            passed_s = 0.0 if is_first else min(frame.t_s - self._last_t_s, FRAME_LIMIT_S)
            if is_first:
                is_first = False
                self._on_first_frame()
            # What a late computer takes is no reason to end: it says so, and it may be over soon.
            if frame.computer_mask or any(count is not None for count in frame.counts):
                invalid_s = 0.0
            else:
                invalid_s += passed_s
            if invalid_s > NO_CELL_S:
                raise MatCellsError(
                    f"no cell has answered for {NO_CELL_S:g} s: check the converters' supply (VCC,"
                    " GND) and that each DOUT and SCK is on the pin in the settings"
                    " (hardware/wiring.md)"
                )
            self._take(frame, refiner)

    def _take(self, frame: RawFrame, refiner: Refiner) -> None:
        self._last_t_s = frame.t_s
        self._on_frame()
        if self._record is not None:
            self._line.release_cues(self._record.released_rep(frame.t_s))
        step = self._line.update(frame)
        if self._paused:
            step = _unjudged(step)
        self._indicator.face(step.side)
        if step.cue is not None:
            self._indicator.show(step.cue, frame.t_s)
        self._indicator.pace(step.pace)
        self._tick(frame.t_s)
        self.tally.frames += 1
        self.tally.bad_frames += None in frame.counts
        for tap in self._taps:
            tap.step(step)
            if step.events:
                tap.events(step.events)
        for window in (self._cut_off, step.window):
            if window is not None:
                refiner.submit(window)
        self._cut_off = None
        found = refiner.finished()
        if found:
            self._finish_reps(frame.t_s, found)

    def _tick(self, t_s: float) -> None:
        """Let the cue's pattern advance: by frames' time, between two of them by the clock's."""
        self._ticked_s = max(self._ticked_s, t_s)  # never back, whichever of the two is ahead
        self._indicator.tick(self._ticked_s)

    def _finish_reps(self, t_s: float, found: Sequence[RefinedRep]) -> None:
        reps = self._line.finish_reps(t_s, found)
        for rep in reps:
            self.tally.verdicts[rep.verdict] += 1
        if reps:
            for tap in self._taps:
                tap.events(reps)


def _unjudged(step: Step) -> Step:
    """Return the step without what it would say and have judged."""
    events = tuple(event for event in step.events if not isinstance(event, CueGiven))
    return replace(step, faults=(), cue=None, events=events, window=None, pace=None)
