"""People who move: who they are in each split, and what counts as made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matfw.messages import Announcement, CueGiven, Event, Rep, Side, Verdict
from tests.accuracy import alike_forms
from tests.accuracy.matching import Call, Called
from tests.accuracy.movement_figures import movement_figures
from tests.accuracy.movements import (
    HELD_OUT_KINDS,
    NOT_FOR_TUNING,
    STILL_S,
    TUNING_KINDS,
    Moved,
    Script,
    moved,
    scene,
    script,
)
from tests.accuracy.outcomes import Outcome, RepOutcome
from tests.accuracy.populations import Job, jobs
from tests.people.movements.forms import FORMS, Purpose, Split
from tests.people.movements.scene import Scene, Span

ALL = (*FORMS, *alike_forms.FORMS)
SPLIT = {form.name: form.split for form in ALL}
PURPOSE = {form.name: form.purpose for form in ALL}


def reported(start_s: float, verdict: Verdict = Verdict.CLEAN) -> Rep:
    return Rep(
        rep=1, t_s=start_s + 5.6, start_s=start_s, top_s=start_s + 1.5, lower_s=start_s + 3.0,
        end_s=start_s + 5.0, up_s=2.0, hold_s=1.0, down_s=3.0, angle_deg=39.0, front_shift_mm=0.0,
        verdict=verdict, faults=(), side=Side.LEFT,
    )  # fmt: skip


@pytest.fixture(scope="module")
def in_set() -> Scene:
    return scene("in_set", "core4", 1000, 0)


@pytest.mark.parametrize("kind", [*TUNING_KINDS, *HELD_OUT_KINDS])
def test_a_kind_uses_the_forms_of_its_split_only(kind: str) -> None:
    told = script(kind, 700_003, 1)
    expected = Split.HELD_OUT if kind in HELD_OUT_KINDS else Split.TUNING
    assert {SPLIT[name] for name in told.names} == {expected}
    assert PURPOSE[told.on.name] is Purpose.ON
    assert PURPOSE[told.up.name] is Purpose.UP
    if kind.startswith("getting_on"):
        assert not told.plan.reps
        assert told.plan.lying_s > STILL_S
    if kind.startswith("movements"):
        assert not told.plan.reps
        assert told.plan.lying_s > 90.0
        assert 3 <= len(told.planned) <= 6


def assert_is_played(played: Scene, told: Script) -> None:
    assert tuple(span.name for span in played.spans) == told.names
    lying_s = played.trace.lying_to_s - played.trace.lying_from_s
    assert lying_s == pytest.approx(told.leave_s or told.plan.lying_s, abs=0.1)
    assert len(played.trace.truth) + len(played.broken) == len(told.plan.reps)


def test_what_is_played_is_what_the_script_says(in_set: Scene) -> None:
    assert_is_played(in_set, script("in_set", 1000, 0))
    assert_is_played(scene("getting_on", "core4", 700_003, 1), script("getting_on", 700_003, 1))


def test_movements_of_a_set_lie_between_its_repetitions(in_set: Scene) -> None:
    inside = in_set.spans[1:-1]
    assert inside
    for span in inside:
        for rep in in_set.trace.truth:
            assert span.end_s < rep.start_s or rep.end_s < span.start_s


ONE_OF_EACH = (0, 1)


@pytest.mark.parametrize("kind", ["leaves", "leaves held-out"])
def test_somebody_leaves_just_after_a_repetition_or_in_the_middle_of_one(kind: str) -> None:
    some = [scene(kind, "core4", 700_000 + number, number) for number in ONE_OF_EACH]
    for number, played in zip(ONE_OF_EACH, some, strict=True):
        assert_is_played(played, script(kind, 700_000 + number, number))
        leaves_s = played.spans[-1].start_s
        assert len(played.broken) <= 1
        if played.broken:
            assert played.broken[0].start_s < leaves_s < played.broken[0].end_s
        else:
            assert 0.0 < leaves_s - played.trace.truth[-1].end_s < 1.5
    assert {len(played.broken) for played in some} == {0, 1}


def test_held_out_forms_are_not_for_tuning_seeds() -> None:
    assert jobs(NOT_FOR_TUNING, ["core4"], 2, "tuning") == []
    assert len(jobs(HELD_OUT_KINDS, ["core4"], 2, "held-out")) == 8
    assert len(jobs(TUNING_KINDS, ["core4"], 2, "tuning")) == 12


def test_all_forms_of_a_split_come_by() -> None:
    seen = {
        name for number in range(9) for name in script("movements", 1000 + number, number).names
    }
    moving = (Purpose.SETTLE, Purpose.MOVE, Purpose.THING)
    expected = {f.name for f in FORMS if f.split is Split.TUNING and f.purpose in moving}
    assert expected <= seen


def test_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="kind must be one of"):
        scene("lying about", "core4", 1, 0)


def by_hand(in_set: Scene, events: list[Event]) -> Moved:
    spans = (Span("pillow", 40.0, 44.0), Span("scratch", 50.0, 53.0))
    trace = replace(in_set.trace, truth=in_set.trace.truth[:1])
    return moved(Scene(trace, spans, ()), events)


def test_an_event_belongs_to_the_form_it_was_reported_in(in_set: Scene) -> None:
    true = in_set.trace.truth[0]
    events: list[Event] = [
        reported(true.start_s),
        CueGiven(true.end_s + 0.8, Announcement.REP),
        reported(39.5),
        CueGiven(45.0, Announcement.REP),
        CueGiven(46.0, Announcement.READY),
        reported(70.0, Verdict.FAULT),
    ]
    assert by_hand(in_set, events) == Moved(
        played=("pillow", "scratch"),
        extra=("pillow", ""),
        extra_clean=1,
        sounds=("pillow",),
        last_found=True,
        broken_found=None,
    )


def test_a_repetition_broken_off_must_not_be_reported(in_set: Scene) -> None:
    whole, broken = in_set.trace.truth[:2]
    trace = replace(in_set.trace, truth=[whole])
    spans = (Span("up_slowly", broken.top_s, broken.top_s + 5.0),)
    left = Scene(trace, spans, (broken,))
    assert moved(left, [reported(whole.start_s)]).broken_found is False
    both = moved(left, [reported(whole.start_s), reported(broken.start_s)])
    assert (both.broken_found, both.last_found) == (True, None)
    assert len(both.extra) == 1


def outcome(kind: str, extra: int, what: Moved, *hits: bool) -> Outcome:
    nothing = Called(Call.MISSED)
    reps = tuple(
        RepOutcome((), (), "clean" if hit else None, None, None, nothing, nothing, {}, ())
        for hit in hits
    )
    return Outcome(
        Job(kind, "core4", 1, 0), len(reps), 0, extra, reps, 0, 60.0, 60.0, False, False, (), what
    )


def test_figures_of_known_outcomes() -> None:
    on = Moved(("sit_then_lie", "hips_hop"), ("hips_hop",), 1, ("hips_hop", ""), None, None)
    none = replace(on, extra=(), extra_clean=0, sounds=())
    left = Moved(("sit_then_lie",), (), 0, (), False, None)
    broke = replace(left, last_found=None, broken_found=True)
    by_kind = {
        "getting_on": [outcome("getting_on", 1, on), outcome("getting_on", 0, none)],
        "leaves": [
            outcome("leaves", 0, left, True, True, False),
            outcome("leaves", 0, broke, True),
        ],
    }
    values = {(f.name, f.kind): f.values[0] for f in movement_figures(by_kind)}
    assert values["made up in 100 gettings-on", "getting_on"] == 50.0
    assert values["... in 100 of hips_hop", "getting_on"] == 50.0
    assert values["... in 100 of sit_then_lie", "getting_on"] == 0.0
    assert values["... in 100 of lying still", "getting_on"] == 0.0
    assert values["made up and called clean", "getting_on"] == 0.5
    assert values["sounds about no rep", "getting_on"] == 1.0
    assert values["reps found", "leaves"] == 75.0
    assert values["last rep before getting up, found", "leaves"] == 0.0
    assert values["rep broken off by getting up, found", "leaves"] == 100.0
