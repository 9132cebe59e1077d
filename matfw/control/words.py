"""What the mat says, in plain words: what happened, and what to do about it.

The buzzer and the lights say the same without words; these are for screens, the console and
reports. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from matfw.judging.faults import FAULTS, ROWS
from matfw.judging.row import Words
from matfw.messages import Announcement, CellProblem, Cue, Fault, Phase, ReaderProblem, Verdict

CUE_WORDS: Mapping[Cue, Words] = MappingProxyType(
    {
        Announcement.NOT_JUDGING: Words(
            "not judging",
            "Reps are not judged at the moment",
            "the line above says why, and what to do",
        ),
        Announcement.HIPS_LOST: Words(
            "hip sensor lost",
            "A hip sensor fails: judged without it",
            "the line above names it: see to its cable",
        ),
        Announcement.SEE_CONSOLE: Words(
            "see the console",
            "Not calibrated, or a damaged state file",
            "`status` at the console says which",
        ),
        Announcement.HIPS_BACK: Words("hip sensor back", "The hip sensor answers again"),
        Announcement.UNSURE: Words(
            "unsure",
            "That rep could not be judged",
            "it counts neither as clean nor as faulty, go on",
        ),
        Announcement.SET_DONE: Words("set done", "The set is done", "rest"),
        Announcement.READY: Words("ready", "Lying still and weighed", "begin when you like"),
        Announcement.LIE_STILL: Words(
            "lie still", "Not weighed yet, so nothing counts", "lie still for two seconds"
        ),
        Announcement.REP: Words("clean rep", "A clean rep"),
        Announcement.COUNT: Words("rep", "A rep, clean unless another sound came"),
        Announcement.REP_FIVE: Words("five", "A group of five reps is full"),
        Announcement.THREE_LEFT: Words("three left", "Three reps are left in this set"),
        Announcement.TWO_LEFT: Words("two left", "Two reps are left in this set"),
        Announcement.ONE_LEFT: Words("one left", "One rep is left in this set"),
        Announcement.LIE_LEFT: Words(
            "left side", "The left side", "lie on it, and bring the top knee forward once"
        ),
        Announcement.LIE_RIGHT: Words(
            "right side", "The right side", "lie on it, and bring the top knee forward once"
        ),
        Announcement.WRONG_SIDE: Words(
            "wrong side", "It seems to be the other side", "turn over, or tap twice if it is right"
        ),
        Announcement.GET_READY: Words("get ready", "Three, two, one", "begin at the high tone"),
        Announcement.PAUSED: Words("paused", "The workout stands", "lie still, or tap twice"),
        Announcement.RESUMED: Words("goes on", "The workout goes on", "finish the set"),
        Announcement.UNFINISHED: Words(
            "unfinished", "Reps are left in this set", "go on, or tap three times to end it"
        ),
        Announcement.REST_TEN: Words("ten seconds", "Ten seconds of the rest are left"),
        Announcement.REST_OVER: Words(
            "rest over", "The rest is over", "lie still for the next set"
        ),
        Announcement.LAST_SET_DONE: Words("last set done", "The last set is done"),
        Announcement.WORKOUT_DONE: Words("workout done", "The workout is done"),
        Announcement.PARTLY_JUDGED: Words(
            "partly judged", "This variation hides things from the mat"
        ),
        **{row.fault: row.words for row in FAULTS},
    }
)

PROBLEM_WORDS: Mapping[CellProblem, str] = MappingProxyType(
    {
        CellProblem.LOST: "gives nothing: its wire or its converter",
        CellProblem.STUCK: "repeats one value: its wiring to the converter",
        CellProblem.SATURATED: "is at the end of its range: overloaded or miswired",
        CellProblem.DRIFTING: "wanders though nobody moves: its mounting, warmth, or a thing left",
        CellProblem.UNRELIABLE: "reads what no body weighs, or comes and goes: a loose wire, plug"
        " or solder joint; if below zero with somebody on the mat, its A+ and A- are exchanged, or"
        " its zero is lost (tare the empty mat); if `all`, the cells' supply, or rate_hz is not the"
        " converters'",
        CellProblem.OK: "has recovered",
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

# Distinct by character, so that they can be distinguished without colour.
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
    """Return the words of a fault: those of its row in the table."""
    return ROWS[fault].words
