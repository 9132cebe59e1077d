"""The voice's two programs, faked as executables on PATH: what it runs, plays, and does without."""

from __future__ import annotations

import select
import shutil
import time
import wave
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from matfw.devices.voice import SAMPLE_HZ, EspeakVoice, VoiceError, render, wav_bytes
from tests.voice_programs import APLAY, Programs

LIMIT_S = 30.0


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    return Programs(tmp_path, monkeypatch)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def voice(programs: Programs, said: list[str]) -> Iterator[EspeakVoice]:
    voice = EspeakVoice("de", programs.folder / "state" / "voice", said.append, device="hw:7")
    yield voice
    voice.close()


def until(is_so: Callable[[], bool]) -> None:
    """Wait for a thread of its own; what it does has no time that could be virtual."""
    end_s = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < end_s
        select.select([], [], [], 0.005)


def test_a_text_is_rendered_once_kept_and_played(programs: Programs, voice: EspeakVoice) -> None:
    for _ in range(2):
        voice.say("Satz 1 von 6.", 1.0)
        assert voice.is_speaking
        until(lambda: not voice.is_speaking)
    assert programs.log("espeak") == ["-v de -s 150 --stdout Satz 1 von 6."]
    assert programs.log("aplay") == ["-q -D hw:7 -"] * 2
    with wave.open(str(programs.folder / "played.wav")) as played:
        assert (played.getframerate(), played.getnchannels()) == (SAMPLE_HZ, 1)
        assert played.readframes(99) == b"ABCDEFGH"
    [kept] = (programs.folder / "state" / "voice").iterdir()
    assert kept.read_bytes() == b"ABCDEFGH"


def test_what_is_prepared_is_there_before_it_is_said(
    programs: Programs, voice: EspeakVoice
) -> None:
    voice.prepare(["eins", "zwei", "drei"])
    until(lambda: len(list((programs.folder / "state").glob("voice/*.s16"))) == 3)
    assert [line.split()[-1] for line in programs.log("espeak")] == ["eins", "zwei", "drei"]
    voice.say("zwei", 1.0)
    until(lambda: not voice.is_speaking)
    assert len(programs.log("espeak")) == 3
    assert len(programs.log("aplay")) == 1


def test_a_cue_ends_the_player_and_nothing_is_said_of_it(
    programs: Programs, voice: EspeakVoice, said: list[str]
) -> None:
    programs.write("aplay", APLAY, then=f'echo > "{programs.folder}/begun"; exec sleep 60')
    voice.say("lang", 1.0)
    until((programs.folder / "begun").exists)
    begin_s = time.monotonic()
    voice.hush()
    assert not voice.is_speaking
    voice.close()
    assert time.monotonic() - begin_s < LIMIT_S / 2.0, "the player is not waited for"
    assert said == []


@pytest.mark.parametrize(
    ("name", "words"), [("espeak-ng", "apt install espeak-ng"), ("aplay", "apt install alsa-utils")]
)
def test_a_program_that_is_not_there_is_reported_once(
    name: str, words: str, programs: Programs, voice: EspeakVoice, said: list[str]
) -> None:
    (programs.bin / name).unlink()
    for text in ("eins", "zwei"):
        voice.say(text, 1.0)
        until(lambda: not voice.is_speaking)
    [line] = said
    assert name in line
    assert words in line
    assert "voice.on = false" in line


def test_no_sound_card_is_reported_once_with_what_the_player_said(
    programs: Programs, voice: EspeakVoice, said: list[str]
) -> None:
    programs.write("aplay", APLAY, then='echo "audio open error: No such file" >&2; exit 1')
    for text in ("eins", "zwei", "drei"):
        voice.say(text, 1.0)
        until(lambda: not voice.is_speaking)
    [line] = said
    assert "audio open error: No such file" in line
    assert "aplay -l" in line
    assert len(programs.log("aplay")) == 1, "nothing is tried again"


def test_a_disk_that_refuses_costs_only_the_rendering(
    programs: Programs, voice: EspeakVoice, said: list[str]
) -> None:
    (programs.folder / "state").write_text("no folder can be made here")
    voice.say("eins", 1.0)
    until(lambda: not voice.is_speaking)
    assert said == []
    assert (programs.folder / "played.wav").exists()


def test_a_rendering_that_fails_says_why(programs: Programs) -> None:
    programs.write("espeak-ng", '#!/bin/sh\necho "voice not found" >&2\nexit 2\n')
    with pytest.raises(VoiceError, match="voice not found"):
        render("x", "xx")


def test_softer_is_so_much_smaller() -> None:
    samples = np.array([0, 1000, -1000, 32767, -32768], dtype="<i2")
    with wave.open(BytesIO(wav_bytes(samples.tobytes(), 0.5))) as soft:
        values = np.frombuffer(soft.readframes(99), dtype="<i2")
    assert list(values) == [0, 500, -500, 16383, -16384]


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_espeak_itself_gives_words_of_a_length_and_level_that_can_be_heard() -> None:
    """Its header promises 22050 samples a second; a word is no longer and no softer than this."""
    samples = np.frombuffer(render("Set one of six.", "en"), dtype="<i2").astype(float)
    assert 0.7 < len(samples) / SAMPLE_HZ < 2.5
    assert 0.2 < np.abs(samples).max() / 32768.0 <= 1.0
    loud = np.sqrt(np.mean(samples**2)) / 32768.0
    assert -30.0 < 20.0 * np.log10(loud) < -10.0
