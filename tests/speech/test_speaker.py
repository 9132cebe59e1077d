"""Words between sets: what is said when, and that a cue is never talked over."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from matfw.messages import CueGiven, Fault, SetState, Side, Verdict
from matfw.settings.plans import PlanSettings
from matfw.sounds.earcons import pattern_s
from matfw.sounds.modes import SoundMode
from matfw.speech.briefing import SPOKEN_IN, Briefing
from matfw.speech.catalogue import catalogue
from matfw.speech.speaker import Speaker
from tests.workout.by_ear import follow
from tests.workout.played import Done, Played

PLAN = PlanSettings(name="p", reps=3, sets_a_side=1, rest_s=40.0)
SENTENCE_S = 2.0


@dataclass
class TimedVoice:
    """A voice on virtual time: each sentence lasts SENTENCE_S."""

    t_s: float = 0.0
    said: list[tuple[float, float, str]] = field(default_factory=list)  # from, until, text
    loudness: float = 0.0

    @property
    def is_speaking(self) -> bool:
        return bool(self.said) and self.t_s < self.said[-1][1]

    def say(self, text: str, loudness: float) -> None:
        self.said.append((self.t_s, self.t_s + SENTENCE_S, text))
        self.loudness = loudness

    def hush(self) -> None:
        if self.is_speaking:
            self.said[-1] = (self.said[-1][0], self.t_s, self.said[-1][2])

    @property
    def texts(self) -> list[str]:
        return [text for _, _, text in self.said]


class Mat:
    """Somebody's workout with words: Played, and the speaker as the firmware calls it."""

    def __init__(self, mode: SoundMode = SoundMode.FULL, loudness: float = 1.0) -> None:
        self.person = Played(PLAN)
        self.voice = TimedVoice()
        self.loudness, self.mode = loudness, mode
        self.speaker = Speaker(
            Briefing(catalogue("en")), self.voice, lambda: (self.loudness, self.mode)
        )
        self._seen = self._heard = 0
        self.states: list[tuple[float, str]] = []
        self.person.on_step = self.step

    def step(self) -> None:
        person = self.person
        self.voice.t_s = person.t_s
        for t_s, cue in person.heard[self._heard :]:
            self.speaker.cue_shown(cue, t_s)
            person.events.append(CueGiven(t_s, cue))
        self._heard = len(person.heard)
        self.speaker.go_on(person.t_s, person.coach.progress.state)
        self.speaker.events(person.events[self._seen :])
        self._seen = len(person.events)
        self.states.append((person.t_s, person.coach.progress.state))


def bad(set_number: int, rep: int) -> Done:
    """Return the second and third repetition of the first set as rolled back."""
    if set_number == 0 and rep > 0:
        return Done(Verdict.FAULT, live=(Fault.ROLL_BACK,))
    return Done()


def test_between_sets_it_says_set_fault_correction_rest_and_side() -> None:
    mat = Mat()
    follow(mat.person, bad)
    said = mat.voice.texts
    at = said.index("Set 1 of 2.")
    assert said[at : at + 7] == [
        "Set 1 of 2.",
        "1 of 3 clean.",
        "Most often your hip rolled back.",
        "Stack your hips, one over the other.",
        "Rest for 40 seconds.",
        "Lie on your right side.",
        "Bring your top knee forward once.",
    ]
    assert said[-3:] == ["Set 2 of 2.", "All 3 clean.", "The workout is done. 4 of 6 were clean."]


def test_words_and_cues_are_one_sound_at_a_time_and_nothing_is_said_in_a_set() -> None:
    mat = Mat()
    follow(mat.person, bad)
    cues = [(t_s, t_s + pattern_s(cue)) for t_s, cue in mat.person.heard]
    state_at = dict(mat.states)
    for from_s, until_s, text in mat.voice.said:
        assert not any(a < until_s - 1e-6 and from_s < b for a, b in cues), text
        for t_s, state in state_at.items():
            if from_s < t_s < until_s - 0.15:
                assert state in SPOKEN_IN, text


def test_a_sentence_that_a_cue_cuts_off_is_said_again_once() -> None:
    mat = Mat()
    mat.person.lie(Side.LEFT)
    mat.person.wait(4.0)
    assert mat.voice.is_speaking
    text = mat.voice.texts[-1]
    for _ in range(2):
        mat.speaker.cue_shown(Fault.KICK, mat.person.t_s)
        assert not mat.voice.is_speaking
        mat.person.wait(pattern_s(Fault.KICK) + 1.0)
    assert mat.voice.texts.count(text) == 2


def test_a_mode_hides_words_of_its_kind_and_silence_all() -> None:
    for mode, has_set, has_fault in (
        (SoundMode.FULL, True, True),
        (SoundMode.METRONOME, True, False),
        (SoundMode.SILENT, False, False),
    ):
        mat = Mat(mode)
        follow(mat.person, bad)
        assert ("Set 1 of 2." in mat.voice.texts) is has_set
        assert ("Stack your hips, one over the other." in mat.voice.texts) is has_fault


def test_quiet_hours_end_a_sentence_and_begin_none() -> None:
    mat = Mat()
    mat.person.lie(Side.LEFT)
    mat.person.wait(4.0)
    assert mat.voice.is_speaking
    mat.loudness = 0.0
    mat.person.wait(0.2)
    assert not mat.voice.is_speaking
    before = len(mat.voice.said)
    mat.person.wait(20.0)
    assert len(mat.voice.said) == before


@pytest.mark.parametrize("kicks", [2, 3])
def test_after_kicks_in_a_third_it_asks_for_a_smaller_range(kicks: int) -> None:
    mat = Mat()

    def does(set_number: int, rep: int) -> Done:
        is_kick = set_number == 0 and rep < kicks
        return Done(Verdict.FAULT, live=(Fault.KICK,)) if is_kick else Done()

    follow(mat.person, does)
    done = [e for e in mat.person.events if getattr(e, "state", None) is SetState.DONE]
    assert done
    assert "No swing: go shorter." in mat.voice.texts
