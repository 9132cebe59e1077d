"""What each cue sounds and looks like: tables of notes and of light steps, and where they stand.

The sounds are distinguished by rhythm and by the direction the melody takes, not by absolute pitch:
few people know a note when they hear it alone. Where a cue is about a movement, the melody makes
that movement: the leg that was too high comes down, the one that dropped falls, `leg_forward` is
`roll_back` in a mirror (bend, do not roll), and `short_hold` says "not ta but taaa".

Loudness. A passive piezo element is driven by a square wave between 0 V and the supply. Its duty
sets the volume of all cues alike (devices/indicator.py). Between cues pitch does, since such an
element is loudest at 2-4 kHz, and length: the clean rep's tick is low and 50 ms long, the faults
are high. A low note of long duration still carries, by its odd harmonics (it buzzes).

The lights stand along the face-side edge: head, hip, foot; of two strips the indicator lights that
one. The light nearest to what is to change is lit: hips -> hip, leg -> foot, the whole body, the
tempo or a sensor -> several. All have one colour; shape and rhythm carry the meaning. No light
flashes more than 3 times a second (WCAG 2.2, 2.3.1 "Three Flashes or Below Threshold").

All durations are multiples of 25 ms, two frames at 80 Hz, so a pattern that is advanced once a
frame keeps its rhythm.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from types import MappingProxyType
from typing import TypeVar

from matfw.messages import Announcement, Cue, Fault

# Equal temperament, A4 = 440 Hz: 69 is A4's MIDI number, as in gpiozero.tones.Tone.
_MIDI_A4 = 69
# The range, two octaves either way, asked of TonalBuzzer: its default of one octave around A4
# stops at 880 Hz. 262-4186 Hz holds all notes below.
MID_TONE = "C6"
OCTAVES = 2
# Frames are stamped in floating point: 0.05 s after a start may read 0.04999 s, and a note would
# begin one frame late.
_TIME_GRAIN_S = 1e-6


def _hz(midi: int) -> float:
    return 440.0 * math.pow(2.0, (midi - _MIDI_A4) / 12)


D5, F5, G5, A5, B5 = (_hz(midi) for midi in (74, 77, 79, 81, 83))
C6, D6, DS6, E6, F6, FS6, G6, A6 = (_hz(midi) for midi in (84, 86, 87, 88, 89, 90, 91, 93))
B6, C7, E7, G7 = (_hz(midi) for midi in (95, 96, 100, 103))


@dataclass(frozen=True, slots=True)
class Note:
    """A tone, or a rest where frequency_hz is None."""

    frequency_hz: float | None
    duration_s: float


@dataclass(frozen=True, slots=True)
class Lights:
    """A step of a light pattern: brightness 0..1 of the three lights."""

    head: float
    hip: float
    foot: float
    duration_s: float

    @property
    def brightness(self) -> tuple[float, float, float]:
        """Return head, hip and foot."""
        return (self.head, self.hip, self.foot)


_Step = TypeVar("_Step", Note, Lights)

DARK = (0.0, 0.0, 0.0)


def _notes(*pairs: tuple[float | None, float]) -> tuple[Note, ...]:
    return tuple(Note(frequency_hz, duration_s) for frequency_hz, duration_s in pairs)


def _lights(*steps: tuple[float, float, float, float]) -> tuple[Lights, ...]:
    return tuple(Lights(*step) for step in steps)


_TICKS = ((G6, 0.05), (None, 0.05)) * 3  # "hurry, hurry, hurry"

SOUNDS: Mapping[Cue, tuple[Note, ...]] = MappingProxyType(
    {
        # Long low pulses: a machine that is not well.
        Announcement.NOT_JUDGING: _notes(
            (D5, 0.5), (None, 0.25), (D5, 0.5), (None, 0.25), (D5, 0.5)
        ),
        # The same machine, one part of it: a long low pulse and a short one lower still ...
        Announcement.HIPS_LOST: _notes((G5, 0.5), (None, 0.25), (D5, 0.2)),
        # ... and back up.
        Announcement.HIPS_BACK: _notes((D5, 0.2), (None, 0.25), (G5, 0.5)),
        # From the top down to where the leg belongs.
        Fault.TOO_HIGH: _notes((G7, 0.2), (E7, 0.2), (C7, 0.35)),
        # A free fall.
        Fault.DROP: _notes((G7, 0.05), (E7, 0.05), (C7, 0.05), (G6, 0.05), (E6, 0.05), (C6, 0.05)),
        # Two sharp bursts upward.
        Fault.KICK: _notes(
            *((C6, 0.05), (G6, 0.05), (C7, 0.05), (G7, 0.05), (None, 0.1)),
            *((C6, 0.05), (G6, 0.05), (C7, 0.05), (G7, 0.05)),
        ),
        # Short, long, downward; and its mirror: long, short, upward.
        Fault.ROLL_BACK: _notes((E6, 0.1), (None, 0.05), (A5, 0.4)),
        Fault.LEG_FORWARD: _notes((A5, 0.4), (None, 0.05), (E6, 0.1)),
        # Somebody at the door.
        Fault.OFF_MAT: _notes((A6, 0.1), (None, 0.15), (A6, 0.1), (None, 0.15), (A6, 0.1)),
        # A line with a bend in it.
        Fault.BENT_BODY: _notes((C6, 0.1), (DS6, 0.1), (FS6, 0.1), (DS6, 0.1), (C6, 0.1)),
        # Small steps up that go on: the opposite of `too_high`, low and slow.
        Fault.TOO_SMALL: _notes((F5, 0.2), (None, 0.05), (G5, 0.2), (None, 0.05), (B5, 0.3)),
        Fault.RUSHED_UP: _notes(*_TICKS, (C7, 0.3)),
        Fault.RUSHED_DOWN: _notes(*_TICKS, (C6, 0.3)),
        # Not "ta" but "taaa".
        Fault.SHORT_HOLD: _notes((E6, 0.1), (None, 0.15), (E6, 0.5)),
        # A sigh.
        Fault.FATIGUE: _notes((E6, 0.4), (D6, 0.4), (A5, 0.6)),
        # A trill that settles on nothing.
        Announcement.UNSURE: _notes(*((E6, 0.075), (F6, 0.075)) * 4),
        # A cadence: home.
        Announcement.SET_DONE: _notes((C7, 0.15), (A6, 0.15), (B6, 0.15), (C7, 0.45)),
        # A rising third.
        Announcement.READY: _notes((C6, 0.2), (E6, 0.35)),
        # A shaking that slows down, and lies still.
        Announcement.LIE_STILL: _notes(
            *((G6, 0.1), (C6, 0.1)), *((G6, 0.15), (C6, 0.15)), (G6, 0.2), (C6, 0.7)
        ),
        # A soft tick.
        Announcement.REP: _notes((C6, 0.05)),
        # The low pulse of `not_judging`, short, and a question after it; twice.
        Announcement.SEE_CONSOLE: _notes(
            *((D5, 0.25), (None, 0.05), (C7, 0.2), (None, 0.2)),
            *((D5, 0.25), (None, 0.05)),
            (C7, 0.2),
        ),
        # Counted: longer than a clean rep's tick.
        Announcement.COUNT: _notes((C6, 0.25)),
        # A group of five is full: the count goes up and stays.
        Announcement.REP_FIVE: _notes((C6, 0.05), (None, 0.05), (G6, 0.25)),
        # As many ticks as repetitions are left, and an octave.
        Announcement.THREE_LEFT: _notes(*((C6, 0.075), (None, 0.075)) * 3, (C7, 0.2)),
        Announcement.TWO_LEFT: _notes(*((C6, 0.075), (None, 0.075)) * 2, (C7, 0.2)),
        Announcement.ONE_LEFT: _notes((C6, 0.075), (None, 0.075), (C7, 0.2)),
        # The cadence of a set, and on up.
        Announcement.LAST_SET_DONE: _notes(
            (C7, 0.15), (A6, 0.15), (B6, 0.15), (C7, 0.15), (E7, 0.15), (G7, 0.45)
        ),
        # A fanfare.
        Announcement.WORKOUT_DONE: _notes(
            *((G5, 0.1), (None, 0.05)) * 2, (C6, 0.2), (E6, 0.2), (G6, 0.2), (C7, 0.6)
        ),
        # Called twice; then down for the left side, up for the right one.
        Announcement.LIE_LEFT: _notes(*((G6, 0.15), (None, 0.05)) * 2, (C6, 0.5)),
        Announcement.LIE_RIGHT: _notes(*((C6, 0.15), (None, 0.05)) * 2, (G6, 0.5)),
        # No, no.
        Announcement.WRONG_SIDE: _notes((E6, 0.3), (A5, 0.3), (None, 0.1), (E6, 0.3), (A5, 0.3)),
        # Three, two, one, go: a second each.
        Announcement.GET_READY: _notes(*((E6, 0.2), (None, 0.8)) * 3, (C7, 0.4)),
        # Down and tapping the foot; up again, its mirror.
        Announcement.PAUSED: _notes((C7, 0.3), (None, 0.1), (C6, 0.1), (None, 0.1), (C6, 0.1)),
        Announcement.RESUMED: _notes((C6, 0.1), (None, 0.1), (C6, 0.1), (None, 0.1), (C7, 0.3)),
        # The rising third of `ready`, asked twice.
        Announcement.UNFINISHED: _notes((C6, 0.2), (E6, 0.2), (None, 0.2), (C6, 0.2), (E6, 0.2)),
        # A slow clock.
        Announcement.REST_TEN: _notes((G5, 0.2), (None, 0.3), (G5, 0.2)),
        # Up the stairs.
        Announcement.REST_OVER: _notes((C6, 0.15), (E6, 0.15), (G6, 0.15), (C7, 0.3)),
        # Low, with something missing in the middle.
        Announcement.PARTLY_JUDGED: _notes(
            (F5, 0.2), (None, 0.1), (D5, 0.2), (None, 0.1), (F5, 0.2)
        ),
    }
)

LIGHTS: Mapping[Cue, tuple[Lights, ...]] = MappingProxyType(
    {
        Announcement.NOT_JUDGING: _lights(
            *((1, 1, 1, 0.5), (0, 0, 0, 0.25), (1, 1, 1, 0.5), (0, 0, 0, 0.25), (1, 1, 1, 0.5))
        ),
        # The hip light goes out, and comes on.
        Announcement.HIPS_LOST: _lights((0.6, 1, 0.6, 0.5), (0.6, 0, 0.6, 0.5)),
        Announcement.HIPS_BACK: _lights((0.6, 0, 0.6, 0.5), (0.6, 1, 0.6, 0.5)),
        # Leg: the foot light, as a saw tooth down, two up, or with its neighbour above it.
        Fault.TOO_HIGH: _lights((0, 1, 0, 0.25), (0, 0.5, 0.5, 0.15), (0, 0, 1, 0.35)),
        Fault.DROP: _lights((0, 0, 1, 0.2), (0, 0, 0.6, 0.2), (0, 0, 0.3, 0.2), (0, 0, 0.1, 0.2)),
        Fault.KICK: _lights(
            *((0, 0, 0.1, 0.1), (0, 0, 0.4, 0.1), (0, 0, 1, 0.15), (0, 0, 0, 0.1)),
            *((0, 0, 0.4, 0.1), (0, 0, 1, 0.15)),
        ),
        Fault.ROLL_BACK: _lights((0, 1, 0, 0.15), (0, 0, 0, 0.15), (0, 1, 0, 0.5)),
        Fault.LEG_FORWARD: _lights((0, 0, 1, 0.5), (0, 0, 0, 0.15), (0, 0, 1, 0.15)),
        # Body: the ends take turns; the line from end to end has a bend in the middle.
        Fault.OFF_MAT: _lights((1, 0, 0, 0.2), (0, 0, 1, 0.2), (1, 0, 0, 0.2), (0, 0, 1, 0.2)),
        Fault.BENT_BODY: _lights((1, 0, 1, 0.3), (0, 1, 0, 0.2), (1, 0, 1, 0.3)),
        # A foot light that would like to be brighter.
        Fault.TOO_SMALL: _lights((0, 0, 0.1, 0.25), (0, 0, 0.2, 0.25), (0, 0, 0.4, 0.4)),
        # Tempo: one light runs along the edge, up or down the body, twice; or all hold.
        Fault.RUSHED_UP: _lights(
            *((0, 0, 1, 0.1), (0, 1, 0, 0.1), (1, 0, 0, 0.1), (0, 0, 0, 0.1)),
            *((0, 0, 1, 0.1), (0, 1, 0, 0.1), (1, 0, 0, 0.1)),
        ),
        Fault.RUSHED_DOWN: _lights(
            *((1, 0, 0, 0.1), (0, 1, 0, 0.1), (0, 0, 1, 0.1), (0, 0, 0, 0.1)),
            *((1, 0, 0, 0.1), (0, 1, 0, 0.1), (0, 0, 1, 0.1)),
        ),
        Fault.SHORT_HOLD: _lights((1, 1, 1, 0.1), (0, 0, 0, 0.2), (1, 1, 1, 0.5)),
        Fault.FATIGUE: _lights(
            *((1, 1, 1, 0.35), (0.6, 0.6, 0.6, 0.35), (0.3, 0.3, 0.3, 0.35), (0.1, 0.1, 0.1, 0.35))
        ),
        Announcement.UNSURE: _lights(
            *((0.5, 0, 0.5, 0.2), (0, 0.5, 0, 0.2), (0.5, 0, 0.5, 0.2), (0, 0.5, 0, 0.2))
        ),
        # Filled up from the head to the foot.
        Announcement.SET_DONE: _lights((1, 0, 0, 0.2), (1, 1, 0, 0.2), (1, 1, 1, 0.5)),
        # Dim, then bright.
        Announcement.READY: _lights((0.2, 0.2, 0.2, 0.2), (1, 1, 1, 0.35)),
        # From end to end and back, and then all of the edge at once, for long.
        Announcement.LIE_STILL: _lights(
            *((1, 0, 0, 0.2), (0, 0, 1, 0.2), (1, 0, 0, 0.2), (0, 0, 0, 0.1)), (0.6, 0.6, 0.6, 0.7)
        ),
        Announcement.REP: _lights((0.2, 0.2, 0.2, 0.15)),
        # From one half of the edge to the other and back: something here wants to be looked at.
        Announcement.SEE_CONSOLE: _lights(
            *((1, 1, 0, 0.35), (0, 1, 1, 0.35)), *((1, 1, 0, 0.35), (0, 1, 1, 0.35))
        ),
        Announcement.COUNT: _lights((0.5, 0.5, 0.5, 0.25)),
        Announcement.REP_FIVE: _lights(
            (0.5, 0.5, 0.5, 0.15), (0, 0, 0, 0.15), (0.5, 0.5, 0.5, 0.15)
        ),
        # As many lights as repetitions are left.
        Announcement.THREE_LEFT: _lights((0.8, 0.8, 0.8, 0.4)),
        Announcement.TWO_LEFT: _lights((0.8, 0.8, 0, 0.4)),
        Announcement.ONE_LEFT: _lights((0.8, 0, 0, 0.4)),
        # Filled up as after a set, and emptied again; from the middle to the ends, twice.
        Announcement.LAST_SET_DONE: _lights(
            *((1, 0, 0, 0.2), (1, 1, 0, 0.2), (1, 1, 1, 0.5), (1, 1, 0, 0.2), (1, 0, 0, 0.2))
        ),
        Announcement.WORKOUT_DONE: _lights(
            *((0, 1, 0, 0.3), (1, 1, 1, 0.4), (0, 1, 0, 0.3), (1, 1, 1, 0.6))
        ),
        # The head half of the edge, or the foot half.
        Announcement.LIE_LEFT: _lights(*((1, 0, 0, 0.3), (1, 1, 0, 0.3)) * 2),
        Announcement.LIE_RIGHT: _lights(*((0, 0, 1, 0.3), (0, 1, 1, 0.3)) * 2),
        Announcement.WRONG_SIDE: _lights(
            *((1, 0, 0, 0.3), (0, 0, 0, 0.1), (0, 0, 1, 0.3), (0, 0, 0, 0.1)),
            *((1, 0, 0, 0.3), (0, 0, 0, 0.1), (0, 0, 1, 0.3)),
        ),
        # Three lights, two, one, all.
        Announcement.GET_READY: _lights(
            *((1, 1, 1, 0.2), (0, 0, 0, 0.8), (0, 1, 1, 0.2), (0, 0, 0, 0.8)),
            *((0, 0, 1, 0.2), (0, 0, 0, 0.8), (1, 1, 1, 0.4)),
        ),
        # Closed to the middle; opened from it.
        Announcement.PAUSED: _lights((1, 1, 1, 0.3), (0.3, 0.6, 0.3, 0.3), (0, 0.3, 0, 0.3)),
        Announcement.RESUMED: _lights((0, 0.3, 0, 0.3), (0.3, 0.6, 0.3, 0.3), (1, 1, 1, 0.3)),
        Announcement.UNFINISHED: _lights(*((0, 1, 0, 0.3), (0, 0, 1, 0.3)) * 2),
        Announcement.REST_TEN: _lights((0.5, 0, 0.5, 0.2), (0, 0, 0, 0.3), (0.5, 0, 0.5, 0.2)),
        # Filled up from the foot to the head.
        Announcement.REST_OVER: _lights((0, 0, 1, 0.2), (0, 1, 1, 0.2), (1, 1, 1, 0.45)),
        Announcement.PARTLY_JUDGED: _lights(
            (0.5, 0.5, 0.5, 0.2), (0.5, 0, 0.5, 0.6), (0.5, 0.5, 0.5, 0.2)
        ),
    }
)


def pattern_s(cue: Cue) -> float:
    """Return the seconds until both the sound and the light pattern of a cue are over."""
    return max(_ends_s(SOUNDS[cue])[-1], _ends_s(LIGHTS[cue])[-1])


def tone_at(cue: Cue, elapsed_s: float) -> float | None:
    """Return the frequency in Hz that sounds elapsed_s after the cue's start, None for silence."""
    note = _step_at(SOUNDS[cue], elapsed_s)
    return None if note is None else note.frequency_hz


def lights_at(cue: Cue, elapsed_s: float) -> tuple[float, float, float]:
    """Return the brightness 0..1 of head, hip and foot elapsed_s after the cue's start."""
    step = _step_at(LIGHTS[cue], elapsed_s)
    return DARK if step is None else step.brightness


def _ends_s(steps: Iterable[Note | Lights]) -> tuple[float, ...]:
    return tuple(accumulate(step.duration_s for step in steps))


def _step_at(steps: tuple[_Step, ...], elapsed_s: float) -> _Step | None:
    if elapsed_s < -_TIME_GRAIN_S:
        return None
    for step, end_s in zip(steps, _ends_s(steps), strict=True):
        if elapsed_s + _TIME_GRAIN_S < end_s:
            return step
    return None
