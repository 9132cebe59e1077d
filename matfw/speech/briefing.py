"""What is said between sets, and when: words stand where nobody moves and no cue sounds.

Words follow cues: the side is said after its own sound. A cue cuts words off, as there is one sound
at a time; what was cut off is said again once, from its beginning, where it is still true.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from matfw.history.advice import kicks_too_often, summary
from matfw.messages import (
    Announcement,
    Cue,
    CueGiven,
    Event,
    Fault,
    Rep,
    RestChanged,
    RestState,
    SetChanged,
    SetState,
    WorkoutChanged,
    WorkoutState,
)
from matfw.sounds.modes import Kind
from matfw.speech.catalogue import Catalogue
from matfw.workout.states import State

SPOKEN_IN = frozenset({State.AWAY, State.ASK, State.REST, State.DONE})
MAX_TRIES = 2  # times that a sentence is begun: cut off once, it is said again


@dataclass(slots=True)
class Sentence:
    """Something to say. kind: in which modes it is heard. begun: how often it was begun."""

    text: str
    kind: Kind = Kind.COURSE
    begun: int = 0


class Briefing:
    """Follows a workout's events; what is due is taken one sentence at a time."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Take the language. is_open: whether words may be said at all now."""
        self._words = catalogue
        self._due: deque[Sentence] = deque()
        self._reps: list[Rep] = []
        self._clean = self._done = 0
        self.is_open = False

    def follow(self, state: str) -> None:
        """Take where the workout is: in a set nothing is said, and nothing of before after it."""
        self.is_open = state in SPOKEN_IN
        if not self.is_open:
            self._due.clear()

    def name(self, cue: Cue) -> str:
        """Return what a cue is called."""
        return self._words.name(cue)

    def take(self) -> Sentence | None:
        """Return what is to be said now, None if nothing is."""
        if not self._due or not self.is_open:
            return None
        sentence = self._due.popleft()
        sentence.begun += 1
        return sentence

    def was_cut(self, sentence: Sentence) -> None:
        """Take back a sentence that a cue has cut off."""
        if sentence.begun < MAX_TRIES:
            self._due.appendleft(sentence)

    def events(self, events: Sequence[Event]) -> None:
        """See what happened."""
        for event in events:
            match event:
                case Rep():
                    self._reps.append(event)
                case SetChanged():
                    self._set_changed(event)
                case RestChanged():
                    self._rest_changed(event)
                case WorkoutChanged():
                    self._workout_changed(event)
                case CueGiven():
                    self._cue_given(event)
                case _:
                    pass

    def _set_changed(self, event: SetChanged) -> None:
        if event.state is SetState.STARTED:
            self._reps.clear()
        if event.state is not SetState.DONE:
            return
        self._clean += event.clean
        self._done += event.reps
        self._say("set_done", set=event.set, of=event.of)
        if not event.reps:
            return
        if event.clean == event.reps:
            self._say("all_clean", reps=event.reps)
        else:
            self._say("clean", clean=event.clean, reps=event.reps)
        reps = self._reps[-event.reps :]  # those judged before the set was open are not of it
        self._correct(reps)

    def _correct(self, reps: Sequence[Rep]) -> None:
        fault = summary(reps).main_fault
        if fault is None:
            return
        self._put(self._words.fault(fault), Kind.FAULT)
        is_short = fault is Fault.KICK and kicks_too_often(reps)
        correction = self._words.say("go_shorter") if is_short else self._words.correction(fault)
        self._put(correction, Kind.FAULT)

    def _rest_changed(self, event: RestChanged) -> None:
        if event.state is RestState.STARTED and event.rest_s >= 1.0:
            self._say("rest", rest_s=round(event.rest_s))

    def _workout_changed(self, event: WorkoutChanged) -> None:
        if event.state is WorkoutState.STARTED:
            self._clean = self._done = 0
        elif event.state is WorkoutState.DONE and self._done:
            self._say("workout_done", clean=self._clean, reps=self._done)

    def _cue_given(self, event: CueGiven) -> None:
        match event.cue:
            case Announcement.LIE_LEFT:
                self._ask("left")
            case Announcement.LIE_RIGHT:
                self._ask("right")
            case Announcement.WRONG_SIDE:
                self._say("wrong_side")
            case Announcement.PARTLY_JUDGED:
                self._say("partly_judged")
            case Fault.FATIGUE:
                self._put(self._words.fault(Fault.FATIGUE), Kind.FAULT)
            case _:
                pass

    def _ask(self, side: str) -> None:
        """Say the side, and how to say that one lies on it; once, however often it is asked."""
        for key in (side, "confirm"):
            text = self._words.say(key)
            if all(sentence.text != text for sentence in self._due):
                self._put(text)

    def _say(self, key: str, **filled: int) -> None:
        self._put(self._words.say(key, **filled))

    def _put(self, text: str, kind: Kind = Kind.COURSE) -> None:
        self._due.append(Sentence(text, kind))
