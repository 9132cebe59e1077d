"""The sentences of one language, read from its file beside this one.

A fault that a file does not name yet is said with the words of its row, in English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

from matfw.judging.faults import ROWS
from matfw.messages import Cue, Fault
from matfw.workout.plan import Plan

LANGUAGES = ("en", "de", "es")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What can be said. voice: espeak-ng's name of the language."""

    language: str
    voice: str
    sentences: Mapping[str, str]
    faults: Mapping[str, str]
    corrections: Mapping[str, str]
    cues: Mapping[str, str]

    def say(self, key: str, **filled: int) -> str:
        """Return a sentence with its numbers."""
        return self.sentences[key].format(**filled)

    def fault(self, fault: Fault) -> str:
        """Return that this broke most."""
        return self.faults.get(fault.value) or f"{ROWS[fault].words.happened}."

    def correction(self, fault: Fault) -> str:
        """Return the one correction."""
        words = ROWS[fault].words
        said = words.remedy or words.happened
        return self.corrections.get(fault.value) or f"{said[:1].upper()}{said[1:]}."

    def name(self, cue: Cue) -> str:
        """Return what a sound is called in the lesson."""
        if isinstance(cue, Fault):
            return self.cues.get(cue.value) or ROWS[cue].words.title
        return self.cues[cue.value]

    def all_of(self, plan: Plan) -> Iterator[str]:
        """Yield all that may be said in a workout, the most needed first."""
        yield from (self.say(key) for key in ("left", "right", "confirm", "wrong_side"))
        yield from (self.say("set_done", set=n + 1, of=plan.sets) for n in range(plan.sets))
        yield self.say("rest", rest_s=round(plan.rest_s))
        yield self.say("all_clean", reps=plan.reps)
        yield from (self.say("clean", clean=n, reps=plan.reps) for n in range(plan.reps))
        for fault in Fault:
            yield self.fault(fault)
            yield self.correction(fault)
        yield from (self.say(key) for key in ("go_shorter", "partly_judged"))


def catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language of LANGUAGES."""
    text = resources.files("matfw.speech").joinpath(f"{language}.toml").read_text("utf-8")
    return Catalogue(language=language, **tomllib.loads(text))
