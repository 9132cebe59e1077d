"""What flows along the line: frozen messages, units in their names; each is imported from here.

Axes, stated once: origin at the deck's centre, x to the foot end, y to the left edge as seen by
someone lying on their back with the head at -x, z up; millimetres. Lying on the left side one
faces +y, on the right side -y. "counts" are raw HX711 units and nothing else; repetitions are
"reps". None means "no value"; NaN never appears; a bad sample is marked, never invented.
"""

from matfw.messages.cues import (
    CUES,
    OF_JUDGING,
    Announcement,
    Cue,
    Guidance,
    Pace,
    cue_named,
)
from matfw.messages.events import (
    CellEvent,
    CellProblem,
    CueGiven,
    Event,
    PersonWeighed,
    PhaseChanged,
    ReaderEvent,
    ReaderProblem,
    RestChanged,
    RestState,
    SetChanged,
    SetState,
    Tapped,
    WorkoutChanged,
    WorkoutState,
)
from matfw.messages.frames import (
    Balance,
    CleanLoads,
    Hips,
    Loads,
    Motion,
    PlateBalance,
    Presence,
    RawFrame,
)
from matfw.messages.limits import Fault, FaultSeen, Limits, Range, Tempo, Verdict
from matfw.messages.mat import Cell, CellCalibration, Channel, HipRepeatability, Mat, Person, Side
from matfw.messages.reps import Phase, PhaseStep, RefinedRep, Rep

__all__ = [
    "CUES",
    "OF_JUDGING",
    "Announcement",
    "Balance",
    "Cell",
    "CellCalibration",
    "CellEvent",
    "CellProblem",
    "Channel",
    "CleanLoads",
    "Cue",
    "CueGiven",
    "Event",
    "Fault",
    "FaultSeen",
    "Guidance",
    "HipRepeatability",
    "Hips",
    "Limits",
    "Loads",
    "Mat",
    "Motion",
    "Pace",
    "Person",
    "PersonWeighed",
    "Phase",
    "PhaseChanged",
    "PhaseStep",
    "PlateBalance",
    "Presence",
    "Range",
    "RawFrame",
    "ReaderEvent",
    "ReaderProblem",
    "RefinedRep",
    "Rep",
    "RestChanged",
    "RestState",
    "SetChanged",
    "SetState",
    "Side",
    "Tapped",
    "Tempo",
    "Verdict",
    "WorkoutChanged",
    "WorkoutState",
    "cue_named",
]
