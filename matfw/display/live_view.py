"""The tap that feeds the live picture: the latest step and what happened, ten times a second."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from matfw.display.picture import Picture
from matfw.display.view import MAX_VERDICTS, SILENT_S, CellView, View, in_set
from matfw.messages import (
    CellEvent,
    CellProblem,
    Cue,
    CueGiven,
    Event,
    Mat,
    Phase,
    Presence,
    Rep,
    Verdict,
)
from matfw.pipeline import Step
from matfw.ports import Clock
from matfw.sounds.earcons import lights_at, tone_at

LEAVE = "Ctrl-C ends"
PICTURE_PERIOD_S = 0.1  # real time: what an eye follows and a Zero 2 W can draw


class LiveView:
    """Draws the session as it goes."""

    def __init__(
        self,
        picture: Picture,
        mat: Mat,
        clock: Clock,
        *,
        title: str,
        target_reps: int,
        is_simulated: bool = False,
        speed_at: Callable[[float], float] = lambda _: 1.0,
        length_s: float | None = None,
    ) -> None:
        """Take the picture and what it says besides the session.

        speed_at: times real time, at a moment of the run. length_s: of the whole run.
        """
        self._picture = picture
        self._mat = mat
        self._clock = clock
        self._title = title
        self._target_reps = target_reps
        self._is_simulated = is_simulated
        self._speed_at = speed_at
        self._length_s = length_s
        self._drawn_s = float("-inf")
        self._heard_s = clock.now_s()
        self._last: View | None = None
        self._problems: dict[str, CellProblem] = {}
        self._verdicts: deque[Verdict] = deque(maxlen=MAX_VERDICTS)
        self._cue: Cue | None = None
        self._cue_s = 0.0

    def step(self, step: Step) -> None:
        """Draw, if it is time to."""
        now_s = self._heard_s = self._clock.now_s()
        if now_s - self._drawn_s >= PICTURE_PERIOD_S:
            self._drawn_s = now_s
            self._last = self._view(step)
            self._picture.update(self._last)

    def between(self, _: object) -> None:
        """Say that the picture is old, where no frame comes; called between two frames at most."""
        now_s = self._clock.now_s()
        silent_s = now_s - self._heard_s
        if silent_s >= SILENT_S and now_s - self._drawn_s >= PICTURE_PERIOD_S:
            self._drawn_s = now_s
            last = self._last or View(0.0, title=self._title, leave=LEAVE)
            self._picture.update(replace(last, silent_s=silent_s))

    def events(self, events: Sequence[Event]) -> None:
        """Keep what the picture shows of the past."""
        for event in events:
            match event:
                case CueGiven():
                    self._cue, self._cue_s = event.cue, event.t_s
                case CellEvent():
                    self._problems[event.cell] = event.problem
                case Rep():
                    self._verdicts.append(event.verdict)
                case _:
                    pass

    def _view(self, step: Step) -> View:
        t_s, motion = step.raw.t_s, step.motion
        age_s = t_s - self._cue_s
        is_lying = motion.presence is Presence.LYING
        return View(
            t_s=t_s,
            title=self._title,
            is_simulated=self._is_simulated,
            speed=self._speed_at(t_s),
            leave=LEAVE,
            progress=min(1.0, t_s / self._length_s) if self._length_s else None,
            phase=step.phase.phase if step.phase else Phase.REST,
            tempo=self._mat.tempo,
            side=self._mat.side,
            limits=self._mat.limits,
            leg_angle_deg=max(0.0, motion.angle_deg) if is_lying else None,
            cop_x_mm=step.balance.x_mm,
            cop_y_mm=step.balance.y_mm,
            load_kg=step.balance.load_kg,
            weight_kg=motion.weight_kg,
            cells=tuple(
                CellView(
                    cell.name, cell.x_mm, cell.y_mm, load,
                    self._problems.get(cell.name, CellProblem.OK),
                )
                for cell, load in zip(self._mat.cells, step.clean.loads_kg, strict=True)
            ),
            verdicts=in_set(self._verdicts, step.progress.rep),
            target_reps=self._target_reps,
            set_number=step.progress.set_number,
            cue=self._cue,
            cue_age_s=age_s,
            lights=lights_at(self._cue, age_s) if self._cue else (0.0, 0.0, 0.0),
            tone_hz=tone_at(self._cue, age_s) if self._cue else None,
        )  # fmt: skip
