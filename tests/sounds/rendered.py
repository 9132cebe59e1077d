"""Every earcon as a WAV file, to hear and to measure: `python -m tests.sounds.rendered FOLDER`.

The wave is the one a piezo gets from TonalBuzzer: square, duty one half. What the element makes of
it (resonance, loudness) is not modelled.
"""

from __future__ import annotations

import sys
import wave
from array import array
from collections.abc import Sequence
from pathlib import Path

from matfw.sounds.earcons import SOUNDS, Note

RATE_HZ = 44_100
AMPLITUDE = 8_000  # of 32767; a square wave at full scale hurts in headphones
TAIL_S = 0.2  # silence after the sound, so that players do not clip its end


def samples(sound: Sequence[Note]) -> array[int]:
    """Return 16-bit mono samples; note borders are rounded from the start, so errors do not add."""
    wave_form = array("h")
    end_s = 0.0
    for note in (*sound, Note(None, TAIL_S)):
        end_s += note.duration_s
        for index in range(round(end_s * RATE_HZ) - len(wave_form)):
            if note.frequency_hz is None:
                wave_form.append(0)
            else:
                is_high = (index * note.frequency_hz / RATE_HZ) % 1.0 < 0.5
                wave_form.append(AMPLITUDE if is_high else -AMPLITUDE)
    return wave_form


def write_wav(path: Path, sound: Sequence[Note]) -> None:
    """Write one sound as a 16-bit mono WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples(sound).tobytes())


def main(folder: Path) -> None:
    """Write all sounds into the folder, one file per cue."""
    folder.mkdir(parents=True, exist_ok=True)
    for cue, sound in SOUNDS.items():
        write_wav(folder / f"{cue}.wav", sound)
        print(folder / f"{cue}.wav")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
