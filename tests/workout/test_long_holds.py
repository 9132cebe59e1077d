"""A slow set: a long hold is paced to its end, and nobody is asked too soon."""

from __future__ import annotations

import pytest
from msgspec import structs

from matfw.messages import Phase, Presence, SetState
from matfw.settings.plans import PlanSettings
from tests.workout.played import Done, Played
from tests.workout.workouts import cues, in_set, sets

LONG = PlanSettings(name="long", reps=2, sets_a_side=1, tempo_s=(3.0, 30.0, 3.0))


def paced_s(person: Played, done: Done) -> list[float]:
    """Return when after a repetition's start its tempo is given, while it is done."""
    given_s: list[float] = []
    start_s = person.t_s
    person.on_step = lambda: given_s.append(person.t_s - start_s) if person.pace else None
    person.rep(done, rest_s=2.0)
    person.on_step = lambda: None
    return given_s


def test_a_long_hold_that_is_lost_sight_of_is_paced_to_its_end_and_not_asked_about() -> None:
    person = in_set(LONG)
    given_s = paced_s(person, Done(tempo_s=LONG.tempo_s, hold_seen_s=6.0))
    assert max(given_s) == pytest.approx(36.0, abs=0.4)
    assert len(given_s) > 340, "without a gap"
    person.rep(Done(tempo_s=LONG.tempo_s, hold_seen_s=6.0), rest_s=3.0)
    assert "unfinished" not in cues(person)
    assert sets(person, SetState.DONE)[0].reps == 2


def test_a_usual_tempo_is_given_while_the_leg_is_seen_to_be_up() -> None:
    given_s = paced_s(in_set(), Done(hold_seen_s=0.5))
    assert max(given_s) == pytest.approx(2.5, abs=0.4)


def test_a_paced_hold_ends_with_whoever_stops_lying() -> None:
    person = in_set(LONG)
    person.phase = structs.replace(
        person.phase, t_s=person.t_s, phase=Phase.UP, changed=True, since_s=person.t_s, top_deg=35.0
    )
    person.wait(3.0)
    person.phase = structs.replace(person.phase, phase=Phase.HOLD)
    person.wait(2.0)
    person.phase = structs.replace(person.phase, phase=Phase.REST)
    person.wait(2.0)
    assert person.pace is not None
    person.presence = Presence.UNSETTLED
    person.wait(0.5)
    assert person.pace is None


def test_a_slow_set_is_asked_about_only_once_two_of_its_repetitions_could_be_done() -> None:
    person = in_set(LONG)
    person.wait(2 * (36.0 + 3.0) - 2.0)
    assert "unfinished" not in cues(person)
    person.wait(4.0)
    assert "unfinished" in cues(person)
