"""The whole line on virtual people: nothing random, nothing of the side, nothing made up."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matfw.conditioning import LOST_OWN_S
from matfw.layouts import PRESETS
from matfw.messages import (
    Announcement,
    CellEvent,
    CellProblem,
    Cue,
    CueGiven,
    Event,
    Fault,
    Mat,
    PersonWeighed,
    Phase,
    PhaseChanged,
    Presence,
    RawFrame,
    RefinedRep,
    Rep,
    Side,
    Verdict,
)
from matfw.pipeline import Pipeline, Step
from matfw.ports import SACRUM_CHANNELS
from matfw.refinement.refinement import Refinement
from matfw.refinement.windows import RepWindow
from matfw.settings.model import Settings
from matfw.settings.plans import PlanSettings
from matfw.virtual.person import generate
from matfw.virtual.sampling import CellErrors, record
from matfw.virtual.sessions import demo_session
from matfw.workout.plan import Plan
from matfw.workout.states import State

SAME_S, SAME_MM = 0.02, 0.1  # what sums in another order may move, through fits that end early
SPAN_S = 50.0  # of the demo's session: getting on and some repetitions
HIP_CUES = (Announcement.HIPS_LOST, Announcement.HIPS_BACK)
EXCURSION = RefinedRep(
    start_s=10.0,
    top_s=11.2,
    lower_s=13.1,
    end_s=15.0,
    up_s=2.0,
    hold_s=1.0,
    down_s=3.0,
    angle_deg=38.0,
    front_shift_mm=0.0,
)


@cache
def session(side: Side = Side.LEFT, rate_hz: float = 80.0) -> tuple[Mat, tuple[RawFrame, ...]]:
    trace = generate(demo_session(side), PRESETS["core4"].cells, 7)
    mat = replace(Settings().mat(), side=side, person=trace.person, rate_hz=rate_hz)
    return mat, tuple(f for f in record(trace, mat, 7, CellErrors()) if f.t_s < SPAN_S)


def through(
    line: Pipeline, frames: Sequence[RawFrame], refinement: Refinement
) -> tuple[list[Step], list[Event]]:
    steps: list[Step] = []
    events: list[Event] = []
    for frame in frames:
        step = line.update(frame)
        steps.append(step)
        events += step.events
        if step.window is not None:
            events += line.finish_reps(frame.t_s, refinement.refine(step.window))
    return steps, events


def run(mat: Mat, frames: Sequence[RawFrame]) -> tuple[list[Step], list[Event]]:
    return through(Pipeline(mat), frames, Refinement())


CUT_S = 30.0  # of the usual session: a repetition has been done, the next one is under way


@cache
def begun() -> tuple[Pipeline, Refinement, list[Event]]:
    """Return what goes through the usual session until CUT_S, and what it has said."""
    mat, frames = session()
    line, refinement = Pipeline(mat), Refinement()
    frames = tuple(frame for frame in frames if frame.t_s < CUT_S)
    return line, refinement, through(line, frames, refinement)[1]


def run_on(change: Callable[[RawFrame], RawFrame]) -> list[Event]:
    """Return what the line says of the usual session whose frames are others from CUT_S on."""
    line, refinement, events = deepcopy(begun())
    left = [change(frame) for frame in session()[1] if frame.t_s >= CUT_S]
    return events + through(line, left, refinement)[1]


@cache
def usual() -> tuple[tuple[Step, ...], tuple[Event, ...]]:
    """Return what the line makes of the usual session."""
    steps, events = run(*session())
    return tuple(steps), tuple(events)


def reps_of(events: Sequence[Event]) -> list[Rep]:
    return [event for event in events if isinstance(event, Rep)]


def test_the_same_frames_give_the_same_steps_and_events() -> None:
    mat, frames = session()
    assert tuple(run(mat, frames)[1]) == usual()[1]


def test_events_come_in_time_order_and_none_before_its_frame() -> None:
    steps, events = usual()
    times = [event.t_s for event in events]
    assert times == sorted(times)
    for step in steps:
        assert all(event.t_s == step.raw.t_s for event in step.events)


def test_reps_are_numbered_and_their_times_ordered() -> None:
    reps = reps_of(usual()[1])
    assert reps
    assert [rep.rep for rep in reps] == list(range(1, len(reps) + 1))
    for rep in reps:
        assert rep.start_s < rep.top_s <= rep.lower_s < rep.end_s < rep.t_s
        assert min(rep.up_s, rep.down_s) > 0.0 <= rep.hold_s


def test_phases_only_ever_follow_the_ring_or_fall_back_to_rest() -> None:
    phases = [e.phase for e in usual()[1] if isinstance(e, PhaseChanged)]
    allowed = {
        (Phase.REST, Phase.UP), (Phase.UP, Phase.HOLD), (Phase.UP, Phase.DOWN),
        (Phase.HOLD, Phase.DOWN), (Phase.DOWN, Phase.UP),
        *((phase, Phase.REST) for phase in Phase if phase is not Phase.REST),
    }  # fmt: skip
    before = [Phase.REST, *phases]
    assert set(zip(before, phases, strict=False)) <= allowed


def mirrored(frames: Sequence[RawFrame]) -> list[RawFrame]:
    """Return the frames of a deck whose left and right edges have changed places."""
    return [replace(f, counts=(f.counts[1], f.counts[0], f.counts[3], f.counts[2])) for f in frames]


def test_a_mirrored_mat_and_the_other_side_give_the_same_reps_and_cues() -> None:
    mat, frames = session(Side.LEFT)
    other = replace(mat, side=Side.RIGHT)
    here, there = usual()[1], run(other, mirrored(frames))[1]
    assert len(here) == len(there)
    for one, two in zip(here, there, strict=True):
        if isinstance(one, Rep) and isinstance(two, Rep):
            assert (one.verdict, [f.fault for f in one.faults]) == (
                two.verdict, [f.fault for f in two.faults],
            )  # fmt: skip
            assert two.side is Side.RIGHT
            assert two.start_s == pytest.approx(one.start_s, abs=SAME_S)
            assert two.front_shift_mm == pytest.approx(one.front_shift_mm, abs=SAME_MM)
        else:
            assert one == two


def test_a_later_start_of_the_clock_changes_nothing_but_the_times() -> None:
    mat, frames = session()
    later_s = 86_400.0
    late = [replace(frame, t_s=frame.t_s + later_s) for frame in frames]
    here, there = reps_of(usual()[1]), reps_of(run(mat, late)[1])
    assert [rep.verdict for rep in there] == [rep.verdict for rep in here]
    assert [rep.start_s - later_s for rep in there] == pytest.approx(
        [rep.start_s for rep in here], abs=SAME_S
    )


def test_another_tare_of_the_same_loads_changes_nothing() -> None:
    mat, frames = session()
    moved = replace(
        mat,
        calibration=tuple(replace(c, tare_counts=c.tare_counts + 5000) for c in mat.calibration),
    )
    shifted = [
        replace(f, counts=tuple(c + 5000 if c is not None else None for c in f.counts))
        for f in frames
    ]
    assert tuple(run(moved, shifted)[1]) == usual()[1]


def test_ten_samples_a_second_find_the_same_reps_as_eighty() -> None:
    fast, slow = reps_of(usual()[1]), reps_of(run(*session(rate_hz=10.0))[1])
    assert [rep.start_s for rep in slow] == pytest.approx([r.start_s for r in fast], abs=0.4)
    assert [rep.up_s for rep in slow] == pytest.approx([r.up_s for r in fast], abs=0.6)
    assert [rep.down_s for rep in slow] == pytest.approx([r.down_s for r in fast], abs=0.8)


def test_somebody_is_weighed_once_and_asked_to_begin() -> None:
    events = usual()[1]
    [weighed] = [e for e in events if isinstance(e, PersonWeighed)]
    assert weighed.weight_kg == pytest.approx(64.0, rel=0.02)
    ready = [e.t_s for e in events if isinstance(e, CueGiven) and e.cue is Announcement.READY]
    assert ready == [weighed.t_s]


def test_nobody_is_no_event() -> None:
    mat, frames = session()
    empty = [frame for frame in frames if frame.t_s < 1.8]
    steps, events = run(mat, empty)
    assert events == []
    assert {step.motion.presence for step in steps} == {Presence.EMPTY}


COUNTS = st.none() | st.integers(-(1 << 23), (1 << 23) - 1)
FRAMES = st.lists(st.tuples(st.floats(0.0, 2.0), st.tuples(*[COUNTS] * 4)), max_size=60)


@given(FRAMES)
@settings(max_examples=60, deadline=None)
def test_no_frames_whatever_break_the_line_or_make_a_rep(
    frames: list[tuple[float, tuple[int | None, ...]]],
) -> None:
    t_s, raw = 0.0, []
    for step_s, counts in frames:
        t_s += step_s
        raw.append(RawFrame(t_s, counts))
    steps, events = run(session()[0], raw)
    assert reps_of(events) == []
    for step in steps:
        for count, load_kg in zip(step.raw.counts, step.clean.loads_kg, strict=True):
            assert count is not None or load_kg is None  # no sample is made up


def without(frame: RawFrame, gone: int) -> RawFrame:
    counts = [None if i == gone else count for i, count in enumerate(frame.counts)]
    return replace(frame, counts=tuple(counts))


@pytest.mark.parametrize("gone", [0, 3])
def test_without_a_cell_nothing_is_judged_and_that_is_reported_at_once(gone: int) -> None:
    events = run_on(lambda frame: without(frame, gone))
    after = [event for event in events if event.t_s > CUT_S + 0.1]
    # The repetition under way was seen to come down for the most part: it counts as unsure.
    assert [rep.verdict for rep in reps_of(after)] == [Verdict.UNSURE]
    assert reps_of(after)[0].lower_s < CUT_S
    assert all(e.phase is Phase.REST for e in after if isinstance(e, PhaseChanged))
    cues = [e for e in events if isinstance(e, CueGiven) and e.cue is Announcement.NOT_JUDGING]
    named_s = cues[0].t_s - CUT_S - LOST_OWN_S
    assert 0.0 <= named_s <= 2.0 / session()[0].rate_hz


def test_a_mat_that_cannot_judge_is_not_looked_at_early() -> None:
    mat, frames = session()
    kg = mat.calibration[0].counts_per_kg

    def hums(frame: RawFrame) -> RawFrame:
        counts = int(0.3 * kg * math.sin(math.pi * frame.t_s)) if frame.t_s > 25.0 else 0
        return replace(frame, counts=tuple(c and c + counts for c in frame.counts))

    line = Pipeline(mat)
    steps = [line.update(hums(frame)) for frame in frames]

    (blind_s,) = [e.t_s for step in steps for e in step.events if isinstance(e, CellEvent)]
    early_s, late_s = (
        [s.raw.t_s for s in steps if s.window is not None and s.window.is_early is is_early]
        for is_early in (True, False)
    )
    assert min(early_s) < 25.0  # such as there are, while it can
    assert max(early_s) < blind_s < max(late_s)  # what was done is looked at all the same


def test_cells_all_broken_and_back_are_reported_once_each() -> None:
    events = run_on(lambda f: replace(f, counts=(None,) * 4) if f.t_s < CUT_S + 1.0 else f)
    problems = [(e.cell, e.problem) for e in events if isinstance(e, CellEvent)]
    names = [cell.name for cell in session()[0].cells]
    assert problems == [
        *((name, CellProblem.LOST) for name in names), *((name, CellProblem.OK) for name in names)
    ]  # fmt: skip
    assert sum(isinstance(e, CueGiven) and e.cue is Announcement.NOT_JUDGING for e in events) == 1


def test_a_hip_sensor_lost_in_mid_set_is_reported_once_and_again_when_it_is_back() -> None:
    mat, frames = session()
    mat = replace(mat, channels=SACRUM_CHANNELS)
    first = frames[0].t_s
    belt = [replace(f, channels=(None if 30 <= f.t_s - first < 45 else 1.0,)) for f in frames]
    _, events = run(mat, belt)
    hips = [e for e in events if isinstance(e, CellEvent)]
    assert [(e.cell, e.problem) for e in hips] == [
        ("hip_roll_deg", CellProblem.LOST), ("hip_roll_deg", CellProblem.OK)
    ]  # fmt: skip
    reported = [e for e in events if isinstance(e, CueGiven) and e.cue in HIP_CUES]
    assert [e.cue for e in reported] == list(HIP_CUES)
    for event, cue in zip(hips, reported, strict=True):
        assert 0.0 <= cue.t_s - event.t_s < 3.0


def test_without_its_hip_sensor_the_line_judges_as_if_there_had_been_none() -> None:
    mat, frames = session()
    first = frames[0].t_s
    # The belt shows hips far back in every repetition, and is gone after half a minute.
    belt = [
        replace(f, channels=(None if f.t_s - first >= 30 else 20.0 * math.sin(f.t_s),))
        for f in frames
    ]
    with_it, without = (
        {round(rep.start_s, 3): (rep.verdict, rep.faults) for rep in reps_of(events)}
        for events in (run(replace(mat, channels=SACRUM_CHANNELS), belt)[1], usual()[1])
    )
    after = [start_s for start_s in without if start_s - first > 33]
    assert after
    assert {s: with_it[s] for s in after} == {s: without[s] for s in after}
    assert with_it != without


@pytest.mark.parametrize(
    ("refined_rep", "side", "verdict", "cue"),
    [
        (EXCURSION, Side.LEFT, Verdict.CLEAN, Announcement.REP),
        (replace(EXCURSION, hold_s=0.1), Side.LEFT, Verdict.FAULT, Fault.SHORT_HOLD),
        (
            replace(EXCURSION, front_shift_mm=-40.0),
            Side.UNKNOWN,
            Verdict.UNSURE,
            Announcement.UNSURE,
        ),
    ],
)
def test_a_finished_rep_is_reported_with_the_next_frame(
    refined_rep: RefinedRep, side: Side, verdict: Verdict, cue: Cue
) -> None:
    line = Pipeline(replace(session()[0], side=side))
    [rep] = line.finish_reps(16.0, [refined_rep])
    assert rep.verdict is verdict
    assert line.update(RawFrame(16.01, (0, 0, 0, 0))).cue is cue


# --- answers that come late -----------------------------------------------------------------------


def test_one_answer_may_hold_several_reps() -> None:
    line = Pipeline(session()[0])
    answer = [replace(EXCURSION, start_s=at_s, end_s=at_s + 5.0) for at_s in (10.0, 18.0, 27.0)]
    reps = line.finish_reps(40.0, answer)
    assert [(rep.rep, rep.start_s) for rep in reps] == [(1, 10.0), (2, 18.0), (3, 27.0)]
    assert line.progress.rep == 3


def test_an_empty_answer_counts_nothing() -> None:
    line = Pipeline(session()[0])
    assert line.finish_reps(16.0, []) == []
    [rep] = line.finish_reps(16.5, [EXCURSION])
    assert (rep.rep, line.progress.rep) == (1, 1)


def usual_windows() -> list[RepWindow]:
    return [step.window for step in usual()[0] if step.window is not None]


@cache
def answers() -> tuple[list[RefinedRep], ...]:
    """Return what the refinement finds in the usual session's windows, in their order."""
    refinement = Refinement()
    return tuple(refinement.refine(window) for window in usual_windows())


@cache
def late(late_s: float) -> tuple[list[Rep], list[RepWindow]]:
    """Return the reps and the windows of a session whose answers come so late.

    The windows are the same ones: that is tested below. So the answers are.
    """
    mat, frames = session()
    line, left = Pipeline(mat), iter(answers())
    reps: list[Rep] = []
    windows: list[RepWindow] = []
    waiting: deque[float] = deque()
    for frame in frames:
        step = line.update(frame)
        if step.window is not None:
            windows.append(step.window)
            waiting.append(frame.t_s + late_s)
        while waiting and waiting[0] <= frame.t_s:
            waiting.popleft()
            reps += line.finish_reps(frame.t_s, next(left))
    for _ in waiting:
        reps += line.finish_reps(SPAN_S, next(left))
    return reps, windows


LATE_S = pytest.mark.parametrize("late_s", [0.3, 12.0])


def ignoring_report_time(reps: Sequence[Rep]) -> list[Rep]:
    """Return reps as they are whenever they are reported."""
    return [replace(rep, t_s=0.0) for rep in reps]


@LATE_S
def test_a_refiner_that_is_behind_finds_exactly_the_same_reps(late_s: float) -> None:
    soon, behind = reps_of(usual()[1]), late(late_s)[0]
    assert soon
    assert ignoring_report_time(behind) == ignoring_report_time(soon)


@LATE_S
def test_when_answers_come_changes_no_window(late_s: float) -> None:
    assert late(late_s)[1] == usual_windows()


def test_windows_are_the_same_if_no_answer_ever_comes() -> None:
    mat, frames = session()
    line = Pipeline(mat)
    windows = [step.window for step in map(line.update, frames) if step.window is not None]
    assert windows == usual_windows()


def test_what_was_done_until_now_is_not_looked_back_at_if_asked() -> None:
    mat, frames = session()
    rep = reps_of(usual()[1])[0]
    line = Pipeline(mat)
    for frame in frames:
        if frame.t_s <= rep.lower_s:
            line.update(frame)
    line.discard_history()
    later = [line.update(frame) for frame in frames if frame.t_s > rep.lower_s]
    windows = [step.window for step in later if step.window is not None]
    assert windows
    assert min(window.motions[0].t_s for window in windows) > rep.lower_s - 0.1


def test_a_full_set_is_reported_after_its_last_rep() -> None:
    line = Pipeline(session()[0], Plan(reps=2))
    t_s, cues = 16.0, []
    for k in range(2):
        line.finish_reps(t_s, [replace(EXCURSION, start_s=10.0 + 8.0 * k, end_s=15.0 + 8.0 * k)])
        for number in range(100):
            t_s += 0.0125
            cues.append(line.update(RawFrame(t_s, (number, -number, number, -number))).cue)
    assert [cue for cue in cues if cue is not None] == [
        Announcement.REP,
        Announcement.REP,
        Announcement.SET_DONE,
    ]


def resting(line: Pipeline, frames: Sequence[RawFrame]) -> float:
    """Let somebody lie down and be weighed; return when."""
    for frame in frames:
        if line.update(frame).motion.weight_kg is not None:
            return frame.t_s
    raise AssertionError("nobody was weighed")


def test_after_a_rest_whoever_lies_there_is_called() -> None:
    mat, frames = session()
    line = Pipeline(mat, Plan(reps=1, sets=2, rest_s=3.2))  # `ready` is not announced twice in 3 s
    t_s = resting(line, frames)
    line.finish_reps(t_s, [replace(EXCURSION, start_s=t_s - 5.0, end_s=t_s)])
    later = [frame for frame in frames if t_s < frame.t_s < t_s + 4.0]
    ready_s = [f.t_s - t_s for f in later if line.update(f).cue is Announcement.READY]
    assert [at_s for at_s in ready_s if 3.2 <= at_s < 3.5], ready_s


def test_nobody_is_called_after_a_rest_from_an_empty_mat() -> None:
    line = Pipeline(session()[0], Plan(reps=1, sets=2, rest_s=2.0))
    line.finish_reps(15.0, [EXCURSION])
    cues = [line.update(f).cue for f in session()[1][:240]]
    assert Announcement.READY not in cues


@pytest.mark.parametrize("changed", ["limits", "tempo"])
def test_other_limits_or_tempo_leave_whoever_lies_there_in_peace(changed: str) -> None:
    mat, frames = session()
    line = Pipeline(mat)
    t_s = resting(line, frames)
    if changed == "limits":
        mat = replace(mat, limits=replace(mat.limits, too_high_deg=1.0))
    else:
        mat = replace(mat, tempo=replace(mat.tempo, up_s=9.0))
    line.adopt(mat, Plan())
    after = next(frame for frame in frames if frame.t_s > t_s)
    assert line.update(after).motion.presence is Presence.LYING


def test_another_calibration_weighs_again_and_keeps_the_count() -> None:
    mat, frames = session()
    line = Pipeline(mat, Plan(reps=15))
    t_s = resting(line, frames)
    line.finish_reps(t_s, [replace(EXCURSION, start_s=t_s - 5.0, end_s=t_s)])
    was_kg = next(line.update(f) for f in frames if f.t_s > t_s).motion.weight_kg
    assert was_kg is not None
    half = tuple(replace(each, counts_per_kg=2.0 * each.counts_per_kg) for each in mat.calibration)
    line.adopt(replace(mat, calibration=half), Plan(reps=15))
    weighed = [line.update(f).motion for f in frames if t_s + 0.1 < f.t_s < t_s + 4.0]
    assert weighed[0].presence is not Presence.LYING
    now_kg = next(m.weight_kg for m in weighed if m.weight_kg is not None)
    assert now_kg == pytest.approx(was_kg / 2.0, rel=0.02)
    assert line.progress.rep == 1


@pytest.mark.parametrize("begins_again", [True, False], ids=["another workout", "another side"])
def test_what_had_ended_counts_for_no_other_workout_and_by_no_other_side(
    begins_again: bool,
) -> None:
    mat, frames = session()
    rep = reps_of(usual()[1])[0]
    until_s = rep.t_s + 0.1
    line = Pipeline(mat)
    for frame in frames:
        if frame.t_s <= until_s:
            line.update(frame)
    if begins_again:
        line.begin_workout()
    else:
        side = Side.RIGHT if mat.side is Side.LEFT else Side.LEFT
        line.adopt(mat.on(side), Plan())
    steps = [line.update(frame) for frame in frames if until_s < frame.t_s < until_s + 1.0]
    windows = [step.window for step in steps if step.window is not None]
    assert [rep for window in windows for rep in Refinement().refine(window)] == []


@pytest.mark.parametrize(("under_way", "found"), [(False, 1), (True, 0)])
def test_another_calibration_loses_no_repetition_that_has_ended(
    under_way: bool, found: int
) -> None:
    """One that was looked at may still wait for what follows it; that will not be known."""
    mat, frames = session()
    rep = reps_of(usual()[1])[0]
    until_s = rep.lower_s if under_way else rep.t_s + 0.1
    line = Pipeline(mat)
    for frame in frames:
        if frame.t_s <= until_s:
            line.update(frame)
    half = tuple(replace(each, counts_per_kg=2.0 * each.counts_per_kg) for each in mat.calibration)
    line.adopt(replace(mat, calibration=half), Plan())
    steps = [line.update(frame) for frame in frames if until_s < frame.t_s < until_s + 1.0]
    [window] = [step.window for step in steps if step.window is not None]
    assert window.is_left
    assert steps[0].window is window
    assert len(Refinement().refine(window)) == found


def test_a_limit_that_was_adopted_judges_the_next_rep() -> None:
    mat = session()[0]
    line = Pipeline(mat)
    [before] = line.finish_reps(16.0, [EXCURSION])
    line.adopt(replace(mat, limits=replace(mat.limits, too_small_deg=45.0)), Plan())
    [after] = line.finish_reps(24.0, [replace(EXCURSION, start_s=18.0, end_s=23.0)])
    assert (before.verdict, after.verdict) == (Verdict.CLEAN, Verdict.FAULT)


def test_a_workout_can_begin_again() -> None:
    line = Pipeline(session()[0])
    line.finish_reps(16.0, [EXCURSION])
    line.begin_workout()
    assert (line.progress.rep, line.progress.clean, line.progress.set_number) == (0, 0, 1)


def test_limits_that_were_learned_on_a_side_follow_the_coachs_side() -> None:
    mat, frames = session()
    learned = replace(mat.limits, roll_back_mm=mat.limits.roll_back_mm + 5.0)
    both = ((Side.LEFT, mat.limits), (Side.RIGHT, learned))
    plan = PlanSettings(name="p", sets_a_side=1, first_side=Side.RIGHT).plan()
    line = Pipeline(replace(mat, side=Side.LEFT, side_limits=both), plan)
    for frame in frames:
        line.update(frame)
        if line.progress.state == State.ASK:
            break
    assert (line.mat.side, line.mat.limits) == (Side.RIGHT, learned)
    line.adopt(replace(line.mat, side=Side.LEFT), plan)
    assert line.mat.limits == mat.limits, "nothing is confirmed yet: as the settings say"
