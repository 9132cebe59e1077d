"""A workout by ear: what is heard and when, and that no repetition is lost on the way."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from msgspec import structs

from matfw.cues import CUE_RULES, MAY_CUT_SHORT
from matfw.messages import (
    Announcement,
    Cue,
    Fault,
    Limits,
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
from matfw.workout.plan import SideOrder, Variation
from matfw.workout.situation import Wiggle
from matfw.workout.stage import Ask
from matfw.workout.states import (
    ARM_S,
    ASK_AGAIN_S,
    ASK_TIMES,
    COUNT_IN_S,
    GIVE_UP_S,
    IDLE_S,
    OFFER_S,
    State,
)
from matfw.workout.variations import as_seen
from tests.workout.by_ear import COUNTS, Log, SetHeard, follow, written_down
from tests.workout.played import LIVE_IN, OTHER, STEP_S, Done, Played, made_rep
from tests.workout.seen_and_heard import as_heard, as_seen_lights, until_next_s

SHORT = PlanSettings(name="short", reps=2, sets_a_side=1, rest_s=20.0)


def replace_side(plan: PlanSettings, side: Side) -> PlanSettings:
    return structs.replace(plan, first_side=side)


def states(person: Played) -> list[str]:
    return [e.state.value for e in person.events if isinstance(e, WorkoutChanged)]


def sets(person: Played, state: SetState) -> list[SetChanged]:
    return [e for e in person.events if isinstance(e, SetChanged) and e.state is state]


def state(person: Played) -> State:
    return person.coach.state


def in_set(plan: PlanSettings = SHORT) -> Played:
    """Return somebody whose first set has begun."""
    person = Played(plan)
    person.lie(plan.first_side)
    person.wait_for(Announcement.LIE_LEFT)
    person.wiggle()
    person.wait_for(Announcement.GET_READY)
    person.wait(COUNT_IN_S + 0.2)
    assert state(person) is State.SET
    return person


def cues(person: Played) -> list[str]:
    return [cue.value for _, cue in person.heard]


# --- the whole of it ------------------------------------------------------------------------------


def test_the_default_workout_is_done_by_ear_from_the_empty_mat_to_its_end() -> None:
    person = Played(PlanSettings(name="three_by_fifteen"))
    follow(person, lambda *_: Done())
    done = sets(person, SetState.DONE)
    assert [(e.set, e.of, e.side, e.reps, e.clean) for e in done] == [
        (n + 1, 6, (Side.LEFT, Side.RIGHT)[n % 2], 15, 15) for n in range(6)
    ]
    assert states(person) == ["started", "done"]
    rests = [e for e in person.events if isinstance(e, RestChanged)]
    assert [e.state for e in rests] == [RestState.STARTED, RestState.OVER] * 5
    assert len([e for e in person.events if isinstance(e, Rep)]) == 90
    assert cues(person).count("rest_ten") == 5
    assert cues(person)[-2:] == ["last_set_done", "workout_done"]


def test_a_set_is_counted_in_groups_of_five_and_the_last_three_one_by_one() -> None:
    person = Played(PlanSettings(name="one", reps=15, sets_a_side=1))
    follow(person, lambda *_: Done())
    counts = [cue for _, cue in person.heard if cue in COUNTS][:15]
    plain, five = Announcement.COUNT, Announcement.REP_FIVE
    last = [Announcement.THREE_LEFT, Announcement.TWO_LEFT, Announcement.ONE_LEFT, plain]
    assert counts == [*[plain] * 4, five, *[plain] * 4, five, plain, *last]


def test_a_count_that_cannot_be_sounded_holds_up_nothing_that_comes_after_it() -> None:
    """While the mat cannot judge nothing of judging sounds; the set's end and the rest do."""
    person = in_set()
    person.can_judge = False
    for _ in range(SHORT.reps):
        person.rep(Done(), rest_s=0.5)
    end_s = person.t_s
    person.wait_for(Announcement.SET_DONE, max_s=10.0)
    assert person.t_s - end_s < 8.0
    assert not set(cues(person)) & set(COUNTS)


def test_mirrored_sides_give_the_mirrored_workout() -> None:
    left, right = (
        Played(PlanSettings(name="m", reps=3, sets_a_side=1, first_side=side))
        for side in (Side.LEFT, Side.RIGHT)
    )
    for person in (left, right):
        follow(person, lambda _, n: Done(Verdict.FAULT, live=(Fault.KICK,)) if n else Done())
    swap = {"lie_left": "lie_right", "lie_right": "lie_left"}
    assert [swap.get(cue, cue) for cue in cues(right)] == cues(left)
    assert [t_s for t_s, _ in left.heard] == [t_s for t_s, _ in right.heard]


RANDOM = 100
LIVE = (Fault.KICK, Fault.ROLL_BACK, Fault.LEG_FORWARD, Fault.TOO_HIGH, Fault.DROP)
LATER = (Fault.SHORT_HOLD, Fault.RUSHED_UP, Fault.RUSHED_DOWN, Fault.TOO_SMALL)


def drawn(draw: random.Random) -> tuple[PlanSettings, float, dict[tuple[int, int], Done]]:
    """Return a plan, how late its repetitions are judged, and what somebody does in it."""
    plan = PlanSettings(
        name="drawn", reps=draw.randint(1, 6), sets_a_side=1 + (draw.random() < 0.3),
        rest_s=draw.choice((0.0, 8.0, 20.0)), first_side=draw.choice((Side.LEFT, Side.RIGHT)),
        order=draw.choice(tuple(SideOrder)),
    )  # fmt: skip
    done = {}
    for key in ((at, n) for at in range(4) for n in range(40)):
        kind = draw.random()
        if kind < 0.4:
            done[key] = Done()
        elif kind < 0.6:
            done[key] = Done(Verdict.UNSURE)
        else:
            live = tuple(draw.sample(LIVE, draw.randint(0, 2)))
            later = tuple(draw.sample(LATER, 0 if len(live) == 2 else 1))
            done[key] = Done(Verdict.FAULT, live, later)
    return plan, draw.uniform(0.5, 0.9), done


def the_log(person: Played) -> Log:
    """Return the log as the events tell it, which is what is recorded."""
    log = Log()
    for event in person.events:
        match event:
            case SetChanged(state=SetState.READY) if not log.sets or log.sets[-1].is_done:
                log.sets.append(SetHeard(event.side))
            case SetChanged(state=SetState.DONE):
                log.sets[-1].is_done = True
            case Rep():
                faults = frozenset(seen.fault for seen in event.faults)
                log.sets[-1].reps.append((event.verdict, faults))
            case WorkoutChanged(state=WorkoutState.DONE):
                log.is_done = True
    return log


def test_sounds_alone_and_lights_alone_give_the_whole_log_of_random_workouts() -> None:
    draw = random.Random(12)
    for _ in range(RANDOM):
        plan, judged_s, done = drawn(draw)
        person = Played(plan, judged_s=judged_s)
        follow(person, lambda at, n, done=done: done[at, n])  # type: ignore[misc]
        spans = until_next_s(person.heard)
        heard = written_down([as_heard(cue, lasts_s) for cue, lasts_s in spans])
        seen = written_down([as_seen_lights(cue, lasts_s) for cue, lasts_s in spans])
        assert heard == seen == the_log(person), (plan, person.heard)
        for (t_s, cue), (next_s, following) in pairwise(person.heard):
            assert next_s - t_s >= CUE_RULES[cue].min_on_s - 1e-6 or may_cut(cue, following)
        for t_s, cue in person.heard:  # about the repetition just done, or under way
            if isinstance(cue, Fault) and cue is not Fault.FATIGUE:
                last = max((r for r in person.reps if r.start_s <= t_s), key=lambda r: r.start_s)
                assert cue in {seen.fault for seen in last.faults}


def may_cut(cue: Cue, by: Cue) -> bool:
    return CUE_RULES[cue].rank in MAY_CUT_SHORT[CUE_RULES[by].rank]


# --- beginning ------------------------------------------------------------------------------------


def test_two_seconds_of_stillness_arm_it() -> None:
    person = Played(SHORT)
    person.wait(30.0)
    assert person.heard == []
    person.lie(Side.LEFT)  # known after 1.5 s of stillness
    lay_s = person.t_s
    person.wait_for(Announcement.LIE_LEFT)
    assert person.heard[-1][0] - lay_s == pytest.approx(ARM_S, abs=2 * STEP_S)
    assert states(person) == ["started"]


@pytest.mark.parametrize("confirms", ["wiggle", "tap"])
def test_a_side_is_confirmed_and_counted_in(confirms: str) -> None:
    person = Played(SHORT)
    person.lie(Side.LEFT)
    person.wait_for(Announcement.LIE_LEFT)
    person.wiggle() if confirms == "wiggle" else person.tap(2)
    person.wait(0.1)
    assert state(person) is State.READY
    assert person.judged_side is Side.LEFT
    person.wait_for(Announcement.GET_READY)
    began_s = person.heard[-1][0]
    person.wait(COUNT_IN_S + 0.5)
    assert state(person) is State.SET
    assert person.coach.since_s - began_s == pytest.approx(COUNT_IN_S, abs=2.1 * STEP_S)


def test_the_other_side_is_noticed_by_a_wiggle() -> None:
    person = Played(SHORT)
    person.lie(Side.RIGHT)
    person.wait_for(Announcement.LIE_LEFT)
    person.wiggle()
    assert person.wait_for(Announcement.WRONG_SIDE, max_s=2.0)
    assert state(person) is State.ASK
    person.lie(Side.LEFT)
    person.wait(1.0)
    person.wiggle()
    assert person.wait_for(Announcement.GET_READY, max_s=2.0)


def test_the_wrong_side_is_announced_and_nothing_counts() -> None:
    person = in_set()
    for _ in range(2):
        person.rep()
    person.wait(SHORT.rest_s + 12.0)
    assert cues(person)[-3:] == ["lie_right", "wrong_side", "lie_right"] or "wrong_side" in cues(
        person
    )
    person.rep()
    person.wait(3.0)
    assert state(person) is State.ASK
    assert len(sets(person, SetState.STARTED)) == 1


def test_who_is_asked_and_says_nothing_is_taken_at_the_plans_word() -> None:
    person = Played(SHORT)
    person.lie(Side.LEFT)
    person.wait(ARM_S + ASK_AGAIN_S * ASK_TIMES + COUNT_IN_S + 1.0)
    assert cues(person) == ["lie_left"] * ASK_TIMES + ["get_ready"]
    assert state(person) is State.SET


def test_an_eager_lift_begins_the_set_and_counts() -> None:
    person = Played(SHORT)
    person.lie(Side.LEFT)
    person.wait_for(Announcement.LIE_LEFT)
    person.wait(2.0)
    person.rep(rest_s=2.0)
    assert len(sets(person, SetState.STARTED)) == 1
    assert person.coach.progress.rep == 1


# --- the side by a belt ---------------------------------------------------------------------------


def belted(side: Side, plan: PlanSettings = SHORT) -> Played:
    """Return somebody with a belt who has just lain down on this side."""
    person = Played(plan, has_belt=True)
    person.lie(side)
    return person


@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_who_is_seen_on_the_side_of_the_plan_is_asked_nothing(side: Side) -> None:
    person = belted(side, replace_side(SHORT, side))
    person.wait(ARM_S + COUNT_IN_S + 5 * STEP_S)
    assert cues(person) == ["get_ready"]
    assert (state(person), person.judged_side) == (State.SET, side)


@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_who_is_seen_on_the_other_side_is_told_and_counted_in_once_they_turn(side: Side) -> None:
    person = belted(OTHER[side], replace_side(SHORT, side))
    person.wait_for(Announcement.WRONG_SIDE, max_s=5.0)
    person.wait(3 * ASK_AGAIN_S * ASK_TIMES)
    person.rep(rest_s=2.0)
    person.shift_mm = -15.0  # to their back: the other side's front
    person.wait(1.0)
    person.shift_mm = 0.0
    person.wait(1.0)
    assert state(person) is State.ASK, "not at the plan's word, nor by a lift or a wiggle"
    assert cues(person).count("wrong_side") == 1
    person.lie(side)
    person.wait_for(Announcement.GET_READY, max_s=2.0)
    assert person.judged_side is side


def test_after_a_turn_in_the_rest_the_next_set_comes_by_itself() -> None:
    person = belted(Side.LEFT)
    person.wait_for(Announcement.GET_READY)
    person.wait(COUNT_IN_S + 0.5)
    person.rep()
    person.rep()
    person.wait_for(Announcement.LIE_RIGHT)
    person.lie(Side.RIGHT)
    person.wait_for(Announcement.GET_READY)
    person.wait(COUNT_IN_S + 0.5)
    rest = [e for e in person.events if isinstance(e, RestChanged)][-1]
    assert rest.rest_s == pytest.approx(SHORT.rest_s, abs=1.0)
    assert (state(person), person.judged_side) == (State.SET, Side.RIGHT)
    assert "wrong_side" not in cues(person)


def test_who_turns_over_while_counted_in_is_told() -> None:
    person = belted(Side.LEFT)
    person.wait_for(Announcement.GET_READY)
    person.lies_on = Side.RIGHT  # so quickly that they hardly stop lying
    person.wait_for(Announcement.WRONG_SIDE, max_s=8.0)  # after the count-in's sound
    assert state(person) is State.ASK


def test_who_turns_over_in_a_set_is_told_each_time_and_nothing_counts_until_they_are_back() -> None:
    person = belted(Side.LEFT)
    person.wait_for(Announcement.GET_READY)
    person.wait(COUNT_IN_S + 0.5)
    person.rep()
    for _ in range(2):
        person.lie(Side.RIGHT)
        person.wait_for(Announcement.WRONG_SIDE, max_s=5.0)
        person.rep(rest_s=2.0)
        assert (state(person), person.coach.progress.rep) == (State.HELD, 1)
        person.get_off()
    person.lie(Side.LEFT)
    person.wait(2.0)
    assert state(person) is State.SET
    person.rep(rest_s=2.0)
    assert [e.reps for e in sets(person, SetState.DONE)] == [2]


@pytest.mark.parametrize("at", ["begin", "set"])
def test_two_taps_overrule_a_belt_that_is_on_upside_down(at: str) -> None:
    person = in_set() if at == "set" else Played(SHORT)
    person.has_belt = person.is_belt_turned = True
    person.lie(Side.LEFT)
    person.wait_for(Announcement.WRONG_SIDE, max_s=5.0)
    person.wait(2.0)
    person.tap(2)
    person.wait(COUNT_IN_S + 3.0)
    assert (state(person), person.judged_side) == (State.SET, Side.LEFT)
    person.rep()
    person.rep(rest_s=3.0)
    assert [e.reps for e in sets(person, SetState.DONE)] == [2]


def test_the_side_is_known_without_a_belt_while_a_set_is_open_and_no_longer() -> None:
    person, known = Played(SHORT), dict[State, set[Side]]()
    person.on_step = lambda: known.setdefault(state(person), set()).add(person.coach.lain_on)
    follow(person, lambda *_: Done())
    sides = {Side.LEFT, Side.RIGHT}
    assert {each: known[each] for each in (State.SET, State.READY)} == {
        State.SET: sides, State.READY: sides
    }  # fmt: skip
    assert known[State.ASK] == known[State.REST] == known[State.AWAY] == {Side.UNKNOWN}


def test_when_the_belt_dies_the_set_goes_on_and_the_next_side_is_asked_for() -> None:
    person = belted(Side.LEFT)
    person.wait_for(Announcement.GET_READY)
    person.wait(COUNT_IN_S + 0.5)
    person.rep()
    person.has_belt = False
    person.rep()
    person.lie(Side.RIGHT)
    person.wait(SHORT.rest_s + 2.0)
    assert state(person) is State.ASK
    person.wiggle()
    person.wait_for(Announcement.GET_READY, max_s=2.0)


# --- pauses and ends ------------------------------------------------------------------------------


def test_getting_off_pauses_and_lying_down_goes_on() -> None:
    person = in_set()
    person.rep()
    person.get_off()
    person.wait(5.0)
    person.lie(Side.LEFT)
    person.wait(2.0)
    person.rep(rest_s=3.0)
    assert states(person) == ["started", "paused", "resumed"]
    assert [c for c in cues(person) if c in ("paused", "resumed")] == ["paused", "resumed"]
    assert sets(person, SetState.DONE)[0].reps == 2


def test_the_last_repetition_before_getting_off_counts() -> None:
    person = in_set()
    person.rep()
    person.rep(rest_s=0.0)
    person.get_off()
    person.wait(2.0)
    assert [e.reps for e in sets(person, SetState.DONE)] == [2]


def test_two_taps_pause_and_go_on_and_what_is_done_between_does_not_count() -> None:
    person = in_set()
    person.tap(2)
    assert state(person) is State.STOPPED
    person.wait(0.5)
    person.rep(rest_s=2.0)
    person.tap(2)
    person.wait(1.5)
    assert person.coach.progress.rep == 0
    person.rep(rest_s=2.0)
    assert person.coach.progress.rep == 1


def test_three_taps_end_the_set_after_the_repetition_that_is_being_measured() -> None:
    person = in_set(PlanSettings(name="long", reps=9, sets_a_side=1, rest_s=20.0))
    person.rep()
    person.rep(rest_s=0.1)
    person.tap(3)
    person.wait(3.0)
    assert [(e.reps, e.clean) for e in sets(person, SetState.DONE)] == [(2, 2)]
    assert state(person) is State.REST


def test_a_set_that_stops_early_is_offered_and_may_be_finished() -> None:
    person = in_set()
    person.rep()
    assert person.wait_for(Announcement.UNFINISHED, max_s=40.0)
    person.rep(rest_s=3.0)
    assert sets(person, SetState.DONE)[0].reps == 2


def test_an_offer_that_nobody_takes_ends_the_set() -> None:
    person = in_set()
    person.rep()
    person.wait(IDLE_S + OFFER_S + 5.0)
    assert [e.reps for e in sets(person, SetState.DONE)] == [1]


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


def test_a_repetition_that_ends_takes_an_offer_even_if_its_lift_was_not_seen() -> None:
    person = in_set()
    person.rep()
    assert person.wait_for(Announcement.UNFINISHED, max_s=40.0)
    assert state(person) is State.OFFERED
    done = made_rep(2, person.t_s, person.t_s + 6.0, Done(), Side.LEFT)
    person.wait(6.7)
    person.coach.finish_rep(done, ())
    person.wait(0.3)
    assert state(person) is not State.OFFERED


def test_a_rest_says_ten_seconds_and_counts_in_on_the_same_side() -> None:
    plan = PlanSettings(
        name="r", reps=1, sets_a_side=2, rest_s=20.0, order=SideOrder.ONE_SIDE_FIRST
    )
    person = in_set(plan)
    rep = person.rep()
    person.wait(21.0)
    at_s = {cue.value: t_s - rep.end_s for t_s, cue in person.heard}
    assert at_s["rest_ten"] == pytest.approx(10.0, abs=0.2)
    assert at_s["get_ready"] == pytest.approx(17.0, abs=0.2)
    assert [e.t_s - rep.end_s for e in sets(person, SetState.STARTED)][1] == pytest.approx(
        20.0, abs=4 * STEP_S
    )


@pytest.mark.parametrize("how", ["tap", "console"])
def test_a_rest_can_be_skipped(how: str) -> None:
    person = in_set()
    for _ in range(2):
        person.rep()
    person.wait(3.0)
    assert state(person) is State.REST
    person.tap(2) if how == "tap" else person.ask(Ask.SKIP_REST)
    person.wait(1.0)
    assert state(person) is State.ASK


def test_the_end_of_a_rest_is_heard_from_beside_the_mat() -> None:
    person = in_set()
    for _ in range(2):
        person.rep()
    person.get_off()
    assert person.wait_for(Announcement.REST_OVER, max_s=30.0)


def test_a_workout_that_nobody_goes_on_with_is_over() -> None:
    person = in_set()
    person.rep()
    person.get_off()
    person.wait(GIVE_UP_S + 5.0)
    assert states(person)[-1] == "done"
    assert [e.reps for e in sets(person, SetState.DONE)] == [1]
    person.lie(Side.LEFT)
    person.wait(3.0)
    assert states(person)[-1] == "started"


def test_rolling_over_counts_nothing() -> None:
    person = in_set()
    for _ in range(2):
        person.rep()
    person.presence = Presence.UNSETTLED
    person.rep()  # what a body that rolls over may look like
    person.wait(2.0)
    assert [e.reps for e in sets(person, SetState.DONE)] == [2]
    assert len(sets(person, SetState.STARTED)) == 1


# --- variations -----------------------------------------------------------------------------------


def test_what_a_wall_hides_is_announced_once_and_nothing_is_called_clean() -> None:
    plan = PlanSettings(name="wall", reps=2, sets_a_side=1, variation=Variation.WALL_SLIDE)
    person = Played(plan)
    follow(person, lambda _, n: Done(Verdict.FAULT, live=(Fault.TOO_HIGH,)) if n else Done())
    assert cues(person).count("partly_judged") == 1
    assert "too_high" not in cues(person)
    assert {rep.verdict for rep in the_reps(person)} == {Verdict.UNSURE}


def test_a_band_hides_nothing() -> None:
    plan = PlanSettings(name="band", reps=2, sets_a_side=1, variation=Variation.LOOP_BAND)
    person = Played(plan)
    follow(person, lambda *_: Done())
    assert "partly_judged" not in cues(person)
    assert {rep.verdict for rep in the_reps(person)} == {Verdict.CLEAN}


@pytest.mark.parametrize(
    ("angle_deg", "verdict"),
    [(24.0, Verdict.UNSURE), (35.0, Verdict.CLEAN), (54.0, Verdict.UNSURE)],
)
def test_with_a_weight_a_height_close_to_its_limit_is_unsure(
    angle_deg: float, verdict: Verdict
) -> None:
    high = angle_deg > Limits().too_high_deg
    done = Done(Verdict.FAULT, later=(Fault.TOO_HIGH,)) if high else Done()
    rep = replace(made_rep(1, 0.0, 6.0, done, Side.LEFT), angle_deg=angle_deg)
    assert as_seen(rep, Variation.WEIGHTED, 2.0, 70.0, Limits()).verdict is verdict


def the_reps(person: Played) -> list[Rep]:
    return [event for event in person.events if isinstance(event, Rep)]


# --- wiggles --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("course_mm", "found"),
    [
        ([0, 4, 9, 15, 15, 15, 9, 3, 0], [1]),
        ([0, -4, -9, -15, -15, -15, -9, -3, 0], [-1]),
        ([0, 2, 5, 7, 7, 7, 5, 2, 0], []),  # a breath, a clean lift
        ([0, 9, 0], []),  # a jerk
        ([0, 9, *[20] * 60, 0], []),  # they have moved over
    ],
)
def test_a_wiggle_goes_to_a_side_and_comes_back(course_mm: list[float], found: list[int]) -> None:
    wiggle = Wiggle()
    signs = [wiggle.update(0.1 * k, float(mm)) for k, mm in enumerate(course_mm)]
    assert [sign for sign in signs if sign] == found


def test_another_tempo_or_number_keeps_the_place_and_another_side_begins_again() -> None:
    person = in_set(PlanSettings(name="p", reps=5, sets_a_side=1))
    person.rep()
    person.wait(2.0)
    slower = structs.replace(person.settings, reps=4, tempo_s=(3.0, 1.0, 3.0))
    person.coach.change(slower.plan())
    person.wait(1.0)
    assert person.coach.progress.rep == 1
    assert (person.coach.state, person.coach.progress.reps_per_set) == (State.SET, 4)
    assert person.coach.guide.tempo.up_s == 3.0
    person.coach.change(structs.replace(slower, first_side=Side.RIGHT).plan())
    assert person.coach.progress.rep == 0


# --- stopped outside of a set, and offers ---------------------------------------------------------


def test_a_rest_that_is_stopped_does_not_run_out_until_it_goes_on() -> None:
    person = in_set()
    for _ in range(2):
        person.rep()
    person.wait_for(Announcement.LIE_RIGHT)
    person.wait(2.0)
    heard = len(person.heard)
    person.ask(Ask.HOLD)
    assert state(person) is State.PARKED
    person.wait(60.0)
    assert [cue.value for _, cue in person.heard[heard:]] == ["paused"]
    assert states(person) == ["started", "paused"]
    person.ask(Ask.GO_ON)
    assert person.wait_for(Announcement.LIE_RIGHT, Announcement.GET_READY)
    assert states(person) == ["started", "paused", "resumed"]
    rests = [e.state for e in person.events if isinstance(e, RestChanged)]
    assert rests == [RestState.STARTED, RestState.OVER]


@pytest.mark.parametrize("before_s", [0.0, 3.0])
def test_asking_and_counting_in_stand_when_stopped(before_s: float) -> None:
    person = Played(SHORT)
    person.lie(Side.LEFT)
    person.wait_for(Announcement.LIE_LEFT)
    if before_s:
        person.wiggle()
        person.wait_for(Announcement.GET_READY)
    person.ask(Ask.HOLD)
    assert state(person) is State.PARKED
    person.rep()
    person.wait(30.0)
    assert not sets(person, SetState.STARTED), "nothing is counted, and nothing counted in"
    person.tap(2)
    person.wait_for(Announcement.RESUMED)
    person.wait_for(Announcement.GET_READY, Announcement.LIE_LEFT)


def test_a_stop_while_the_last_repetition_is_measured_stands_once_it_is() -> None:
    person = in_set()
    person.rep()
    person.wait(2.0)
    person.tap(3)
    assert state(person) is State.ENDING
    person.ask(Ask.HOLD)
    person.wait(5.0)
    assert [e.reps for e in sets(person, SetState.DONE)] == [1]
    assert state(person) is State.PARKED


def test_an_interrupted_session_is_offered_by_its_cue_to_who_lies_down() -> None:
    person = Played(SHORT)
    person.ask(Ask.OFFER)
    person.wait(5.0)
    assert cues(person) == [], "nobody is there to hear it"
    person.lie(Side.LEFT)
    person.wait_for(Announcement.UNFINISHED)
    person.wait_for(Announcement.LIE_LEFT)
    person.wait(40.0)
    assert cues(person).count("unfinished") == 1
    person = in_set()
    person.ask(Ask.OFFER)
    person.wait(5.0)
    assert "unfinished" not in cues(person), "too late"


# --- late, and hidden in part ---------------------------------------------------------------------


def test_a_repetition_that_is_judged_late_is_counted_and_kept_and_its_doubt_not_sounded() -> None:
    """Nothing is sounded about a repetition other than the one just done."""
    person = in_set(PlanSettings(name="late", reps=3, sets_a_side=1))
    person.judged_s = 4.5  # while the next one is at its top
    person.rep(Done(Verdict.UNSURE))
    person.rep()
    person.wait(8.0)
    assert [rep.verdict for rep in the_reps(person)] == [Verdict.UNSURE, Verdict.CLEAN]
    assert person.coach.progress.unsure == 1
    assert "unsure" not in cues(person)
    assert len([cue for _, cue in person.heard if cue in COUNTS]) == 2


@pytest.mark.parametrize("fault", [Fault.KICK, Fault.DROP, Fault.SHORT_HOLD])
def test_against_a_wall_what_it_does_not_hide_is_judged_and_named(fault: Fault) -> None:
    plan = PlanSettings(name="wall", reps=2, sets_a_side=1, variation=Variation.WALL_SLIDE)
    person = Played(plan)
    is_live = fault in LIVE_IN
    bad = Done(Verdict.FAULT, live=(fault,)) if is_live else Done(Verdict.FAULT, later=(fault,))
    follow(person, lambda _, n: bad if n else Done())
    assert cues(person).count(fault.value) == 2, "in each set"
    assert [rep.verdict for rep in the_reps(person)] == [Verdict.UNSURE, Verdict.FAULT] * 2
    both = made_rep(1, 0.0, 6.0, Done(Verdict.FAULT, later=(fault, Fault.ROLL_BACK)), Side.LEFT)
    seen = as_seen(both, Variation.WALL_SLIDE, 0.0, 70.0, Limits())
    assert [each.fault for each in seen.faults] == [fault]
