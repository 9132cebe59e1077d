"""What is heard in each mode; the lights say all of it in every one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from matfw.messages import Announcement, Cue, Fault


class SoundMode(StrEnum):
    """What the buzzer gives."""

    FULL = "full"
    FAULTS = "faults"  # what goes wrong, and where the workout is
    METRONOME = "metronome"  # the tempo, and where the workout is
    SILENT = "silent"


class Kind(StrEnum):
    """What a sound is about."""

    PACE = "pace"
    FAULT = "fault"
    COUNT = "count"
    COURSE = "course"  # of the workout, and of the mat itself


HEARD: Mapping[SoundMode, frozenset[Kind]] = MappingProxyType(
    {
        SoundMode.FULL: frozenset(Kind),
        SoundMode.FAULTS: frozenset({Kind.FAULT, Kind.COURSE}),
        SoundMode.METRONOME: frozenset({Kind.PACE, Kind.COURSE}),
        SoundMode.SILENT: frozenset(),
    }
)
COUNTS = frozenset(
    {
        Announcement.REP,
        Announcement.COUNT,
        Announcement.REP_FIVE,
        Announcement.THREE_LEFT,
        Announcement.TWO_LEFT,
        Announcement.ONE_LEFT,
    }
)


def kind_of(cue: Cue) -> Kind:
    """Return what a cue's sound is about."""
    if isinstance(cue, Fault) or cue is Announcement.UNSURE:
        return Kind.FAULT
    return Kind.COUNT if cue in COUNTS else Kind.COURSE


def is_heard(mode: SoundMode, cue: Cue | None) -> bool:
    """Return whether a cue sounds in a mode; None: the pace's tone."""
    return (Kind.PACE if cue is None else kind_of(cue)) in HEARD[mode]
