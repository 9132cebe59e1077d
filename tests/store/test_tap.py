"""Which session and set a repetition belongs to, and when its sound may come."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from matfw.history.rows import SessionInfo, SessionState, SetOutcome, WallTime
from matfw.messages import (
    Fault,
    FaultSeen,
    PersonWeighed,
    Phase,
    PhaseChanged,
    Presence,
    SetChanged,
    SetState,
    Side,
    WorkoutChanged,
    WorkoutState,
)
from matfw.store.jobs import EndSession, EndSet
from matfw.store.tap import ABSENT_S, SOUND_LIMIT_S, Asked, RecordTap
from matfw.workout.sets import SET_PAUSE_S
from tests.store.story import NOON, REP_S, Kept, Wishes, rep, session, step


class Played:
    """A tap whose jobs are kept in a list."""

    def __init__(self) -> None:
        self.kept = Kept()
        self.wishes = Wishes()
        self.tap = RecordTap(self.kept, self.wishes.now, lambda: NOON, self.begun)

    def begun(self, t_s: float, asked: Asked, now: WallTime) -> SessionInfo:
        return session(asked.person, began_s=t_s, began=now, weight_kg=None)

    def do(self, first: int, last: int, **changed: Any) -> None:
        """Let repetitions from one number to another be done."""
        for number in range(first, last + 1):
            x = rep(number, **changed)
            self.tap.step(step(x.t_s))
            self.tap.events([x])

    @property
    def places(self) -> list[tuple[int, int]]:
        """Return each kept repetition's set and its number there."""
        return [(job.set_info.number, job.number) for job in self.kept.reps]

    @property
    def sessions(self) -> list[float]:
        return [job.session.began_s for job in self.kept.reps]


def test_a_session_begins_with_who_is_weighed_and_is_kept_with_its_first_repetition() -> None:
    played = Played()
    played.tap.events([PersonWeighed(4.0, 64.2)])
    assert not played.kept.jobs
    played.do(1, 1)
    (job,) = played.kept.reps
    assert (job.session.began_s, job.session.weight_kg, job.session.person) == (4.0, 64.2, "ann")


def test_repetitions_are_counted_into_sets_as_the_workout_does() -> None:
    played = Played()
    played.do(1, 4)
    late = rep(5, start_s=rep(4).end_s + SET_PAUSE_S + 0.1)
    played.tap.events([late])
    assert played.places == [(1, 1), (1, 2), (1, 3), (2, 1), (3, 1)]
    ends = [job for job in played.kept.jobs if isinstance(job, EndSet)]
    assert [(end.number, end.outcome) for end in ends] == [
        (1, SetOutcome.DONE), (2, SetOutcome.ENDED),
    ]  # fmt: skip


def test_a_set_is_of_one_side() -> None:
    played = Played()
    played.do(1, 1)
    played.do(2, 2, side=Side.RIGHT)
    assert [(job.set_info.number, job.set_info.side) for job in played.kept.reps] == [
        (1, Side.LEFT), (2, Side.RIGHT),
    ]  # fmt: skip


def test_where_there_is_a_workout_the_sets_are_its_own() -> None:
    played = Played()
    set_event = SetChanged(t_s=9.0, state=SetState.STARTED, set=2, of=6, side=Side.LEFT, reps=5)
    played.tap.events([set_event])
    played.do(1, 5)
    played.tap.events([replace(set_event, t_s=60.0, state=SetState.DONE)])
    played.tap.events([replace(set_event, t_s=61.0, state=SetState.READY, set=3, reps=4)])
    played.do(9, 9)  # in the rest
    played.tap.events([replace(set_event, t_s=70.0, set=3, reps=4)])
    played.do(11, 11)
    assert played.places == [*((2, n) for n in range(1, 6)), (2, -1), (3, 1)]
    assert [job.set_info.reps_asked for job in played.kept.reps] == [5] * 6 + [4]
    ends = [job for job in played.kept.jobs if isinstance(job, EndSet)]
    assert [(end.number, end.outcome) for end in ends] == [(2, SetOutcome.DONE)]


def test_of_a_workout_only_what_its_sets_hold_counts() -> None:
    played = Played()
    played.tap.events([WorkoutChanged(t_s=5.0, state=WorkoutState.STARTED)])
    played.do(1, 1)  # before the first set
    set_event = SetChanged(t_s=15.5, state=SetState.STARTED, set=1, of=2, side=Side.LEFT, reps=2)
    played.tap.events([set_event])
    played.do(2, 2)
    played.tap.events([replace(set_event, t_s=25.0, state=SetState.DONE)])
    played.do(3, 3)  # began before that, and is judged late
    played.do(4, 4)  # one too many
    assert played.places == [(0, -1), (1, 1), (1, 2), (1, -2)]
    ends = [job.outcome for job in played.kept.jobs if isinstance(job, EndSet)]
    assert ends == [SetOutcome.ENDED, SetOutcome.DONE]


def test_a_workout_that_starts_begins_a_session_and_its_end_ends_it() -> None:
    played = Played()
    played.tap.events([PersonWeighed(4.0, 64.2)])
    played.do(1, 1)
    played.tap.events([WorkoutChanged(t_s=16.0, state=WorkoutState.STARTED)])
    played.do(2, 2)
    assert played.sessions == [4.0, 16.0]
    assert played.kept.reps[1].session.weight_kg == 64.2
    played.tap.events([WorkoutChanged(t_s=30.0, state=WorkoutState.DONE)])
    assert played.tap.session is None
    played.do(4, 4)
    assert played.sessions[2] > 30.0


@pytest.mark.parametrize(("absent_s", "is_another"), [(ABSENT_S, False), (ABSENT_S + 0.1, True)])
def test_a_long_absence_ends_a_session(absent_s: float, is_another: bool) -> None:
    played = Played()
    played.do(1, 1)
    gone_s = rep(1).t_s
    played.tap.step(step(gone_s + absent_s, Presence.EMPTY))
    assert (played.tap.session is None) is is_another


def test_the_run_ends_the_session_under_way_once() -> None:
    played = Played()
    played.do(1, 1)
    played.tap.end_session()
    played.tap.end_session()
    session_ends = [job.state for job in played.kept.jobs if isinstance(job, EndSession)]
    set_ends = [job.outcome for job in played.kept.jobs if isinstance(job, EndSet)]
    assert session_ends == [SessionState.DONE]
    assert set_ends == [SetOutcome.ENDED]


def test_whoever_tires_and_breaks_off_is_kept_as_tired() -> None:
    for tired_by, is_tired in ((0.93, True), (1.0, False)):
        played = Played()
        played.wishes.reps = 15
        for number in range(1, 12):
            left = tired_by**number
            played.do(number, number, down_s=3.0 * left, angle_deg=38.0 * left)
        played.tap.end_session()
        (end,) = [job for job in played.kept.jobs if isinstance(job, EndSet)]
        assert end.outcome is SetOutcome.ENDED
        assert (end.fatigue_percent is not None) is is_tired


def test_a_session_without_a_repetition_is_none() -> None:
    played = Played()
    played.tap.events([PersonWeighed(4.0, 64.2)])
    played.tap.end_session()
    assert not played.kept.jobs


def test_another_profile_in_use_is_another_session() -> None:
    played = Played()
    played.do(1, 1)
    played.wishes.person = "bea"
    played.do(2, 2)
    assert [job.session.person for job in played.kept.reps] == ["ann", "bea"]
    assert len(set(played.sessions)) == 2


def test_a_person_renamed_in_the_middle_goes_on_with_the_same_session() -> None:
    played = Played()
    played.do(1, 1)
    played.wishes.person = "anna"
    played.tap.renamed.append(("ann", "anna"))
    played.do(2, 2)
    assert len(set(played.sessions)) == 1
    assert played.places == [(1, 1), (1, 2)]


def test_a_person_deleted_in_the_middle_ends_their_session_at_once() -> None:
    played = Played()
    played.do(1, 1)
    played.wishes.person = None
    played.tap.renamed.append(("ann", None))
    played.tap.step(step(20.0))
    assert played.tap.session is None
    played.do(2, 2)
    assert played.kept.reps[1].session.person is None


def test_what_was_live_is_kept_beside_what_was_refined() -> None:
    played = Played()
    first, second = rep(1), rep(2)
    kick = FaultSeen(Fault.KICK, 0.7, "s")
    for t_s, phase in ((10.3, Phase.UP), (12.0, Phase.HOLD), (13.0, Phase.DOWN),
                       (15.4, Phase.REST), (17.2, Phase.UP)):  # fmt: skip
        played.tap.events([PhaseChanged(t_s, phase)])
    for t_s in (10.6, 10.65):
        played.tap.step(structs.replace(step(t_s), faults=(kick,)))
    played.tap.events([first, second])
    live, after = (job.live for job in played.kept.reps)
    assert (live.up_from_s, live.hold_from_s, live.down_from_s, live.rest_from_s) == (
        10.3, 12.0, 13.0, 15.4,
    )  # fmt: skip
    assert live.faults == (kick,)
    assert (after.up_from_s, after.hold_from_s, after.faults) == (17.2, None, ())


def test_nothing_of_the_live_line_is_kept_for_long() -> None:
    played = Played()
    for k in range(2000):
        played.tap.events([PhaseChanged(0.5 * k, Phase.UP)])
        played.tap.step(structs.replace(step(0.5 * k), faults=(FaultSeen(Fault.KICK, 0.7, "s"),)))
    assert len(played.tap._phases) < 150
    assert len(played.tap._faults) < 150


# --- announced means kept


def test_a_sound_waits_until_its_repetition_is_kept() -> None:
    played = Played()
    for x in (1, 2):
        played.do(x, x)
        assert played.tap.released_rep(rep(x).t_s + 0.1) == x - 1
        played.kept.kept_rep = x
        assert played.tap.released_rep(rep(x).t_s + 0.2) == x
    assert not any(job.is_announced for job in played.kept.reps)


@pytest.mark.parametrize(("late_s", "released"), [(0.0, 0), (1e-3, 1)])
def test_a_sound_waits_no_longer_than_it_is_useful_and_its_row_says_so(
    late_s: float, released: int
) -> None:
    played = Played()
    played.do(1, 1)
    assert played.tap.released_rep(rep(1).t_s + SOUND_LIMIT_S + late_s) == released
    assert played.kept.reps[0].is_announced is bool(released)


def test_no_sound_waits_for_a_disk_that_refuses() -> None:
    played = Played()
    played.kept.is_failing = True
    played.do(1, 2)
    assert played.tap.released_rep(rep(2).t_s) == 2
    assert all(job.is_announced for job in played.kept.reps)
    assert rep(2).start_s - rep(1).start_s == REP_S
