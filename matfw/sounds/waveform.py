"""Earcons and the pace's tone as samples: the square wave that a piezo gets, duty one half.

What the element makes of it (resonance, loudness) is not modelled.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from matfw.messages import Pace, Tempo
from matfw.sounds.earcons import Note
from matfw.sounds.pace import STEP_S, pace_s, pace_tone

RATE_HZ = 44_100
AMPLITUDE = 8_000  # of 32767; a square wave at full scale hurts in headphones
TAIL_S = 0.2  # silence after the sound, so that players do not clip its end


def samples(sound: Sequence[Note]) -> array[int]:
    """Return 16-bit mono samples; a note begins its wave at zero, and borders are rounded from the
    start, so that errors do not add.
    """
    wave_form = array("h")
    end_s = 0.0
    for note in (*sound, Note(None, TAIL_S)):
        end_s += note.duration_s
        _append(wave_form, note.frequency_hz, round(end_s * RATE_HZ), restart=True)
    return wave_form


def pace_samples(tempo: Tempo) -> array[int]:
    """Return one repetition's tone at a tempo: gliding up, steady, gliding down."""
    wave_form = array("h")
    pace, steps, phase = Pace(start_s=0.0, tempo=tempo), round(pace_s(tempo) / STEP_S), 0.0
    for step in range(steps):
        frequency_hz = pace_tone(pace, step * STEP_S)
        phase = _append(wave_form, frequency_hz, round((step + 1) * STEP_S * RATE_HZ), phase=phase)
    _append(wave_form, None, len(wave_form) + round(TAIL_S * RATE_HZ))
    return wave_form


def _append(
    wave_form: array[int],
    frequency_hz: float | None,
    until: int,
    *,
    phase: float = 0.0,
    restart: bool = False,
) -> float:
    """Append samples until there are so many; return the wave's phase, 0 to 1, at their end.

    restart: the phase is taken from the count of samples, so that it is exact over long notes.
    """
    begin = len(wave_form)
    for index in range(begin, until):
        if frequency_hz is None:
            wave_form.append(0)
            continue
        at = index if restart else index - begin
        is_high = (phase + at * frequency_hz / RATE_HZ) % 1.0 < 0.5
        wave_form.append(AMPLITUDE if is_high else -AMPLITUDE)
    return (phase + (until - begin) * (frequency_hz or 0.0) / RATE_HZ) % 1.0
