"""Whatever happens at whatever moment: no repetition is lost or doubled, no state is a trap."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import Phase as Step
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from matfw.cues import CUE_RULES, MAY_CUT_SHORT
from matfw.messages import (
    Announcement,
    Fault,
    Phase,
    Presence,
    Rep,
    RestChanged,
    RestState,
    SetChanged,
    SetState,
    Side,
    Verdict,
    WorkoutChanged,
    WorkoutState,
)
from matfw.settings.plans import PlanSettings
from matfw.workout.stage import Ask
from matfw.workout.states import GIVE_UP_S, OFFER_S, State
from matfw.workout.transitions import ROWS
from tests.workout.by_ear import COUNTS
from tests.workout.played import OTHER, Done, Played

PLAN = PlanSettings(name="m", reps=3, sets_a_side=1, rest_s=15.0)
DONE = (
    Done(),
    Done(Verdict.UNSURE),
    Done(Verdict.FAULT, live=(Fault.KICK,)),
    Done(Verdict.FAULT, later=(Fault.SHORT_HOLD,)),
)


class Workouts(RuleBasedStateMachine):
    """Somebody on a mat who does anything; a model knows which repetitions must count."""

    def __init__(self) -> None:
        super().__init__()
        self.person = Played(PLAN)
        self.must_count = 0  # begun well inside an open set, and whole

    @rule(side=st.sampled_from((Side.LEFT, Side.RIGHT)))
    def lie(self, side: Side) -> None:
        self.person.lie(side)

    @rule()
    def get_off(self) -> None:
        self.person.get_off()

    @precondition(lambda self: self.person.presence is Presence.LYING)
    @rule()
    def roll_over(self) -> None:
        self.person.presence = Presence.UNSETTLED
        self.person.wait(4.0)
        self.person.lies_on = OTHER[self.person.lies_on]
        self.person.presence = Presence.LYING

    @precondition(lambda self: self.person.presence is Presence.LYING)
    @rule()
    def wiggle(self) -> None:
        self.person.wiggle()

    @precondition(lambda self: self.person.presence is Presence.LYING)
    @rule(done=st.sampled_from(DONE), rest_s=st.sampled_from((0.5, 2.0)))
    def rep(self, done: Done, rest_s: float) -> None:
        is_open = self.person.coach.state in (State.SET, State.OFFERED)
        self.must_count += is_open and not self.person.coach.is_full
        self.person.rep(done, rest_s)

    @rule(taps=st.sampled_from((2, 3)))
    def tap(self, taps: int) -> None:
        self.person.tap(taps)

    @rule(ask=st.sampled_from(Ask))
    def ask(self, ask: Ask) -> None:
        self.person.ask(ask)

    @rule(seconds=st.sampled_from((0.5, 3.0, 12.0, 40.0)))
    def wait(self, seconds: float) -> None:
        self.person.wait(seconds)

    @rule()
    def lose_a_cell(self) -> None:
        """The line sees nobody lying while a cell is gone, and says so."""
        before, self.person.presence = self.person.presence, Presence.UNSETTLED
        self.person._requests = [Announcement.NOT_JUDGING]
        self.person.wait(5.0)
        self.person.presence = before

    @rule(has_belt=st.booleans(), is_turned=st.booleans())
    def wear_a_belt(self, has_belt: bool, is_turned: bool) -> None:
        """It may be put on, die, or sit otherwise than the settings say."""
        self.person.has_belt, self.person.is_belt_turned = has_belt, is_turned

    @invariant()
    def no_repetition_is_doubled(self) -> None:
        judged = [e for e in self.person.events if isinstance(e, Rep)]
        assert len({rep.rep for rep in judged}) == len(judged)
        assert sum(e.reps for e in self.sets(SetState.DONE)) <= len(judged)
        assert all(e.reps <= PLAN.reps for e in self.sets(SetState.DONE))

    @invariant()
    def sets_and_rests_come_in_their_order(self) -> None:
        last = 0
        for event in self.sets(SetState.DONE):
            assert event.set == last % event.of + 1 or event.set == 1
            last = event.set
        open_rests = 0
        for rest in (e for e in self.person.events if isinstance(e, RestChanged)):
            open_rests += 1 if rest.state is RestState.STARTED else -1
            assert open_rests in (0, 1)
        states = [e.state for e in self.person.events if isinstance(e, WorkoutChanged)]
        for before, after in zip([WorkoutState.DONE, *states], states, strict=False):
            assert after in FOLLOWS[before]

    def sets(self, state: SetState) -> list[SetChanged]:
        return [e for e in self.person.events if isinstance(e, SetChanged) and e.state is state]

    def teardown(self) -> None:
        """End it as somebody would: whatever the state, there is a way out, and all is counted."""
        person = self.person
        person.phase = type(person.phase)(
            t_s=person.t_s, phase=Phase.REST, changed=False, since_s=person.t_s
        )
        person.get_off()
        person.wait(OFFER_S + GIVE_UP_S + 30.0)
        was_stopped = person.coach.state is State.PARKED and not person.coach.is_started
        assert was_stopped or person.coach.state in (State.AWAY, State.DONE)
        counted = [cue for _, cue in person.heard if cue in COUNTS]
        done = sum(e.reps for e in self.sets(SetState.DONE))
        assert done == len(counted), "each is heard once, and in a set that is done"
        assert done >= self.must_count, "none is lost"
        heard = person.heard
        for (t_s, cue), (next_s, following) in pairwise(heard):
            rule_ = CUE_RULES[cue]
            cuts = rule_.rank in MAY_CUT_SHORT[CUE_RULES[following].rank]
            assert cuts or next_s - t_s >= rule_.min_on_s - 1e-6, "one sound at a time"


FOLLOWS = {
    WorkoutState.DONE: (WorkoutState.STARTED,),
    WorkoutState.STARTED: (WorkoutState.PAUSED, WorkoutState.DONE),
    WorkoutState.PAUSED: (WorkoutState.RESUMED, WorkoutState.DONE),
    WorkoutState.RESUMED: (WorkoutState.PAUSED, WorkoutState.DONE),
}

TestWorkouts = Workouts.TestCase
TestWorkouts.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    phases=(Step.explicit, Step.generate),  # to shrink a failure takes many minutes
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_way_out(state: State) -> None:
    assert any(state in row.sources and row.target is not state for row in ROWS)
