"""Words put together: the lesson and the files, and who hears that there are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from matfw.cli.consoles import ConsolePlan
from matfw.cli.sounds import render_words, spoken_names
from matfw.cli.speaking import speaking
from matfw.devices.clock import RealClock
from matfw.devices.indicator import GpiozeroIndicator
from matfw.messages import CUES, Announcement, CueGiven, Fault, SetChanged, SetState, Side
from matfw.settings.model import Settings, VoiceSettings
from matfw.settings.plans import NO_PLAN
from matfw.speech.catalogue import catalogue
from matfw.workout.plan import Plan
from matfw.workout.states import State
from tests.control.fake_control import Talk
from tests.devices.test_voice import until
from tests.voice_programs import Programs

SPOKEN = Settings(voice=VoiceSettings(on=True, language="es"))


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    return Programs(tmp_path, monkeypatch)


def test_every_word_can_be_rendered_to_a_file(programs: Programs, tmp_path: Path) -> None:
    words = catalogue("en")
    written = render_words(tmp_path / "w", words, Plan())
    names = {path.name for path in written}
    assert {f"{cue.value}.wav" for cue in CUES} < names
    assert {"most_kick.wav", "correct_kick.wav", "say_rest.wav"} < names
    assert len(names) == len(written) == len(programs.log("espeak"))
    assert any("Rest for 45 seconds." in line for line in programs.log("espeak"))


def test_the_lesson_says_each_name_and_waits_until_it_is_said(
    programs: Programs, tmp_path: Path
) -> None:
    errors: list[str] = []
    with spoken_names(catalogue("de"), tmp_path / "v", None, RealClock(), errors.append) as name:
        for cue in (Fault.KICK, Announcement.COUNT):
            name(cue)
            assert len(programs.log("aplay")) == 1 + (cue is Announcement.COUNT)
    assert [line.rpartition("--stdout ")[2] for line in programs.log("espeak")] == [
        "Schwung",
        "eine Wiederholung",
    ]
    assert errors == []


def test_words_make_way_for_cues_and_who_may_not_speak_says_so_in_the_status(
    programs: Programs, tmp_path: Path
) -> None:
    """The mat's own parts; only the programs are others. Here there is no sound card."""
    programs.write("aplay", '#!/bin/sh\ncat >/dev/null\necho "no card" >&2\nexit 1\n')
    said: list[str] = []
    talk = Talk(tmp_path / "s")
    indicator = GpiozeroIndicator(MockFactory(pin_class=MockPWMPin), 18, (23, 24, 25))
    plan = ConsolePlan(talk.control.settings, tmp_path / "s", (), NO_PLAN)
    done = SetChanged(t_s=1.0, state=SetState.DONE, set=1, of=6, side=Side.LEFT, reps=15, clean=15)
    with speaking(SPOKEN, plan, indicator, talk.control, said.append) as speaker:
        speaker.events([done, CueGiven(1.0, Announcement.SET_DONE)])
        indicator.show(Announcement.SET_DONE, 1.0)
        speaker.go_on(1.5, State.REST)
        assert programs.log("aplay") == [], "nothing while the cue sounds"
        speaker.go_on(3.0, State.REST)
        until(lambda: bool(said))
    indicator.close()
    [text] = said
    assert "no card" in text
    assert talk.control.status().notices == (text,)
    assert any(text in line for line in talk.ask("status"))
    talk.close()
