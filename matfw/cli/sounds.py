"""`matfw sounds`: every cue as a WAV file, and the lesson on the mat's own buzzer and lights."""

# ruff: noqa: T201

from __future__ import annotations

import wave
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from matfw.control.words import CUE_WORDS
from matfw.devices.voice import EspeakVoice, wav_bytes
from matfw.devices.voice import render as espeak
from matfw.errors import MatUsageError
from matfw.messages import CUES, Cue, Tempo
from matfw.ports import Clock, Indicator
from matfw.sounds.earcons import SOUNDS, pattern_s
from matfw.sounds.lesson import LESSON, questions
from matfw.sounds.waveform import RATE_HZ, pace_samples, samples
from matfw.speech.catalogue import Catalogue
from matfw.workout.plan import Plan

TICK_S = 0.0125
GAP_S = 0.6  # between two sounds of the lesson
REP_NAME = "rep"  # the tone of one repetition; the clean repetition's tick is `clean_rep.wav`


def wav_name(cue: Cue) -> str:
    """Return the file of a cue: its name; the cue `rep` makes way for the tone of a repetition."""
    return "clean_rep.wav" if cue.value == REP_NAME else f"{cue.value}.wav"


def render(folder: Path, tempo: Tempo) -> list[Path]:
    """Write one WAV file for each cue, and `rep.wav`, the tone of one repetition at this tempo."""
    folder.mkdir(parents=True, exist_ok=True)
    if not folder.is_dir():
        raise MatUsageError(f"sounds --render: {folder} is no folder: name another")
    written = []
    for cue in CUES:
        written.append(folder / wav_name(cue))
        write_wav(written[-1], samples(SOUNDS[cue]))
    written.append(folder / f"{REP_NAME}.wav")
    write_wav(written[-1], pace_samples(tempo))
    return written


def render_words(folder: Path, words: Catalogue, plan: Plan) -> list[Path]:
    """Write each sentence as a WAV file, numbers as in this plan. Raises VoiceError."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {"set": 1, "of": plan.sets, "clean": plan.reps - 1, "reps": plan.reps,
               "rest_s": round(plan.rest_s)}  # fmt: skip
    texts = {
        **words.cues,
        **{f"most_{name}": text for name, text in words.faults.items()},
        **{f"correct_{name}": text for name, text in words.corrections.items()},
        **{f"say_{name}": text.format(**numbers) for name, text in words.sentences.items()},
    }
    written = []
    for name, text in texts.items():
        written.append(folder / f"{name}.wav")
        written[-1].write_bytes(wav_bytes(espeak(text, words.voice)))
    return written


def write_wav(path: Path, wave_form: array[int]) -> None:
    """Write samples as a 16-bit mono WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(wave_form.tobytes())


def teach(
    indicator: Indicator,
    clock: Clock,
    ask: Callable[[str], str],
    seed: int,
    name: Callable[[Cue], object] = lambda _: None,
) -> tuple[int, int]:
    """Give the lesson; return how many of the sounds asked at its end were right, of how many.

    ask: returns what was answered. seed: which sounds are asked. name: says a sound's name, and
    returns when it is said.
    """
    for cue in LESSON:
        print(f"{cue.value}: {CUE_WORDS[cue].sentence}")
        name(cue)
        _play(indicator, clock, cue)
    right, asked = 0, questions(seed)
    for cue, choices in asked:
        _play(indicator, clock, cue)
        names = [choice.value for choice in choices]
        numbered = ", ".join(f"{number} {name}" for number, name in enumerate(names, 1))
        answer = ask(f"which was that? {numbered}: ").strip()
        is_right = answer in (cue.value, str(names.index(cue.value) + 1))
        right += is_right
        print("right" if is_right else f"it was {cue.value}")
    return right, len(asked)


@contextmanager
def spoken_names(
    words: Catalogue, folder: Path, device: str | None, clock: Clock, tell: Callable[[str], object]
) -> Iterator[Callable[[Cue], object]]:
    """Give what says a cue's name and waits until it is said; where nothing can, tell it once."""
    voice = EspeakVoice(words.voice, folder, tell, device=device)

    def name(cue: Cue) -> None:
        voice.say(words.name(cue), 1.0)
        while voice.is_speaking:
            clock.sleep_s(TICK_S)

    try:
        yield name
    finally:
        voice.close()


def _play(indicator: Indicator, clock: Clock, cue: Cue) -> None:
    start_s = clock.now_s()
    indicator.show(cue, start_s)
    while clock.now_s() < start_s + pattern_s(cue) + GAP_S:
        clock.sleep_s(TICK_S)
        indicator.tick(clock.now_s())
