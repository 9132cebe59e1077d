"""What the mat says, in plain words: what happened, and how to mend it.

The buzzer and the lights say the same without words; these are for screens, the console and
reports. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from matfw.messages import CellProblem, Cue, Fault, Phase, ReaderProblem, Verdict


@dataclass(frozen=True, slots=True)
class Words:
    """A short title, what happened, and what to do about it (empty where nothing is to be done)."""

    title: str
    happened: str
    remedy: str = ""

    @property
    def sentence(self) -> str:
        """Return one sentence: what happened, and how to mend it."""
        return f"{self.happened}: {self.remedy}." if self.remedy else f"{self.happened}."


CUE_WORDS: Mapping[Cue, Words] = MappingProxyType(
    {
        Cue.NOT_JUDGING: Words(
            "not judging",
            "A cell fails, so reps are not judged",
            "the line above names the cell: see to its wire",
        ),
        Cue.HIPS_LOST: Words(
            "hip sensor lost",
            "A hip sensor fails: judged without it",
            "the line above names it: see to its cable",
        ),
        Cue.HIPS_BACK: Words("hip sensor back", "The hip sensor answers again"),
        Cue.ROLL_BACK: Words(
            "roll back",
            "The hips rolled back",
            "stack them, one right above the other",
        ),
        Cue.LEG_FORWARD: Words(
            "leg forward",
            "The leg drifted forward",
            "keep it in line with the body",
        ),
        Cue.KICK: Words("kick", "The leg was thrown up", "start softly and lift, do not swing"),
        Cue.DROP: Words("drop", "The leg fell", "lower it all the way, as slowly as it went up"),
        Cue.TOO_HIGH: Words(
            "too high", "The leg went too high", "stop where the hip stays still, at 45° or less"
        ),
        Cue.TOO_SMALL: Words(
            "too small", "The leg did not rise far enough", "lift it to about 30° to 45°"
        ),
        Cue.RUSHED_UP: Words("rushed up", "The way up was rushed", "take the whole time going up"),
        Cue.RUSHED_DOWN: Words(
            "rushed down", "The way down was rushed", "take the whole time coming down"
        ),
        Cue.SHORT_HOLD: Words(
            "short hold", "The hold at the top was short", "stay still up there before lowering"
        ),
        Cue.BENT_BODY: Words(
            "bent body",
            "The body is bent",
            "lie in one line from head to heel",
        ),
        Cue.OFF_MAT: Words(
            "off the mat", "Part of the body is off the mat", "move back until all of it is on"
        ),
        Cue.FATIGUE: Words(
            "fatigue", "The reps are getting slower and smaller", "rest, this set has done its work"
        ),
        Cue.UNSURE: Words(
            "unsure",
            "That rep could not be judged",
            "it counts neither as clean nor as faulty, go on",
        ),
        Cue.SET_DONE: Words("set done", "The set is done", "rest"),
        Cue.READY: Words("ready", "Lying still and weighed", "begin when you like"),
        Cue.REP: Words("clean rep", "A clean rep"),
    }
)

PROBLEM_WORDS: Mapping[CellProblem, str] = MappingProxyType(
    {
        CellProblem.LOST: "gives nothing: its wire or its converter",
        CellProblem.STUCK: "repeats one value: its wiring to the converter",
        CellProblem.SATURATED: "is at the end of its range: overloaded or miswired",
        CellProblem.DRIFTING: "wanders though nobody moves: its mounting, warmth, or a thing left",
        CellProblem.UNRELIABLE: "comes and goes: a loose wire, plug or solder joint",
        CellProblem.OK: "is well again",
    }
)

READER_WORDS: Mapping[ReaderProblem, Words] = MappingProxyType(
    {
        ReaderProblem.LATE: Words(
            "computer late",
            "The computer is too busy to read the cells in time; no wire is at fault",
            "end other programs, let matfw have real-time priority (`matfw doctor` says whether it"
            " has), use PWM pins for buzzer and lights",
        ),
        ReaderProblem.OK: Words("computer on time", "The computer reads the cells in time again"),
    }
)

# Distinct by character, so that they are told apart without colour.
VERDICT_MARKS: Mapping[Verdict, str] = MappingProxyType(
    {Verdict.CLEAN: "✓", Verdict.FAULT: "✗", Verdict.UNSURE: "?"}
)

VERDICT_WORDS: Mapping[Verdict, str] = MappingProxyType(
    {Verdict.CLEAN: "clean", Verdict.FAULT: "with a fault", Verdict.UNSURE: "unsure"}
)

PHASE_WORDS: Mapping[Phase, str] = MappingProxyType(
    {Phase.REST: "rest", Phase.UP: "up", Phase.HOLD: "hold", Phase.DOWN: "down"}
)


def fault_words(fault: Fault) -> Words:
    """Return the words of a fault: those of the cue that announces it."""
    return CUE_WORDS[Cue(fault.value)]
