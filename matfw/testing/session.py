"""The whole firmware on a mat under test, beside the test: frames, line, cues, outputs.

It runs in a thread of its own. On virtual time the test holds it: it goes on only while the test
lets time pass (`let_pass`), and waits between two frames else. So whatever the test does to cells
and wires happens at a moment that is the same in every run. On real time it runs by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Self

from matfw.devices.indicator import GpiozeroIndicator
from matfw.errors import MatError
from matfw.messages import (
    CellEvent,
    CellProblem,
    Cue,
    CueGiven,
    Event,
    Phase,
    PhaseChanged,
    RawFrame,
    Rep,
)
from matfw.pipeline import Pipeline, Step
from matfw.ports import Clock, LoadCells
from matfw.service.firmware import Firmware, Refiner, Tap

HELD_S = 0.002  # real; how soon what waits between two frames sees that it may go on
LOOK_S = 0.5  # real; the firmware's thread says itself when it waits or ends
SILENCE_S = 3.0  # LoadCells.read is back within three periods
STOP_LIMIT_S = 20.0  # real


class HeldFrames:
    """A reader in the firmware's own thread; fits `service.firmware.FrameSource`."""

    silence_limit_s = SILENCE_S

    def __init__(self, cells: LoadCells) -> None:
        self._cells = cells

    def next_frame(self, timeout_s: float) -> RawFrame | None:  # noqa: ARG002
        """Return the next frame."""
        return self._cells.read()


class _StoppedError(Exception):
    """The test is over."""


class Session:
    """A firmware that runs, and all its events. A context: at its end the firmware stops."""

    def __init__(
        self,
        line: Pipeline,
        cells: LoadCells,
        indicator: GpiozeroIndicator,
        clock: Clock,
        *,
        is_held: bool,
        refiner: Callable[[], Refiner],
        taps: Sequence[Tap] = (),
        between: Callable[[Firmware], object] = lambda _: None,
    ) -> None:
        """Take the parts. is_held: the clock is virtual and moves by the firmware's own waiting."""
        self.frames: list[RawFrame] = []
        self.events: list[Event] = []
        self._clock = clock
        self._cells = cells
        self._indicator = indicator
        self._between_frames = between
        self._may_run_s = clock.now_s() if is_held else float("inf")
        self._turn = threading.Condition()
        self._is_waiting = False
        self._is_stopping = False
        self._error: BaseException | None = None
        self._firmware = Firmware(
            line, HeldFrames(cells), indicator, clock, [_Notes(self), *taps],
            refiner=refiner, between=self._between,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._run, name="matfw-under-test", daemon=True)
        self._is_held = is_held
        self.has_stopped = False
        cells.start()
        self._thread.start()

    # --- what a test does

    def let_pass(self, seconds: float) -> None:
        """Let the firmware go on for so long. Raises what ended the firmware, if it has ended."""
        if not self._is_held:
            self._thread.join(seconds)
            self._raise_its_end()
            return
        with self._turn:
            self._may_run_s = max(self._may_run_s, self._clock.now_s()) + seconds
            self._is_waiting = False
            self._turn.notify_all()
            while not self._is_waiting and self._thread.is_alive():
                self._turn.wait(LOOK_S)
        self._raise_its_end()

    def stop(self) -> None:
        """End the firmware: what is under way is judged, outputs go off. Twice is allowed."""
        if self.has_stopped:
            return
        self.has_stopped = True
        with self._turn:
            self._is_stopping = True
            self._turn.notify_all()
        self._thread.join(STOP_LIMIT_S)
        try:
            if self._thread.is_alive():
                raise MatError(f"the firmware under test did not stop within {STOP_LIMIT_S:g} s")
        finally:
            self._indicator.close()
            self._cells.close()

    # --- what it looks at

    @property
    def reps(self) -> list[Rep]:
        """Return the repetitions, with their verdicts."""
        return [event for event in self.events if isinstance(event, Rep)]

    @property
    def verdicts(self) -> list[str]:
        """Return each repetition as its faults joined by `+`, or its verdict."""
        return [
            "+".join(sorted(seen.fault for seen in rep.faults)) or str(rep.verdict)
            for rep in self.reps
        ]

    @property
    def cues(self) -> list[Cue]:
        """Return the cues that were given."""
        return [event.cue for event in self.events if isinstance(event, CueGiven)]

    @property
    def phases(self) -> list[Phase]:
        """Return the phases in the order in which they began."""
        return [event.phase for event in self.events if isinstance(event, PhaseChanged)]

    @property
    def problems(self) -> dict[str, CellProblem]:
        """Return what is wrong now, by cell; `all`: with all of them."""
        found = {e.cell: e.problem for e in self.events if isinstance(e, CellEvent)}
        return {name: it for name, it in found.items() if it is not CellProblem.OK}

    @property
    def had_problems(self) -> dict[str, list[CellProblem]]:
        """Return all that was ever reported, by cell, `ok` included."""
        found: dict[str, list[CellProblem]] = {}
        for event in self.events:
            if isinstance(event, CellEvent):
                found.setdefault(event.cell, []).append(event.problem)
        return found

    @property
    def firmware(self) -> Firmware:
        """Return the firmware itself."""
        return self._firmware

    # --- the firmware's thread

    def _run(self) -> None:
        try:
            self._firmware.run()
        except _StoppedError:
            pass
        except BaseException as error:  # reported in the test's own thread
            self._error = error
        finally:
            with self._turn:
                self._turn.notify_all()

    def _between(self, firmware: Firmware) -> None:
        self._between_frames(firmware)
        with self._turn:
            while not self._is_stopping and self._clock.now_s() >= self._may_run_s:
                self._is_waiting = True
                self._turn.notify_all()
                self._turn.wait(HELD_S)
                self._between_frames(firmware)
            if self._is_stopping:
                raise _StoppedError

    def _raise_its_end(self) -> None:
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        if not self._thread.is_alive():
            raise MatError("the firmware under test has ended")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Notes:
    """The tap that keeps what the firmware says."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def step(self, step: Step) -> None:
        self._session.frames.append(step.raw)

    def events(self, events: Sequence[Event]) -> None:
        self._session.events += events
