"""`learn sounds`: every sound on the mat after its name, then three to recognise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matfw.console.answers import Answer, NoAnswerError, reply
from matfw.control.errors import Code, ConsoleError
from matfw.control.words import CUE_WORDS
from matfw.messages import Cue
from matfw.sounds.earcons import pattern_s
from matfw.sounds.lesson import ASKED, LESSON, questions

if TYPE_CHECKING:
    from matfw.console.context import Context

GAP_S = 1.0  # between two sounds: time to read the next name


class LearnSounds:
    """The lesson, on a mat that goes on judging; a repetition's own cue may break into it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._next = 0
        self._until_s = context.now_s()
        self._questions = questions(round(context.now_s()))
        self._asked: list[bool] = []  # whether each was recognised
        self.prompt: str | None = None
        context.progress(f"{len(LESSON)} sounds, each after its name; Ctrl-C leaves")

    def poll(self) -> Answer | None:
        """Play the next sound when the one before is over; then ask."""
        if self.prompt is not None or self._context.now_s() < self._until_s:
            return None
        if self._next < len(LESSON):
            cue = LESSON[self._next]
            self._next += 1
            self._context.progress(f"{cue.value}: {CUE_WORDS[cue].sentence}")
            self._play(cue)
            return None
        cue, choices = self._questions[len(self._asked)]
        self._play(cue)
        names = ", ".join(f"{n} {choice.value}" for n, choice in enumerate(choices, 1))
        self.prompt = f"which was that? {names}: "
        return None

    def answer(self, text: str) -> Answer | None:
        """Take a number or a name."""
        cue, choices = self._questions[len(self._asked)]
        names = [choice.value for choice in choices]
        word = text.strip().lower()
        if word not in (*names, *(str(n) for n in range(1, len(names) + 1))):
            raise NoAnswerError(f"must be 1 to {len(names)}, or one of {', '.join(names)}")
        is_right = word in (cue.value, str(names.index(cue.value) + 1))
        self._context.progress("right" if is_right else f"it was {cue.value}")
        self._asked.append(is_right)
        self.prompt = None
        if len(self._asked) < ASKED:
            return None
        right = sum(self._asked)
        return reply(f"{right} of {ASKED} recognised", right=right, asked=ASKED)

    def interrupt(self) -> Answer:
        """Leave."""
        raise ConsoleError(Code.INTERRUPTED, "learn sounds: left by Ctrl-C")

    def complete(self, text: str) -> list[str]:
        """Complete one of the names."""
        if self.prompt is None:
            return []
        _, choices = self._questions[len(self._asked)]
        return sorted(each.value for each in choices if each.value.startswith(text))

    def close(self) -> None:
        """Hold nothing."""

    def _play(self, cue: Cue) -> None:
        self._context.control.cue(cue)
        self._until_s = self._context.now_s() + pattern_s(cue) + GAP_S
