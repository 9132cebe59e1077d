"""The lesson by three taps, where no workout is under way: each sound after its name, eyes shut.

The name is said where the mat has a voice; without one it is the lights' pattern, which comes with
the sound. Then three sounds to recognise, with a silence before their names. Two taps, a leg that
is lifted, or a cue of the mat's own end it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from matfw.messages import Cue, Event, Phase
from matfw.pipeline import Step
from matfw.sounds.earcons import pattern_s
from matfw.sounds.lesson import LESSON, questions
from matfw.workout.states import State

BEGINS_WITH_TAPS = 3
GAP_S = 0.8  # after a sound
GUESS_S = 4.0  # to think which it was
IDLE_IN = frozenset({"", State.AWAY, State.DONE})  # "": nobody leads


class Namer(Protocol):
    """What says a cue's name; `speech.speaker.Speaker`."""

    @property
    def is_speaking(self) -> bool:
        """Return whether it still says something."""
        ...

    def name(self, cue: Cue) -> None:
        """Say it; never waits."""
        ...


class Shower(Protocol):
    """What shows a cue; `service.firmware.Firmware`."""

    def try_cue(self, cue: Cue) -> None:
        """Show a cue once."""
        ...


class TapLesson:
    """A tap that begins the lesson; `between` plays it."""

    def __init__(self, namer: Namer | None = None) -> None:
        """Take what says names, None without a voice."""
        self._namer = namer
        self._t_s = self._began_s = self._next_s = 0.0
        self._steps: Iterator[tuple[float, Callable[[Shower], object]]] | None = None

    @property
    def is_on(self) -> bool:
        """Return whether the lesson is being given."""
        return self._steps is not None

    def step(self, step: Step) -> None:
        """See one frame's step."""
        self._t_s = step.raw.t_s
        is_moving = step.phase is not None and step.phase.phase is not Phase.REST
        if self.is_on and (step.taps or step.cue is not None or is_moving):
            self._steps = None
        elif step.taps == BEGINS_WITH_TAPS and step.progress.state in IDLE_IN:
            self._began_s = self._next_s = self._t_s
            self._steps = self._script()

    def events(self, events: Sequence[Event]) -> None:
        """See what happened: nothing of it matters here."""

    def between(self, firmware: Shower) -> None:
        """Do the next step when the one before is over."""
        is_naming = self._namer is not None and self._namer.is_speaking
        if self._steps is None or is_naming or self._t_s < self._next_s:
            return
        lasts_s, do = next(self._steps, (0.0, None))
        if do is None:
            self._steps = None
            return
        do(firmware)
        self._next_s = self._t_s + lasts_s

    def _script(self) -> Iterator[tuple[float, Callable[[Shower], object]]]:
        """Yield what to do, and for how long it lasts."""
        for cue in LESSON:
            if self._namer is not None:
                yield self._named(cue)
            yield _shown(cue)
        if self._namer is None:
            return  # nobody could tell what they were
        for cue, _ in questions(round(self._began_s)):
            lasts_s, show = _shown(cue)
            yield lasts_s + GUESS_S, show
            yield self._named(cue)

    def _named(self, cue: Cue) -> tuple[float, Callable[[Shower], object]]:
        namer = self._namer
        assert namer is not None
        return 0.0, lambda _: namer.name(cue)


def _shown(cue: Cue) -> tuple[float, Callable[[Shower], object]]:
    return pattern_s(cue) + GAP_S, lambda firmware: firmware.try_cue(cue)
