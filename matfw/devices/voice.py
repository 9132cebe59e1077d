"""Words by espeak-ng through ALSA: two programs of the system, run by a thread of its own.

What can be said is rendered ahead, one sentence after the other at low priority, into a folder
where the next start finds it. The main thread only puts texts into a queue, and ends a player. A
program that is not there, or no sound card, is reported once; nothing is spoken after that.
"""

from __future__ import annotations

import hashlib
import os
import queue
import subprocess
import threading
import wave
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from io import BytesIO
from itertools import count
from pathlib import Path

import numpy as np

from matfw.errors import MatError

ESPEAK, APLAY = "espeak-ng", "aplay"
WORDS_PER_MINUTE = 150  # espeak-ng's own is 175, too fast for somebody who is out of breath
RENDER_LIMIT_S = 20.0  # on a slow computer one sentence takes 1 to 3 s
HEADER_BYTES = 44  # of a WAV file as espeak-ng writes it to a pipe; its lengths are not to be used
SAMPLE_HZ = 22_050
NICENESS = 10
_NOW, _AHEAD = 0, 1


class VoiceError(MatError):
    """Nothing can be said; the message says why and what to do."""


def render(text: str, voice: str, program: str = ESPEAK) -> bytes:
    """Return a text as 16-bit mono samples of SAMPLE_HZ. Raises VoiceError."""
    command = [program, "-v", voice, "-s", str(WORDS_PER_MINUTE), "--stdout", text]
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise VoiceError(
            f"no words: {program} cannot be run ({error.strerror}): `sudo apt install espeak-ng`,"
            " or voice.on = false"
        ) from error
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    try:
        out, errors = process.communicate(timeout=RENDER_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise VoiceError(f"no words: {program} took over {RENDER_LIMIT_S:g} s") from None
    if process.returncode != 0 or len(out) <= HEADER_BYTES:
        raise VoiceError(f"no words: {program} failed: {_last_line(errors) or 'it gave no sound'}")
    return out[HEADER_BYTES:]


def wav_bytes(samples: bytes, loudness: float = 1.0) -> bytes:
    """Return a WAV file of samples, softened; loudness: 0 to 1."""
    if loudness < 1.0:
        scaled = np.frombuffer(samples[: len(samples) // 2 * 2], dtype="<i2") * loudness
        samples = scaled.astype("<i2").tobytes()
    file = BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_HZ)
        out.writeframes(samples)
    return file.getvalue()


class EspeakVoice:
    """Fits `speech.speaker.Voice`."""

    def __init__(
        self,
        voice: str,
        folder: Path,
        tell: Callable[[str], object],
        *,
        device: str | None = None,
    ) -> None:
        """Take espeak-ng's voice, where sounds are kept, and what takes the reason of silence.

        device: ALSA's name of the output, None for its default. tell: called once at most, by the
        voice's thread.
        """
        self._voice = voice
        self._folder = folder
        self._tell = tell
        self._player = [APLAY, "-q", *(["-D", device] if device else []), "-"]
        self._jobs: queue.PriorityQueue[tuple[int, int, str, float]] = queue.PriorityQueue()
        self._number = count(1)
        self._lock = threading.Lock()
        self._wanted = 0  # the number of the text that may sound; another one is out of date
        self._playing: subprocess.Popen[bytes] | None = None
        self._is_mute = self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self._thread.start()

    @property
    def is_speaking(self) -> bool:
        """Return whether something is being said, or about to be."""
        return self._wanted != 0

    def prepare(self, texts: Iterable[str]) -> None:
        """Render texts ahead, in this order, while nothing is to be said."""
        for text in texts:
            self._jobs.put((_AHEAD, next(self._number), text, 0.0))

    def say(self, text: str, loudness: float) -> None:
        """Say it instead of what is being said."""
        self.hush()
        if self._is_mute:
            return
        number = next(self._number)
        with self._lock:
            self._wanted = number
        self._jobs.put((_NOW, number, text, loudness))

    def hush(self) -> None:
        """Be silent, now."""
        with self._lock:
            self._wanted = 0
            if self._playing is not None:
                self._playing.terminate()

    def close(self) -> None:
        """End. Calling it twice is allowed."""
        self._is_closed = True
        self.hush()
        self._jobs.put((_NOW, -1, "", 0.0))
        self._thread.join(RENDER_LIMIT_S + 1.0)

    # --- the thread

    def _run(self) -> None:
        while not self._is_closed:
            urgency, number, text, loudness = self._jobs.get()
            if not (self._is_closed or self._is_mute):
                try:
                    samples = self._samples(text)
                    if urgency == _NOW:
                        self._play(number, wav_bytes(samples, loudness))
                except VoiceError as error:
                    self._is_mute = True
                    self._tell(str(error))
            with self._lock:
                if self._wanted == number:
                    self._wanted = 0

    def _samples(self, text: str) -> bytes:
        """Return the sound of a text, from the folder where it is there."""
        name = hashlib.sha256(f"{self._voice} {WORDS_PER_MINUTE} {text}".encode()).hexdigest()[:24]
        path = self._folder / f"{name}.s16"
        with suppress(OSError):
            return path.read_bytes()
        samples = render(text, self._voice)
        with suppress(OSError):  # a full or read-only disk: it is rendered again the next time
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(samples)
            part.replace(path)
        return samples

    def _play(self, number: int, wav: bytes) -> None:
        with self._lock:
            if self._wanted != number:
                return
            self._playing = _started(self._player)
        _, errors = self._playing.communicate(wav)
        with self._lock:
            code, self._playing = self._playing.returncode, None
            is_hushed = self._wanted != number
        if code != 0 and not is_hushed:
            raise VoiceError(
                f"no words: {APLAY} plays nothing here: {_last_line(errors) or f'code {code}'}: is"
                " there a sound card? `aplay -l` lists them; or voice.on = false"
            )


def _last_line(said: bytes) -> str:
    return (said.decode(errors="replace").strip().splitlines() or [""])[-1]


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for matfw, which then ends the player
        )  # fmt: skip
    except OSError as error:
        raise VoiceError(
            f"no words: {command[0]} cannot be run ({error.strerror}): `sudo apt install"
            " alsa-utils`, or voice.on = false"
        ) from error
