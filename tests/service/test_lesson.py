"""The lesson by three taps: begun where no workout is under way, each sound after its name."""

from __future__ import annotations

from itertools import pairwise

import pytest
from msgspec.structs import replace

from matfw.messages import Announcement, Cue, Phase, PhaseStep, RawFrame
from matfw.pipeline import Pipeline
from matfw.service.lesson import GUESS_S, TapLesson
from matfw.settings.model import Settings
from matfw.sounds.earcons import pattern_s
from matfw.sounds.lesson import ASKED, LESSON, questions
from matfw.workout.sets import Progress
from matfw.workout.states import State

FRAME_S = 0.0125


class Mat:
    """Steps of a mat on which nothing happens, and what is shown and named."""

    def __init__(self, *, has_voice: bool, state: str = "") -> None:
        self.t_s = 10.0
        self.done: list[tuple[float, str, Cue]] = []
        self.speaking_until_s = 0.0
        self.state = state
        self.lesson = TapLesson(self if has_voice else None)

    @property
    def is_speaking(self) -> bool:
        return self.t_s < self.speaking_until_s

    def name(self, cue: Cue) -> None:
        self.done.append((self.t_s, "name", cue))
        self.speaking_until_s = self.t_s + 1.2

    def try_cue(self, cue: Cue) -> None:
        self.done.append((self.t_s, "show", cue))

    def play(self, seconds: float, **changed: object) -> None:
        for number in range(round(seconds / FRAME_S)):
            self.t_s += FRAME_S
            step = replace(STEP, raw=RawFrame(self.t_s, STEP.raw.counts),
                           progress=Progress(state=self.state))  # fmt: skip
            self.lesson.step(replace(step, **changed) if number == 0 else step)
            self.lesson.between(self)


STEP = Pipeline(Settings().mat()).update(RawFrame(0.0, (0, 0, 0, 0)))
LIFT = PhaseStep(t_s=0.0, phase=Phase.UP, changed=True, since_s=0.0)


def test_three_taps_give_each_sound_after_its_name_then_three_to_recognise() -> None:
    mat = Mat(has_voice=True)
    mat.play(1.0)
    assert not mat.done
    mat.play(FRAME_S, taps=3)
    asked = [cue for cue, _ in questions(round(mat.t_s))]
    mat.play(240.0)
    expected = [(what, cue) for cue in LESSON for what in ("name", "show")]
    expected += [(what, cue) for cue in asked for what in ("show", "name")]
    assert [(what, cue) for _, what, cue in mat.done] == expected
    for (t_s, what, cue), (next_s, _, _) in pairwise(mat.done):
        assert next_s - t_s >= (pattern_s(cue) if what == "show" else 1.2), "one at a time"
    (shown_s, _, cue), (named_s, _, _) = mat.done[-2:]
    assert named_s - shown_s >= pattern_s(cue) + GUESS_S
    assert len(asked) == ASKED
    assert not mat.lesson.is_on


def test_without_a_voice_the_lights_name_them() -> None:
    mat = Mat(has_voice=False)
    mat.play(150.0, taps=3)
    assert [(what, cue) for _, what, cue in mat.done] == [("show", cue) for cue in LESSON]


@pytest.mark.parametrize(
    "ends", [{"taps": 2}, {"taps": 3}, {"cue": Announcement.LIE_LEFT}, {"phase": LIFT}]
)
def test_taps_a_lift_or_a_cue_of_the_mat_end_it(ends: dict[str, object]) -> None:
    mat = Mat(has_voice=False)
    mat.play(2.0, taps=3)
    shown = len(mat.done)
    assert shown
    mat.play(20.0, **ends)
    assert len(mat.done) == shown


@pytest.mark.parametrize("state", [State.SET, State.REST, State.ASK, State.STOPPED])
def test_in_a_workout_three_taps_mean_something_else(state: State) -> None:
    mat = Mat(has_voice=False, state=state)
    mat.play(5.0, taps=3)
    assert not mat.done
