"""The demo's cues by the computer's own loudspeaker: `matfw demo --sound`.

The mat's buzzer makes square waves; so does this, as small WAV files that a program of the system
plays. It never waits for one: a new cue ends the one before, as on the mat.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from matfw.messages import Cue, CueGiven, Event
from matfw.pipeline import Step
from matfw.sounds.earcons import SOUNDS

RATE_HZ = 22_050
AMPLITUDE = 6_000  # of 32767: a square wave is loud
PLAYERS = (("paplay",), ("pw-play",), ("aplay", "-q"))  # PulseAudio, PipeWire, ALSA
NO_PLAYER = (
    f"no sound: none of {', '.join(player[0] for player in PLAYERS)} is here: `sudo apt install"
    " alsa-utils`"
)
NO_OUTPUT = "no sound: {player} plays nothing here: is there a loudspeaker or headphones?"

Play = Callable[[Sequence[str]], "subprocess.Popen[bytes]"]


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a player and leave it alone."""
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


class CueSounds:
    """A tap that plays each cue as it is given."""

    def __init__(
        self, player: Sequence[str], folder: Path, say: Callable[[str], object], play: Play = start
    ) -> None:
        """Take the player's command, where files may go, and what says once that none sounds."""
        self._player = tuple(player)
        self._folder = folder
        self._say = say
        self._play = play
        self._playing: subprocess.Popen[bytes] | None = None
        self._has_failed = False

    def step(self, _: Step) -> None:
        """See one frame's step: a player that could not play is reported once."""
        playing = self._playing
        if playing is None or playing.poll() is None:
            return
        self._playing = None
        if playing.returncode > 0:
            self._fail()

    def events(self, events: Sequence[Event]) -> None:
        """Play the cues among what happened."""
        for event in events:
            if isinstance(event, CueGiven) and not self._has_failed:
                self._sound(event.cue)

    def close(self) -> None:
        """End what still sounds."""
        if self._playing is not None:
            self._playing.terminate()
            self._playing.wait()
            self._playing = None

    def _sound(self, cue: Cue) -> None:
        path = self._folder / f"{cue}.wav"
        try:
            if not path.exists():
                write_wav(path, cue)
            self.close()
            self._playing = self._play((*self._player, str(path)))
        except OSError:
            self._fail()

    def _fail(self) -> None:
        if not self._has_failed:
            self._has_failed = True
            self._say(NO_OUTPUT.format(player=self._player[0]))


def write_wav(path: Path, cue: Cue) -> None:
    """Write a cue's sound, 16-bit mono. Raises OSError."""
    samples = array("h")
    for note in SOUNDS[cue]:
        count = round(note.duration_s * RATE_HZ)
        half = RATE_HZ / (2.0 * note.frequency_hz) if note.frequency_hz else 0.0
        samples.extend(
            (AMPLITUDE if int(k / half) % 2 else -AMPLITUDE) if half else 0 for k in range(count)
        )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())


@contextmanager
def cue_sounds(
    say: Callable[[str], object], find: Callable[[str], str | None] = shutil.which
) -> Iterator[CueSounds | None]:
    """Give the tap, or None where no program can play; that is reported once."""
    player = next((each for each in PLAYERS if find(each[0])), None)
    if player is None:
        say(NO_PLAYER)
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="matfw-") as folder:
        sounds = CueSounds(player, Path(folder), say)
        try:
            yield sounds
        finally:
            sounds.close()
