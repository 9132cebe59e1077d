"""What is announced of a repetition waits in the line until its record lets it go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from matfw.cues import REP_CUE_AGE_S
from matfw.messages import Announcement, Cue, CueGiven, Fault, RawFrame, Rep, Side
from matfw.pipeline import Pipeline
from matfw.settings.model import Settings
from matfw.workout.plan import Plan
from matfw.workout.stage import FreeSets, WorkoutMoment, WorkoutStep
from tests.store.kills import RATE_HZ, refined

JUDGED_S = refined(1, 0.0).end_s + 0.5


class Playing:
    """A line over an empty mat, and what it has sounded."""

    def __init__(self) -> None:
        self.line = Pipeline(replace(Settings().mat(), side=Side.LEFT))
        self.given: list[CueGiven] = []
        self.frames = 0

    def until(self, t_s: float) -> Sequence[str]:
        """Let frames come until then; return the cues of that time."""
        before = len(self.given)
        while self.frames / RATE_HZ < t_s:
            self.frames += 1
            noise = self.frames % 7
            frame = RawFrame(self.frames / RATE_HZ, (noise, -noise, 3 * noise, 5 - noise))
            step = self.line.update(frame)
            self.given += [event for event in step.events if isinstance(event, CueGiven)]
        return [given.cue for given in self.given[before:]]


def test_without_a_record_no_sound_waits() -> None:
    playing = Playing()
    playing.until(JUDGED_S)
    playing.line.finish_reps(JUDGED_S, [refined(1, 0.0)])
    assert playing.until(JUDGED_S + 0.05) == ["rep"]


def test_a_sound_waits_for_its_repetition_and_for_no_other() -> None:
    playing = Playing()
    playing.line.release_cues(0)
    playing.until(JUDGED_S)
    kicked = replace(refined(1, 0.0), up_s=0.5)
    playing.line.finish_reps(JUDGED_S, [kicked])
    assert not playing.until(JUDGED_S + 0.3)
    playing.line.release_cues(1)
    assert playing.until(JUDGED_S + 0.35) == [Fault.KICK]
    later_s = JUDGED_S + refined(2, 0.0).start_s - refined(1, 0.0).start_s
    playing.until(later_s)
    playing.line.finish_reps(later_s, [refined(2, 0.0)])
    assert not playing.until(later_s + 0.3)
    playing.line.release_cues(2)
    assert playing.until(later_s + 0.35) == ["rep"]


@pytest.mark.parametrize(("late_s", "is_heard"), [(-0.1, True), (0.1, False)])
def test_a_sound_that_has_waited_too_long_is_not_given(late_s: float, is_heard: bool) -> None:
    playing = Playing()
    playing.line.release_cues(0)
    playing.until(JUDGED_S)
    playing.line.finish_reps(JUDGED_S, [refined(1, 0.0)])
    playing.until(refined(1, 0.0).end_s + REP_CUE_AGE_S + late_s)
    playing.line.release_cues(1)
    assert bool(playing.until(JUDGED_S + REP_CUE_AGE_S + 1.0)) is is_heard


class Counting(FreeSets):
    """A workout that asks for a count until it is heard, as the coach does."""

    def __init__(self) -> None:
        super().__init__(Plan())
        self._due: list[Cue] = []

    def finish_rep(self, rep: Rep, unreported: Sequence[Fault]) -> tuple[Rep, Sequence[Cue]]:
        assert not unreported
        self._due += [Announcement.COUNT, Announcement.SET_DONE]
        return rep, ()

    def update(self, moment: WorkoutMoment) -> WorkoutStep:
        if self._due and moment.heard is self._due[0]:
            del self._due[0]
        return WorkoutStep(requests=(*moment.requests, *self._due[:1]))


def test_a_count_waits_too_and_is_lost_no_more_than_the_end_of_the_set() -> None:
    playing = Playing()
    playing.line._workout = Counting()
    playing.line.release_cues(0)
    playing.until(JUDGED_S)
    playing.line.finish_reps(JUDGED_S, [refined(1, 0.0)])
    assert not playing.until(JUDGED_S + 0.3)
    playing.line.release_cues(1)
    assert playing.until(JUDGED_S + 3.0) == ["count", "set_done"]
