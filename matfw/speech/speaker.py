"""Words and cues on one mat: words begin in silence, and a cue ends them at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from matfw.messages import Cue, Event
from matfw.pipeline import Step
from matfw.sounds.earcons import pattern_s
from matfw.sounds.modes import HEARD, SoundMode
from matfw.speech.briefing import Briefing, Sentence

QUIET_S = 0.6  # after a cue: longer than the pause between two cues that follow each other


class Voice(Protocol):
    """What says a text; `devices.voice.EspeakVoice`. Nothing in it waits."""

    @property
    def is_speaking(self) -> bool:
        """Return whether something is being said, or about to be."""
        ...

    def say(self, text: str, loudness: float) -> None:
        """Say it; loudness: 0 to 1."""
        ...

    def hush(self) -> None:
        """Be silent, now."""
        ...


class Speaker:
    """A tap that says what a briefing holds. All of it in the main thread; it never waits."""

    def __init__(
        self, briefing: Briefing, voice: Voice, heard: Callable[[], tuple[float, SoundMode]]
    ) -> None:
        """Take what is said, what says it, and what returns loudness, 0 to 1, and mode."""
        self._briefing = briefing
        self._voice = voice
        self._heard = heard
        self._saying: Sentence | None = None
        self._quiet_from_s = -math.inf

    def cue_shown(self, cue: Cue, t_s: float) -> None:
        """Make way for a cue that begins."""
        self._quiet_from_s = t_s + pattern_s(cue) + QUIET_S
        if self._voice.is_speaking:
            self._voice.hush()
            if self._saying is not None:
                self._briefing.was_cut(self._saying)
        self._saying = None

    @property
    def is_speaking(self) -> bool:
        """Return whether something is being said."""
        return self._voice.is_speaking

    def name(self, cue: Cue) -> None:
        """Say a cue's name, in the lesson."""
        loudness, _ = self._heard()
        self._saying = None
        if loudness > 0.0:
            self._voice.say(self._briefing.name(cue), loudness)

    def step(self, step: Step) -> None:
        """See one frame's step."""
        self.go_on(step.raw.t_s, step.progress.state)

    def go_on(self, t_s: float, state: str) -> None:
        """Go on with what is due, where it may be heard. state: of the workout."""
        self._briefing.follow(state)
        loudness, mode = self._heard()
        if self._voice.is_speaking:
            is_late = self._saying is not None and not self._briefing.is_open
            if loudness == 0.0 or is_late:
                self._voice.hush()
            return
        self._saying = None
        if t_s < self._quiet_from_s:
            return
        sentence = self._briefing.take()
        if sentence is not None and loudness > 0.0 and sentence.kind in HEARD[mode]:
            self._saying = sentence
            self._voice.say(sentence.text, loudness)

    def events(self, events: Sequence[Event]) -> None:
        """See what happened."""
        self._briefing.events(events)
