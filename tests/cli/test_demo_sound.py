"""`demo --sound`: each cue as a file that the system's player plays; no player: reported once."""

from __future__ import annotations

import itertools
import subprocess
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from matfw.cli.demo_sound import NO_PLAYER, RATE_HZ, CueSounds, cue_sounds, write_wav
from matfw.messages import CUES, CueGiven, Fault
from matfw.sounds.earcons import SOUNDS

NO_STEP = cast(Any, None)  # Any: a step that is not looked at


class Player:
    """A program that plays until it is asked to end, or fails at once."""

    def __init__(self, returncode: int | None = None) -> None:
        self.returncode = returncode
        self.commands: list[Sequence[str]] = []
        self.ended = 0

    def __call__(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        self.commands.append(command)
        return cast("subprocess.Popen[bytes]", self)

    def poll(self) -> int | None:
        return self.returncode

    def terminate(self) -> None:
        self.ended += 1

    def wait(self) -> int:
        return 0


def given(*faults: Fault) -> list[CueGiven]:
    return [CueGiven(1.0, fault) for fault in faults]


def test_every_cue_is_a_file_as_long_as_its_sound(tmp_path: Path) -> None:
    for cue in CUES:
        write_wav(tmp_path / "one.wav", cue)
        with wave.open(str(tmp_path / "one.wav")) as file:
            seconds = file.getnframes() / file.getframerate()
            assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert seconds == pytest.approx(sum(note.duration_s for note in SOUNDS[cue]), abs=1e-3)


def test_a_note_has_its_pitch(tmp_path: Path) -> None:
    write_wav(tmp_path / "one.wav", Fault.ROLL_BACK)
    with wave.open(str(tmp_path / "one.wav")) as file:
        data = memoryview(file.readframes(file.getnframes())).cast("h")
    note = SOUNDS[Fault.ROLL_BACK][0]
    assert note.frequency_hz is not None
    samples = list(data[: round(note.duration_s * RATE_HZ)])
    turns = sum(a != b for a, b in itertools.pairwise(samples))
    assert turns == pytest.approx(2.0 * note.frequency_hz * note.duration_s, abs=2)


def test_a_cue_is_played_and_the_next_one_ends_it(tmp_path: Path) -> None:
    player, notices = Player(), list[str]()
    sounds = CueSounds(("play", "-q"), tmp_path, notices.append, player)
    sounds.events(given(Fault.KICK, Fault.DROP))
    assert player.commands == [
        ("play", "-q", str(tmp_path / "kick.wav")),
        ("play", "-q", str(tmp_path / "drop.wav")),
    ]
    assert player.ended == 1
    sounds.step(NO_STEP)
    sounds.close()
    assert (player.ended, notices) == (2, [])


def test_a_player_that_cannot_play_is_reported_once_and_not_retried(tmp_path: Path) -> None:
    player, notices = Player(returncode=1), list[str]()
    sounds = CueSounds(("aplay",), tmp_path, notices.append, player)
    for _ in range(3):
        sounds.events(given(Fault.KICK))
        sounds.step(NO_STEP)
    assert len(player.commands) == 1
    assert notices == ["no sound: aplay plays nothing here: is there a loudspeaker or headphones?"]


def test_a_missing_player_is_reported_once() -> None:
    notices: list[str] = []
    with cue_sounds(notices.append, lambda _: None) as sounds:
        assert sounds is None
    assert notices == [NO_PLAYER]


def test_the_files_are_gone_afterwards() -> None:
    with cue_sounds(print, lambda name: name if name == "aplay" else None) as sounds:
        assert sounds is not None
        folder = sounds._folder
        write_wav(folder / "one.wav", Fault.KICK)
        assert sounds._player == ("aplay", "-q")
    assert not folder.exists()
