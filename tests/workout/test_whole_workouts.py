"""A workout by ear: what is heard and when, and that no repetition is lost on the way."""

from __future__ import annotations

import random
from itertools import pairwise

from matfw.cues import CUE_RULES, MAY_CUT_SHORT
from matfw.messages import (
    Announcement,
    Cue,
    Fault,
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
from matfw.workout.plan import SideOrder
from tests.workout.by_ear import COUNTS, Log, SetHeard, follow, written_down
from tests.workout.played import Done, Played
from tests.workout.seen_and_heard import as_heard, as_seen_lights, until_next_s
from tests.workout.workouts import SHORT, cues, in_set, sets, states


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
