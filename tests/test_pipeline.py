"""The whole line on virtual people: nothing random, nothing of the side, nothing made up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matfw.conditioning import LOST_OWN_S
from matfw.estimation.unweighed import ASK_AFTER_S
from matfw.messages import (
    Announcement,
    CellEvent,
    CellProblem,
    Cue,
    CueGiven,
    Fault,
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
from matfw.pipeline import Pipeline
from matfw.ports import SACRUM_CHANNELS
from matfw.workout.plan import Plan
from tests.demo_line import CUT_S, EXCURSION, reps_of, run, run_on, session, usual

SAME_S, SAME_MM = 0.02, 0.1  # what sums in another order may move, through fits that end early


HIP_CUES = (Announcement.HIPS_LOST, Announcement.HIPS_BACK)


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


def test_who_exercises_without_lying_still_is_asked_to_and_counts_once_weighed() -> None:
    mat, frames = session()
    kg = mat.calibration[0].counts_per_kg

    def sways(frame: RawFrame) -> RawFrame:
        """Return it as of a body that rocks by 4 kg from head to foot for its first 35 s."""
        rocked = int(kg * math.sin(3.0 * frame.t_s)) if 8.0 < frame.t_s < 35.0 else 0
        rocks = (rocked, rocked, -rocked, -rocked)
        return replace(
            frame, counts=tuple(c and c + r for c, r in zip(frame.counts, rocks, strict=True))
        )

    events = run(mat, [sways(frame) for frame in frames])[1]
    asked, ready = (
        [e.t_s for e in events if isinstance(e, CueGiven) and e.cue is cue]
        for cue in (Announcement.LIE_STILL, Announcement.READY)
    )
    on_s = 3.0  # the demo's person gets on in the first seconds
    assert asked == pytest.approx([on_s + ASK_AFTER_S], abs=2.0)
    assert min(ready) > 35.0
    assert reps_of(events)


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
