from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.cues import (
    CUE_RULES,
    MAY_CUT_SHORT,
    PAUSE_S,
    REP_CUE_AGE_S,
    Cues,
    RepCue,
)
from matfw.judging.row import Rank
from matfw.messages import CUES, OF_JUDGING, Announcement, Cue, Fault
from matfw.sounds.earcons import pattern_s

FRAME_S = 1 / 80
LIVE = [cue for cue in CUES if CUE_RULES[cue].rank is Rank.LIVE]
MERE = [cue for cue in CUES if CUE_RULES[cue].rank in (Rank.TEMPO, Rank.PLAIN)]
Requests = list[list[Cue]]


@dataclass(frozen=True)
class Frame:
    t_s: float
    requests: list[Cue]
    before: Cue | None
    started: Cue | None
    showing: Cue | None


def played(requests: Requests, step_s: float = FRAME_S) -> list[Frame]:
    cues = Cues()
    frames = []
    for number, now in enumerate(requests):
        before = cues.showing
        started = cues.update(number * step_s, now)
        frames.append(Frame(number * step_s, now, before, started, cues.showing))
    return frames


def starts(frames: list[Frame]) -> list[tuple[float, Cue]]:
    return [(frame.t_s, frame.started) for frame in frames if frame.started is not None]


# --- the table ---


def test_every_cue_has_a_rule_and_a_priority_of_its_own() -> None:
    assert set(CUE_RULES) == set(CUES)
    assert len({rule.priority for rule in CUE_RULES.values()}) == len(CUES)


def test_ranks_follow_each_other_in_priority() -> None:
    order = [Rank.SENSOR, Rank.LIVE, Rank.POSTURE, Rank.TEMPO, Rank.PLAIN]
    by_priority = sorted(CUE_RULES.values(), key=lambda rule: -rule.priority)
    assert [rule.rank for rule in by_priority] == sorted(
        (rule.rank for rule in by_priority), key=order.index
    )


@pytest.mark.parametrize("cue", CUES)
def test_a_cue_has_the_floor_for_its_whole_pattern_and_a_pause(cue: Cue) -> None:
    assert CUE_RULES[cue].min_on_s >= pattern_s(cue) + PAUSE_S - 1e-9


@pytest.mark.parametrize("cue", CUES)
def test_a_cue_locks_itself_out_while_it_shows(cue: Cue) -> None:
    assert CUE_RULES[cue].lockout_s >= CUE_RULES[cue].min_on_s


@pytest.mark.parametrize("live", LIVE)
def test_no_live_fault_is_swallowed_by_one_other_fault(live: Cue) -> None:
    no_wait = MAY_CUT_SHORT[Rank.LIVE] | {Rank.SENSOR}
    waits_s = [rule.min_on_s for rule in CUE_RULES.values() if rule.rank not in no_wait]
    assert CUE_RULES[live].max_age_s >= max(waits_s)


ORDER: dict[Rank, tuple[Cue, ...]] = {
    Rank.SENSOR: (Announcement.NOT_JUDGING,),
    Rank.LIVE: (Fault.DROP, Fault.KICK, Fault.ROLL_BACK, Fault.LEG_FORWARD, Fault.TOO_HIGH),
    Rank.POSTURE: (Fault.OFF_MAT, Fault.BENT_BODY),
    Rank.TEMPO: (
        Fault.TOO_SMALL,
        Fault.RUSHED_DOWN,
        Fault.RUSHED_UP,
        Fault.SHORT_HOLD,
        Fault.FATIGUE,
    ),
    Rank.PLAIN: (
        Announcement.HIPS_LOST,
        Announcement.HIPS_BACK,
        Announcement.UNSURE,
        Announcement.REP,
        Announcement.COUNT,
        Announcement.REP_FIVE,
        Announcement.THREE_LEFT,
        Announcement.TWO_LEFT,
        Announcement.ONE_LEFT,
        Announcement.SET_DONE,
        Announcement.LAST_SET_DONE,
        Announcement.WORKOUT_DONE,
        Announcement.PAUSED,
        Announcement.RESUMED,
        Announcement.UNFINISHED,
        Announcement.REST_TEN,
        Announcement.REST_OVER,
        Announcement.WRONG_SIDE,
        Announcement.LIE_LEFT,
        Announcement.LIE_RIGHT,
        Announcement.PARTLY_JUDGED,
        Announcement.GET_READY,
        Announcement.READY,
        Announcement.SEE_CONSOLE,
        Announcement.LIE_STILL,
    ),
}
CUTS = {
    (Rank.SENSOR, rank) for rank in Rank if rank is not Rank.SENSOR
} | {(Rank.LIVE, Rank.TEMPO), (Rank.LIVE, Rank.PLAIN)}  # fmt: skip


def test_the_order_of_the_cues_is_as_decided() -> None:
    """Written out a second time, so that nobody changes it by accident."""
    by_priority = sorted(CUES, key=lambda cue: -CUE_RULES[cue].priority)
    assert by_priority == [cue for cues in ORDER.values() for cue in cues]
    for rank, cues in ORDER.items():
        assert {CUE_RULES[cue].rank for cue in cues} == {rank}


@pytest.mark.parametrize("requested", CUES)
def test_a_cue_cuts_short_those_ranks_that_it_may_and_no_other(requested: Cue) -> None:
    for shown in CUES:
        if shown == requested:
            continue
        started = starts(played([[shown], [requested]]))
        cuts = (CUE_RULES[requested].rank, CUE_RULES[shown].rank) in CUTS
        assert started == [(0.0, shown), (FRAME_S, requested)][: 1 + cuts]


# --- behaviour ---


@pytest.mark.parametrize("cue", CUES)
def test_a_lone_request_starts_at_once(cue: Cue) -> None:
    assert Cues().update(7.0, [cue]) is cue


@pytest.mark.parametrize("live", LIVE)
def test_a_live_fault_breaks_off_a_mere_cue_at_once(live: Cue) -> None:
    assert MERE
    for mere in MERE:
        assert starts(played([[mere], [live]])) == [(0.0, mere), (FRAME_S, live)]


@pytest.mark.parametrize("other", [cue for cue in CUES if cue is not Announcement.NOT_JUDGING])
def test_a_lost_sensor_breaks_off_everything(other: Cue) -> None:
    assert starts(played([[other], [Announcement.NOT_JUDGING]]))[-1] == (
        FRAME_S,
        Announcement.NOT_JUDGING,
    )


def test_a_tempo_cue_waits_until_a_tick_is_over() -> None:
    frames = played([[Announcement.REP], [Fault.SHORT_HOLD], *([[]] * 79)])
    on_s = CUE_RULES[Announcement.REP].min_on_s
    assert starts(frames) == [
        (0.0, Announcement.REP),
        (pytest.approx(on_s, abs=FRAME_S), Fault.SHORT_HOLD),
    ]


def test_the_last_rep_ticks_and_then_the_set_is_done() -> None:
    frames = played([[Announcement.SET_DONE, Announcement.REP], *([[]] * 79)])
    assert [cue for _, cue in starts(frames)] == [Announcement.REP, Announcement.SET_DONE]


def test_all_faults_of_a_rep_are_heard_one_after_the_other() -> None:
    frames = played([[Fault.SHORT_HOLD, Fault.RUSHED_DOWN, Fault.TOO_SMALL], *([[]] * 239)])
    assert [cue for _, cue in starts(frames)] == [
        Fault.TOO_SMALL,
        Fault.RUSHED_DOWN,
        Fault.SHORT_HOLD,
    ]


def test_a_request_that_waited_too_long_is_dropped() -> None:
    frames = played([[Announcement.NOT_JUDGING], [Fault.DROP], *([[]] * 400)])
    assert [cue for _, cue in starts(frames)] == [Announcement.NOT_JUDGING]


def test_a_lasting_fault_repeats_at_its_lockout_and_not_before() -> None:
    frames = played([[Fault.ROLL_BACK]] * 320)
    times_s = [t_s for t_s, _ in starts(frames)]
    gaps_s = [after - before for before, after in pairwise(times_s)]
    assert gaps_s == pytest.approx([CUE_RULES[Fault.ROLL_BACK].lockout_s] * 2, abs=FRAME_S)


def test_reset_forgets_everything() -> None:
    cues = Cues()
    cues.update(0.0, [Fault.DROP, Announcement.REP])
    cues.reset()
    assert cues.showing is None
    assert cues.update(0.1, []) is None
    assert cues.update(0.2, [Fault.DROP]) is Fault.DROP


# --- properties, over any stream of requests at any frame rate ---

STREAMS = st.lists(
    st.one_of(st.just([]), st.lists(st.sampled_from(CUES), max_size=4)), min_size=1, max_size=150
)
STEPS_S = st.sampled_from([1 / 80, 0.1, 0.4])


@given(STREAMS, STEPS_S)
def test_every_shown_cue_was_requested_and_is_fresh(requests: Requests, step_s: float) -> None:
    last_requested_s: dict[Cue, float] = {}
    for frame in played(requests, step_s):
        last_requested_s.update(dict.fromkeys(frame.requests, frame.t_s))
        if frame.started is not None:
            age_s = frame.t_s - last_requested_s[frame.started]
            assert age_s <= CUE_RULES[frame.started].max_age_s


@given(STREAMS, STEPS_S)
def test_one_cue_at_a_time_for_its_minimum_time(requests: Requests, step_s: float) -> None:
    """A cue ends only by its own end, or broken off by one that MAY_CUT_SHORT names."""
    started_s = 0.0
    for frame in played(requests, step_s):
        if frame.before is not None and frame.showing is not frame.before:
            rule = CUE_RULES[frame.before]
            if frame.t_s - started_s < rule.min_on_s:
                assert frame.started is not None
                assert rule.rank in MAY_CUT_SHORT[CUE_RULES[frame.started].rank]
        if frame.started is not None:
            started_s = frame.t_s
            assert frame.showing is frame.started


@given(STREAMS, STEPS_S)
def test_the_highest_fresh_request_wins(requests: Requests, step_s: float) -> None:
    """A second account of the rules, written from their words: who is open at each start?"""
    open_s: dict[Cue, float] = {}
    started_s: dict[Cue, float] = {}
    for frame in played(requests, step_s):
        for cue in frame.requests:
            if frame.t_s - started_s.get(cue, -100.0) >= CUE_RULES[cue].lockout_s:
                open_s[cue] = frame.t_s
        fresh = [cue for cue in open_s if frame.t_s - open_s[cue] <= CUE_RULES[cue].max_age_s]
        if frame.started is not None:
            assert frame.started is max(fresh, key=lambda cue: CUE_RULES[cue].priority)
            started_s[frame.started] = frame.t_s
            del open_s[frame.started]
        elif fresh:
            assert frame.showing is not None, "silent although somebody had something to say"


@given(STREAMS, STEPS_S)
def test_a_cue_does_not_repeat_within_its_lockout(requests: Requests, step_s: float) -> None:
    last_s: dict[Cue, float] = {}
    for t_s, cue in starts(played(requests, step_s)):
        assert t_s - last_s.get(cue, -100.0) >= CUE_RULES[cue].lockout_s
        last_s[cue] = t_s


# --- cues that come of a verdict ---

OF_VERDICTS: list[Cue] = [
    Announcement.REP,
    Announcement.UNSURE,
    Announcement.SET_DONE,
    Fault.TOO_SMALL,
    Fault.ROLL_BACK,
    Fault.FATIGUE,
]


@given(st.data())
def test_a_verdicts_cue_is_about_the_repetition_just_done(data: st.DataObject) -> None:
    """Whatever comes late, together, or while something else sounds."""
    span = st.floats(0.3, 4.0)
    ends_s, tops_s, now_s = [], [], 10.0
    for _ in range(data.draw(st.integers(1, 6))):
        tops_s.append(now_s + data.draw(span))
        ends_s.append(tops_s[-1] + data.draw(span))
        now_s = ends_s[-1]
    reported = sorted(
        (end_s + data.draw(st.floats(0.0, 12.0)), end_s, data.draw(st.sampled_from(OF_VERDICTS)))
        for end_s in ends_s
    )
    busy = data.draw(st.lists(st.floats(10.0, 60.0), max_size=4))
    cues, last_reported_end_s, step_s = Cues(), -1.0, 0.05
    for k in range(round((now_s + 15.0) / step_s)):
        t_s = k * step_s
        due = [RepCue(cue, end_s) for at_s, end_s, cue in reported if t_s - step_s < at_s <= t_s]
        due.sort(key=lambda x: x.end_s)  # verdicts come in the order of the repetitions
        last_reported_end_s = max([last_reported_end_s, *(x.end_s for x in due)])
        live: list[Cue] = [Fault.DROP] if any(t_s - step_s < b <= t_s for b in busy) else []
        top_s = max((x for x in tops_s if x <= t_s), default=-1.0)
        started = cues.update(t_s, live, due, top_s)
        if started is None or started is Fault.DROP:
            continue
        asked_ends_s = [e for at_s, e, cue in reported if cue is started and at_s <= t_s]
        about_s = max(e for e in asked_ends_s)
        assert about_s >= top_s  # nobody is at the next one's top
        assert t_s - about_s <= max(CUE_RULES[started].max_age_s, REP_CUE_AGE_S) + 1e-9
        assert about_s == last_reported_end_s


def test_of_two_repetitions_judged_together_the_last_is_sounded() -> None:
    cues = Cues()
    both = [RepCue(Fault.TOO_SMALL, 5.0), RepCue(Announcement.REP, 10.0)]
    assert cues.update(10.6, [], both) is Announcement.REP
    assert all(cues.update(10.6 + 0.1 * k, []) is None for k in range(1, 40))


@pytest.mark.parametrize(("late_s", "is_heard"), [(-0.01, True), (0.01, False)])
def test_a_verdicts_age_counts_from_the_repetitions_end(late_s: float, is_heard: bool) -> None:
    end_s = 10.0
    started = Cues().update(end_s + REP_CUE_AGE_S + late_s, [], [RepCue(Announcement.REP, end_s)])
    assert (started is not None) is is_heard


def test_the_end_of_a_set_waits_for_the_tick_but_not_for_the_next_repetition() -> None:
    asked = [RepCue(Announcement.REP, 10.0), RepCue(Announcement.SET_DONE, 10.0)]
    cues = Cues()
    assert cues.update(10.5, [], asked) is Announcement.REP
    assert [cue for k in range(10) if (cue := cues.update(10.6 + 0.1 * k, []))] == [
        Announcement.SET_DONE
    ]
    cues = Cues()
    assert cues.update(10.5, [], asked) is Announcement.REP
    assert all(cues.update(10.6 + 0.1 * k, [], last_top_s=10.55) is None for k in range(30))


# --- while the mat cannot judge ---


@pytest.mark.parametrize("cue", [*Fault, Announcement.REP, Announcement.UNSURE, Announcement.READY])
def test_nothing_is_said_of_a_movement_while_the_mat_cannot_judge(cue: Cue) -> None:
    cues = Cues()
    assert cue in OF_JUDGING
    rep_cues = [RepCue(cue, 0.0)]
    assert cues.update(0.0, [cue], rep_cues, can_judge=False) is None
    assert cues.update(FRAME_S, [], can_judge=True) is None, "it was not kept either"
    assert cues.update(2 * FRAME_S, [cue], can_judge=True) is cue


A = Announcement
# Of the mat, or asked of the person: no movement is spoken of.
SAID_NEVERTHELESS = {
    A.NOT_JUDGING, A.HIPS_LOST, A.HIPS_BACK, A.SEE_CONSOLE, A.PARTLY_JUDGED, A.LIE_LEFT,
    A.LIE_RIGHT, A.WRONG_SIDE, A.GET_READY, A.PAUSED, A.RESUMED, A.UNFINISHED, A.SET_DONE,
    A.REST_TEN, A.REST_OVER, A.LAST_SET_DONE, A.WORKOUT_DONE,
}  # fmt: skip


def test_what_is_of_the_mat_or_asked_of_the_person_is_not_of_judging() -> None:
    assert not SAID_NEVERTHELESS & OF_JUDGING


@pytest.mark.parametrize("cue", [cue for cue in CUES if cue not in OF_JUDGING])
def test_what_is_asked_of_the_person_is_said_nevertheless(cue: Cue) -> None:
    assert Cues().update(0.0, [cue], can_judge=False) is cue
