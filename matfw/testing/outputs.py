"""What was heard and seen: the buzzer's notes and the lights' steps, read off their pins."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPWMPin

from matfw.messages import Cue
from matfw.sounds.earcons import SOUNDS, Note

GRAIN_S = 0.025  # two frames at 80 Hz; every note and light lasts a multiple of it
CHANGES_KEPT = 20_000  # of a pin: an hour of tones
SAME_TONE = 0.01  # a share; a semitone is 6 %
NOTE_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
A4_HZ, A4_MIDI = 440.0, 69
BRIGHTNESS = " .:-=+*#%@"  # of a light, from off to full


class RecordedPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """An output that keeps what it did, and when: (seconds, duty 0 to 1, Hz or None)."""

    def __init__(
        self,
        factory: MockFactory,
        info: Any,  # gpiozero's PinInfo, untyped
        *,
        now_s: Callable[[], float],
    ) -> None:
        self._now = now_s
        self.changes: deque[tuple[float, float, float | None]] = deque(maxlen=CHANGES_KEPT)
        super().__init__(factory, info)

    @property
    def duty(self) -> float:
        """Return what it gives now: 0 is off."""
        return float(self._state)

    def _change_state(self, value: float) -> bool:
        is_change: bool = super()._change_state(value)
        del self.states[:-1]
        self._keep()
        return is_change

    def _set_frequency(self, value: float | None) -> None:
        super()._set_frequency(value)
        self._keep()

    def _keep(self) -> None:
        new = (self._now(), float(self._state), getattr(self, "_frequency", None))
        if self.changes and self.changes[-1][0] == new[0]:
            self.changes.pop()
        self.changes.append(new)


@dataclass(frozen=True, slots=True)
class Heard:
    """A tone, and when it began, seconds."""

    at_s: float
    frequency_hz: float
    duration_s: float

    def __str__(self) -> str:
        return f"{note_name(self.frequency_hz)} {self.duration_s:g}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the three lights showed from at_s on: brightness 0 to 1 each."""

    at_s: float
    head: float
    hip: float
    foot: float


class Buzzer:
    """What the buzzer of a virtual mat has played since the start, or since `forget`."""

    def __init__(self, pin: RecordedPin, now_s: Callable[[], float]) -> None:
        self._pin = pin
        self._now = now_s

    @property
    def is_on(self) -> bool:
        """Return whether it sounds now."""
        return self._pin.duty > 0.0

    def forget(self) -> None:
        """Listen from now on."""
        last = list(self._pin.changes)[-1:]
        self._pin.changes.clear()
        self._pin.changes.extend(last)

    def notes(self) -> list[Heard]:
        """Return the tones in time order, durations to the next 25 ms; the last may go on."""
        found: list[Heard] = []
        began_s, tone_hz = 0.0, None
        for at_s, duty, hz in [*self._pin.changes, (self._now(), 0.0, None)]:
            new_hz = hz if duty > 0.0 else None
            if new_hz == tone_hz:
                continue
            if tone_hz is not None:
                lasted_s = GRAIN_S * round((at_s - began_s) / GRAIN_S)
                if lasted_s > 0.0:  # between the new frequency and the new duty: nobody hears it
                    found.append(Heard(round(began_s, 3), tone_hz, round(lasted_s, 3)))
            began_s, tone_hz = at_s, new_hz
        return found

    def pattern(self) -> str:
        """Return what was heard as text, as in `E6 0.1  - 0.05  A5 0.4`; `-` is a rest."""
        words: list[str] = []
        end_s: float | None = None
        for note in self.notes():
            rest_s = 0.0 if end_s is None else GRAIN_S * round((note.at_s - end_s) / GRAIN_S)
            if rest_s > 0.0:
                words.append(f"- {rest_s:.3g}")
            words.append(str(note))
            end_s = note.at_s + note.duration_s
        return "  ".join(words)

    def cues(self) -> list[Cue]:
        """Return which cues of matfw were heard whole, in time order; of several the longest."""
        return cues_in(self.notes())


class Lights:
    """What the three lights of a virtual mat have shown since the start, or since `forget`."""

    def __init__(self, pins: Mapping[str, RecordedPin], now_s: Callable[[], float]) -> None:
        self._pins = dict(pins)
        self._now = now_s
        self._from_s = now_s()

    @property
    def now(self) -> tuple[float, ...]:
        """Return the brightness of head, hip and foot now."""
        return tuple(pin.duty for pin in self._pins.values())

    def forget(self) -> None:
        """Look from now on."""
        self._from_s = self._now()
        for pin in self._pins.values():
            last = list(pin.changes)[-1:]
            pin.changes.clear()
            pin.changes.extend(last)

    def steps(self) -> list[Seen]:
        """Return every change of the lights, in time order."""
        moments = sorted({change[0] for pin in self._pins.values() for change in pin.changes})
        found: list[Seen] = []
        for at_s in moments:
            shown = tuple(_at(pin, at_s) for pin in self._pins.values())
            if not found or (found[-1].head, found[-1].hip, found[-1].foot) != shown:
                found.append(Seen(at_s, *shown))
        return found

    def drawn(self, grain_s: float = 0.1) -> str:
        """Return a line a light, a character a grain_s, darkest ` ` to brightest `@`."""
        count = max(1, round((self._now() - self._from_s) / grain_s))
        width = max(map(len, self._pins))
        return "\n".join(
            f"{name:<{width}} |"
            + "".join(
                BRIGHTNESS[round(_at(pin, self._from_s + (k + 0.5) * grain_s) * 9)]
                for k in range(count)
            )
            + "|"
            for name, pin in self._pins.items()
        )


def cues_in(heard: Sequence[Heard]) -> list[Cue]:
    """Return the cues whose notes are there one after the other."""
    patterns = {cue: _timed(notes) for cue, notes in SOUNDS.items()}
    found: list[Cue] = []
    index = 0
    while index < len(heard):
        fits = [
            (len(notes), cue)
            for cue, notes in patterns.items()
            if _fits(heard[index : index + len(notes)], notes)
        ]
        length, best = max(fits, default=(1, None), key=lambda fit: fit[0])
        if best is not None:
            found.append(best)
        index += length
    return found


def note_name(frequency_hz: float) -> str:
    """Return the nearest note of the scale, as in A5."""
    midi = round(A4_MIDI + 12.0 * math.log2(frequency_hz / A4_HZ))
    return f"{NOTE_NAMES[midi % 12]}{midi // 12 - 1}"


def _timed(notes: Sequence[Note]) -> list[Heard]:
    """Return a cue's tones with their times; the same tone twice in a row is heard as one."""
    timed: list[Heard] = []
    at_s = 0.0
    for note in notes:
        if note.frequency_hz is not None:
            last = timed[-1] if timed else None
            if last and last.frequency_hz == note.frequency_hz and _ends(last) == round(at_s, 3):
                timed[-1] = Heard(last.at_s, last.frequency_hz, last.duration_s + note.duration_s)
            else:
                timed.append(Heard(at_s, note.frequency_hz, note.duration_s))
        at_s += note.duration_s
    return timed


def _ends(note: Heard) -> float:
    return round(note.at_s + note.duration_s, 3)


def _fits(heard: Sequence[Heard], expected: Sequence[Heard]) -> bool:
    return len(heard) == len(expected) and all(
        abs(a.frequency_hz / b.frequency_hz - 1.0) < SAME_TONE
        and abs(a.duration_s - b.duration_s) <= GRAIN_S
        and abs((a.at_s - heard[0].at_s) - (b.at_s - expected[0].at_s)) <= GRAIN_S
        for a, b in zip(heard, expected, strict=True)
    )


def _at(pin: RecordedPin, t_s: float) -> float:
    before = [duty for at_s, duty, _ in pin.changes if at_s <= t_s]
    return before[-1] if before else 0.0
