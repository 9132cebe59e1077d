"""The accuracy bench: it matches, counts and sums up rightly; and the judge is not broken.

How good it is no single person says; that it is not broken, one in test_holes.py.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pytest

from matfw.messages import (
    CueGiven,
    Event,
    Fault,
    FaultSeen,
    Phase,
    PhaseChanged,
    Rep,
    Side,
    Verdict,
)
from matfw.settings.model import Settings
from matfw.virtual.truth import TrueRep
from tests.accuracy import __main__ as bench
from tests.accuracy import holes, movements, tempos
from tests.accuracy.aims import AIMS
from tests.accuracy.contact import kinds as contact
from tests.accuracy.figures import Figure, quantiles, rate, share, wilson
from tests.accuracy.matching import Call, Called, call_moments, match
from tests.accuracy.measures import measure
from tests.accuracy.others.kinds import OTHERS, PROMPT, RESTING, TIRING
from tests.accuracy.outcomes import Outcome, RepOutcome, compare, run
from tests.accuracy.populations import (
    KINDS,
    LYING,
    REAL,
    SEEDS_PER_SET,
    Job,
    Played,
    jobs,
    play,
)
from tests.accuracy.table import table
from tests.accuracy.worst import with_worst

ANGLE_ERRORS = {"clean": (-3.0, 2.0), "other_a_clean": (1.0, 2.5)}
MAT = Settings().mat()  # of what is made by hand
INVENTED = 2  # false repetitions that one person lying still for 90 s may be given


@dataclass(frozen=True)
class Span:
    start_s: float
    end_s: float


def spans(*pairs: tuple[float, float]) -> list[Span]:
    return [Span(*pair) for pair in pairs]


# --- matching -----------------------------------------------------------------------------------


def test_each_repetition_is_matched_to_the_one_that_shares_its_time() -> None:
    assert match(spans((0, 6), (8, 14)), spans((8.5, 13), (0.2, 6.1))) == [1, 0]


def test_two_merged_into_one_are_one_hit_and_one_miss() -> None:
    assert match(spans((0, 4), (5, 10)), spans((0.5, 9.5))) == [None, 0]


def test_one_torn_in_two_leaves_one_over() -> None:
    assert match(spans((0, 6)), spans((0, 2), (2, 6))) == [1]


def test_a_brush_is_no_match() -> None:
    assert match(spans((0, 6)), spans((4.5, 9))) == [None]
    assert match(spans((0, 6)), []) == [None]
    assert match([], spans((0, 6))) == []


def test_a_call_at_the_moment_is_in_time_up_to_both_limits() -> None:
    for delay_s in (-0.29, 0.0, 0.24):
        [reported], wrong = call_moments([(0.0, 5.0, 9.0)], [5.0 + delay_s])
        assert reported.call is Call.IN_TIME
        assert reported.delay_s == pytest.approx(delay_s)
        assert wrong == []


def test_an_early_call_is_also_a_wrong_one_and_a_late_one_is_not() -> None:
    early, late = (call_moments([(0.0, 5.0, 9.0)], [at_s]) for at_s in (4.6, 5.3))
    assert (early[0][0].call, early[1]) == (Call.EARLY, [4.6])
    assert (late[0][0].call, late[1]) == (Call.LATE, [])


def test_the_call_in_time_wins_and_the_others_are_wrong() -> None:
    [reported], wrong = call_moments([(0.0, 5.0, 9.0)], [3.0, 5.1, 20.0])
    assert reported.call is Call.IN_TIME
    assert wrong == [3.0, 20.0]


def test_a_call_tells_one_moment_only() -> None:
    reported, _ = call_moments([(0.0, 5.0, 5.4), (5.4, 5.5, 9.0)], [5.2])
    assert [each.call for each in reported] == [Call.IN_TIME, Call.MISSED]


# --- figures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (96, 100, 0.9016, 0.9843),
    ],
)
def test_wilson_intervals_are_those_of_the_textbook(
    hits: int, n: int, low: float, high: float
) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=1e-4)


def test_nothing_measured_is_no_figure() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert share("x", "clean", []).values == (None,)
    assert rate("x", "clean", 0, 0.0).values == (None,)
    assert quantiles("x", "clean", [[], []], [50.0], "ms").values == (None, None)


def test_figures_of_known_numbers() -> None:
    assert share("x", "clean", [True, False, True, True]).values == (75.0,)
    assert rate("x", "still", 3, 120.0).values == (1.5,)
    assert quantiles("x", "clean", [[1.0, 2.0, 3.0]], [50.0, 100.0], "ms").values == (2.0, 3.0)


# --- one recording, made by hand ----------------------------------------------------------------


def true_rep(start_s: float, *faults: Fault) -> TrueRep:
    return TrueRep(
        start_s, start_s + 1.5, start_s + 3.0, start_s + 5.0, start_s - 0.2,
        2.0, 1.0, 3.0, 38.0, 31.0, 0.0, 0.0, 0.0, faults,
    )  # fmt: skip


def found_rep(start_s: float, verdict: Verdict, *faults: Fault) -> Rep:
    return Rep(
        rep=1,
        t_s=start_s + 5.6,
        start_s=start_s,
        top_s=start_s + 1.5,
        lower_s=start_s + 3.0,
        end_s=start_s + 5.0,
        up_s=2.0,
        hold_s=1.0,
        down_s=3.0,
        angle_deg=39.0,
        front_shift_mm=0.0,
        verdict=verdict,
        faults=tuple(FaultSeen(fault, 1.0, "s") for fault in faults),
        side=Side.LEFT,
    )


@pytest.fixture(scope="module")
def by_hand() -> Outcome:
    """A kick, found and named; a good rep, found too early and given a false cue; a missed one."""
    truth = [true_rep(10.0, Fault.KICK), true_rep(20.0), true_rep(30.0, Fault.DROP)]
    events: list[Event] = [
        PhaseChanged(10.1, Phase.UP),
        CueGiven(10.3, Fault.KICK),
        PhaseChanged(13.1, Phase.DOWN),
        found_rep(10.1, Verdict.FAULT, Fault.KICK),
        PhaseChanged(19.5, Phase.UP),
        CueGiven(22.0, Fault.ROLL_BACK),
        PhaseChanged(23.9, Phase.DOWN),
        found_rep(19.9, Verdict.UNSURE),
        PhaseChanged(27.0, Phase.UP),
        found_rep(40.0, Verdict.CLEAN),
    ]
    played = Played(MAT, (), truth, [None] * 3, 60.0)
    return compare(Job("faults", "core4", 1, 0), played, events)


def test_counts_of_a_recording_made_by_hand(by_hand: Outcome) -> None:
    assert (by_hand.true, by_hand.found, by_hand.extra) == (3, 3, 1)
    assert by_hand.rest_s == pytest.approx(45.0)
    assert by_hand.false_ups == 2  # half a second early; three seconds before the missed one


def test_repetitions_of_a_recording_made_by_hand(by_hand: Outcome) -> None:
    kick, good, missed = by_hand.reps
    assert kick.errors_s == pytest.approx((0.1, 0.1, 0.1, 0.1))
    assert kick.angle_error_deg == pytest.approx(1.0)
    assert kick.named == (Fault.KICK,)
    assert kick.cue_s[Fault.KICK] == pytest.approx(0.5)  # from the onset
    assert (kick.up.call, kick.down.call) == (Call.IN_TIME, Call.IN_TIME)
    assert (good.up.call, good.down.call) == (Call.EARLY, Call.LATE)
    assert (kick.false_cues, good.false_cues) == ((), (Fault.ROLL_BACK,))
    assert (missed.verdict, missed.errors_s, missed.named) == (None, None, ())
    assert missed.up.call is Call.MISSED
    assert missed.cue_s[Fault.DROP] is None


def test_a_verdicts_cue_is_no_live_cue() -> None:
    truth = [true_rep(10.0), true_rep(16.0)]
    events: list[Event] = [found_rep(10.0, Verdict.FAULT, Fault.DROP), CueGiven(15.65, Fault.DROP)]
    played = Played(MAT, (), truth, [None] * 2, 60.0)
    outcome = compare(Job("clean", "core4", 1, 0), played, events)
    assert [rep.false_cues for rep in outcome.reps] == [(), ()]


@pytest.mark.parametrize(("cued_s", "delay_s"), [(14.0, None), (8.0, 0.65)])
def test_a_fault_that_was_cued_live_needs_no_answer_and_the_next_ones_cue_is_none(
    cued_s: float, delay_s: float | None
) -> None:
    truth = [true_rep(10.0), true_rep(16.0)]
    rep = found_rep(10.0, Verdict.FAULT, Fault.DROP)
    given = [CueGiven(at_s, Fault.DROP) for at_s in (cued_s, 15.65, 20.5)]
    events: list[Event] = [given[0], rep, *(given[1:] if delay_s else given[2:])]
    first, second = compare(
        Job("clean", "core4", 1, 0), Played(MAT, (), truth, [None] * 2, 60.0), events
    ).reps
    answer_s = first.answer and first.answer.delay_s
    assert answer_s == (None if delay_s is None else pytest.approx(delay_s))
    assert first.told_s == pytest.approx(0.6)
    assert (second.answer, second.told_s) == (None, None)


def test_figures_of_a_recording_made_by_hand(by_hand: Outcome) -> None:
    figures = {figure.name: figure.values for figure in measure([by_hand])}
    assert figures["sets exact"] == (100.0,)
    assert figures["reps found"] == pytest.approx((66.7,), abs=0.1)
    assert figures["false reps"] == (1.0,)
    assert figures["kick named"] == (100.0,)
    assert figures["drop named"] == (0.0,)
    assert figures["good reps called unsure"] == (100.0,)
    assert figures["false live cues in 15 good reps"] == (15.0,)


def test_every_aim_stands_beside_a_figure(by_hand: Outcome) -> None:
    both = (Fault.ROLL_BACK, Fault.LEG_FORWARD)
    combined = replace(by_hand.reps[0], faults=both, cue_s=dict.fromkeys(both))
    heights = [untaught_rep(height_deg, "fast") for height_deg in (9.0, 40.0)]
    small = replace(heights[0], faults=(Fault.TOO_SMALL,), cue_s={Fault.TOO_SMALL: None})
    with_it = replace(
        by_hand, reps=(*by_hand.reps, combined, *heights, small),
        pauses_s=60.0, leaves_s=0.5,
    )  # fmt: skip
    of_all = [
        replace(with_it, job=Job(kind, "core4", 1, 0), is_fatigued=is_tired)
        for kind in KINDS
        for is_tired in (True, False)
    ]
    aimed = {(figure.name, figure.kind) for figure in measure(of_all) if figure.aim}
    assert {(name, kind) for name, kinds in AIMS.items() for kind in kinds} <= aimed


def test_worst_population_is_the_lowest_share_and_the_highest_error() -> None:
    figures = [
        share("sets exact", "clean", [True] * 3),
        share("sets exact", "other_a_clean", [True, False]),
        share("sets exact", "stress", [False]),
        quantiles("start top lower end, median", "clean", [[10.0], [40.0]], [50.0], "ms"),
        quantiles("start top lower end, median", "other_b_clean", [[20.0], [30.0]], [50.0], "ms"),
    ]
    worst = {f.name: f for f in with_worst(figures) if f.kind == "worst clean"}
    assert worst["sets exact"].values == (50.0,)
    assert worst["sets exact"].n == 2
    assert worst["start top lower end, median"].values == (20.0, 40.0)
    off = [Figure("angle error, median and sd", k, v, "deg", 9) for k, v in ANGLE_ERRORS.items()]
    assert with_worst(off)[-1].values == (-3.0, 2.5)  # the sign stays, the size decides
    detail = [replace(each, name="... after landing") for each in off]
    assert with_worst(detail) == detail
    assert not [f for f in with_worst(figures) if f.kind == "worst restless"]  # of one only


def test_small_and_last_repetitions_of_others_are_figures_of_their_own(by_hand: Outcome) -> None:
    small = replace(by_hand.reps[2], faults=(Fault.TOO_SMALL,), cue_s={})
    soon = replace(by_hand, job=Job("other_a_clean", "core4", 1, 0), leaves_s=0.5)
    later = replace(soon, reps=(small, by_hand.reps[0]), leaves_s=4.0)
    figures = {f.name: f.values for f in measure([soon, later])}
    assert figures["lifts of 13 to 21 deg found"] == (0.0,)
    assert figures["last rep found, gone within 1 s"] == (0.0,)  # the third one was missed


def test_table_has_a_line_for_each_figure(by_hand: Outcome) -> None:
    figures = measure([by_hand])
    text = table("core4", figures)
    assert len(text.splitlines()) == len(figures) + 4
    assert all(figure.name in text for figure in figures)


def untaught_rep(height_deg: float, block: str, *named: Fault, found: bool = True) -> RepOutcome:
    reported = Called(Call.IN_TIME, 0.0)
    verdict = Verdict.FAULT.value if found else None
    return RepOutcome(
        (), named, verdict, (0.1,) * 4 if found else None, 0.0, reported, reported, {}, (),
        height_deg=height_deg, up_s=0.6, down_s=0.5, block=block,
    )  # fmt: skip


def test_untaught_figures_tell_blocks_and_sizes_apart(by_hand: Outcome) -> None:
    reps = (
        untaught_rep(40.0, "fast", Fault.KICK, Fault.DROP),
        untaught_rep(40.0, "fast", Fault.RUSHED_UP, Fault.DROP, Fault.RUSHED_DOWN),
        untaught_rep(12.0, "fast", found=False),
        untaught_rep(11.9, "low"),
        untaught_rep(7.0, "low", found=False),
        untaught_rep(6.9, "low"),
    )
    outcome = replace(
        by_hand, job=Job("leg_raise", "core4", 1, 0), reps=reps, extra_in_pauses=1, pauses_s=80.0
    )
    figures = {(f.name, f.kind): f.values for f in measure([outcome])}
    assert figures["lifts of 12 deg or more found", "leg_raise fast"] == pytest.approx(
        (66.7,), abs=0.1
    )
    assert figures["lifts of 7 to 12 deg found", "leg_raise low"] == (50.0,)
    assert figures["false reps in pauses", "leg_raise"] == (0.75,)
    assert figures["flung up, named kick or rushed_up", "leg_raise"] == pytest.approx(
        (33.3,), abs=0.1
    )
    reported_once = figures["dropped, named drop or rushed_down, not both", "leg_raise fast"]
    assert reported_once == pytest.approx((33.3,), abs=0.1)  # both at once are no better than none


def test_only_what_begins_in_a_pause_is_made_up_there() -> None:
    truth = [true_rep(10.0), true_rep(60.0)]
    events: list[Event] = [found_rep(at_s, Verdict.CLEAN) for at_s in (10.0, 30.0, 60.0, 70.0)]
    played = Played(
        MAT, (), truth, [None] * 2, 90.0, blocks=("fast", "low"), pauses_s=[(16.0, 59.0)]
    )
    outcome = compare(Job("leg_raise", "core4", 1, 0), played, events)
    assert (outcome.extra, outcome.extra_in_pauses, outcome.pauses_s) == (2, 1, 43.0)
    assert [rep.block for rep in outcome.reps] == ["fast", "low"]


# --- populations --------------------------------------------------------------------------------


def test_tuning_and_held_out_people_are_never_the_same() -> None:
    tuning, held_out = (
        {job.seed for job in jobs(["clean"], ["core4"], SEEDS_PER_SET, seeds)}
        for seeds in ("tuning", "held-out")
    )
    assert len(tuning) == len(held_out) == SEEDS_PER_SET
    assert not tuning & held_out


ELSEWHERE = (*REAL, *movements.KINDS, *contact.KINDS, *tempos.KINDS, *holes.KINDS)  # their tests


@pytest.mark.parametrize("kind", [kind for kind in LYING if kind not in ELSEWHERE])
def test_each_kind_matches_its_name(kind: str) -> None:
    played = play(Job(kind, "core4", 1000, 0))
    counts = {
        "still": range(1),
        "on_off": range(1),
        "untaught": range(8, 13),
        "fatigue": range(12, 17),
        **dict.fromkeys(TIRING, range(12, 18)),
    }
    usual = range(9, 15) if kind in (*OTHERS, *RESTING, *PROMPT) else range(10, 16)
    assert len(played.truth) in counts.get(kind, usual)
    assert len(played.too_high_s) == len(played.truth)
    if kind in ("faults", "stress_faults", "combined"):
        assert any(rep.faults for rep in played.truth)
    if kind == "still":
        assert 85 < played.lying_s < 100


PACED = ("stress 4-1-4", "other_b_clean 2-10-3", "clean 3-30-3 done 2-1-3")


@pytest.mark.parametrize("kind", PACED)
def test_people_lift_in_the_tempo_that_is_done_and_the_mat_asks_for_the_other(kind: str) -> None:
    played, paced = play(Job(kind, "hex6", 1000, 0)), tempos.KINDS[kind]
    assert played.mat.tempo == paced.asked
    assert len(played.truth) == tempos.REPS
    done = paced.done
    for rep in played.truth:
        shares = (rep.up_s / done.up_s, rep.hold_s / done.hold_s, rep.down_s / done.down_s)
        assert 0.8 <= min(shares) <= max(shares) <= 1.3


def test_kinds_that_a_package_is_missing_for_are_left_out_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(contact, "is_installed", lambda: False)
    assert bench.main(["--layouts", "core4", "--jobs", "1", "--kinds", *contact.KINDS]) == 0
    said = capsys.readouterr().err
    assert "left out, MuJoCo, of the extra [accuracy], is not installed: contact_clean " in said
    assert "contact_moving" in said


def test_kinds_are_asked_for_by_name_or_by_a_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.kinds_named("clean") == ["clean"]
    assert bench.kinds_named("clean torn *") == list(holes.KINDS)
    with pytest.raises(SystemExit):
        bench.main(["--kinds", "nobody *"])
    assert "no kind is 'nobody *'" in capsys.readouterr().err


# --- the judge ----------------------------------------------------------------------------------


SHORT, SHORTER = "clean 1-0-1", "on_off"  # six quick repetitions; lying there for seconds


def test_short_bench_plays_in_processes_what_one_process_plays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "figures.json"
    asked = {"--people": "1", "--layouts": "core4", "--seed-set": "tuning", "--jobs": "2"}
    options = [word for option in asked.items() for word in option]
    assert bench.main([*options, "--kinds", SHORT, SHORTER, "--json", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "core4: 1 simulated people a kind, tuning seeds from 1000" in printed
    report = json.loads(path.read_text())["layouts"]["core4"]
    figures = {(figure["name"], figure["kind"]): figure["values"] for figure in report["figures"]}
    assert figures["reps found", SHORT][0] >= 80.0, printed
    # The same job gives the same outcome in whatever process, and in the jobs' order.
    here = [run(job) for job in jobs([SHORT, SHORTER], ["core4"], 1, "tuning")]
    assert [outcome["job"]["kind"] for outcome in report["outcomes"]] == [SHORT, SHORTER]
    assert report["outcomes"] == json.loads(json.dumps([asdict(outcome) for outcome in here]))


def test_somebody_who_lies_still_does_next_to_nothing() -> None:
    assert run(Job("still", "core4", 1000, 0)).extra <= INVENTED
