"""What may be claimed after weeks, what the next step is, and when the next session is due."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date
from xml.etree import ElementTree as ET

import pytest
import scipy

from matfw.history.measures import Estimate
from matfw.history.progress import (
    ASYMMETRY,
    MIN_SESSIONS,
    is_clean_session,
    progress,
    slope,
)
from matfw.history.rows import SessionRecord, WallTime
from matfw.messages import Fault, FaultSeen, Side, Verdict
from matfw.reports.progress_lines import due_line, progress_lines
from matfw.reports.progress_page import progress_page, round_top
from matfw.reports.words import figure
from tests.history.records import DAY_S, MONDAY, record

BOTH = (Side.LEFT, Side.RIGHT)


def month(shares: Sequence[float], reps: int = 15) -> list[SessionRecord]:
    """Return sessions on Mondays, Wednesdays and Fridays, one a share."""
    return [
        record(k + 1, day=(0, 2, 4)[k % 3] + 7 * (k // 3), share=share, sides=BOTH, reps=reps)
        for k, share in enumerate(shares)
    ]


def on(day: float) -> WallTime:
    return WallTime(MONDAY + DAY_S * day, 0.02)


def words(records: Sequence[SessionRecord], name: str) -> list[str]:
    found = progress(records, on(27), UTC)
    return [trend.word for trend in found.trends if trend.name == name]


def test_a_change_is_claimed_where_the_sessions_prove_it() -> None:
    assert words(month([0.3 + 0.06 * k for k in range(12)]), "clean") == ["better", "better"]
    assert words(month([0.96 - 0.06 * k for k in range(12)]), "clean") == ["worse", "worse"]


def test_of_no_change_none_is_claimed_more_often_than_by_chance() -> None:
    rng = random.Random(1)
    claims = 0
    for _ in range(400):
        found = slope([(0.35 * k, rng.gauss(0.8, 0.1)) for k in range(9)])
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        claims += not found.low <= 0.0 <= found.high
    assert 0.03 * 400 <= claims <= 0.08 * 400  # 5 % by what the interval is


@pytest.mark.parametrize("number", [6, 12])
def test_the_slope_is_that_of_scipy(number: int) -> None:
    rng = random.Random(number)
    points = [(0.4 * k, 0.5 + 0.02 * k + rng.gauss(0.0, 0.05)) for k in range(number)]
    found = slope(points)
    theirs = scipy.stats.linregress([x for x, _ in points], [y for _, y in points])
    half = scipy.stats.t.ppf(0.975, number - 2) * theirs.stderr
    assert found is not None
    assert (found.value, found.high) == pytest.approx((theirs.slope, theirs.slope + half), rel=0.01)


@pytest.mark.parametrize(
    ("sessions", "is_enough"), [(MIN_SESSIONS - 1, False), (MIN_SESSIONS, True)]
)
def test_too_few_sessions_are_reported_as_such(sessions: int, is_enough: bool) -> None:
    spread = [record(k + 1, day=4.0 * k, sides=BOTH) for k in range(sessions)]
    assert ("too little data" not in words(spread, "clean")) is is_enough
    close = [record(k + 1, day=0.5 * k, sides=BOTH) for k in range(12)]
    assert set(words(close, "clean")) == {"too little data"}


def test_becoming_even_is_better() -> None:
    uneven = []
    for k in range(12):
        left = record(k + 1, day=2.5 * k, share=0.95, sides=BOTH, reps=30)
        right = record(k + 1, day=2.5 * k, share=0.2 + 0.06 * k, sides=BOTH, reps=30)
        uneven.append(replace(left, sets=(left.sets[0], right.sets[1])))
    assert words(uneven, ASYMMETRY) == ["better"]


# --- the next step


def test_three_clean_sessions_in_a_row_propose_more_repetitions() -> None:
    assert progress(month([0.5, 1.0, 1.0]), on(5), UTC).step.startswith(
        "Stay at this level: 2 of 3"
    )
    step = progress(month([0.5, 1.0, 1.0, 1.0]), on(8), UTC).step
    assert step.startswith("3 clean sessions in a row. If you like, the next step: 17 repetitions")


@pytest.mark.parametrize(
    ("reps", "variation", "words"),
    [
        (19, "plain", "20 repetitions"),
        (20, "plain", "a loop band"),
        (20, "loop_band", "on the thigh"),
    ],
)
def test_beyond_twenty_repetitions_it_gets_harder_and_not_longer(
    reps: int, variation: str, words: str
) -> None:
    records = [
        replace(each, sets=tuple(replace(one, variation=variation) for one in each.sets))
        for each in month([1.0, 1.0, 1.0], reps=reps)
    ]
    assert words in progress(records, on(6), UTC).step


def test_clean_sessions_count_at_one_level_only() -> None:
    records = [*month([1.0, 1.0], reps=15), *month([1.0, 1.0, 1.0], reps=17)[2:]]
    assert progress(records, on(6), UTC).clean_in_a_row == 1


def test_kicks_in_a_third_of_repetitions_ask_for_a_smaller_range() -> None:
    last = record(3, share=1.0, sides=BOTH)
    kick = (FaultSeen(Fault.KICK, 0.7, "s"),)
    sets = tuple(
        replace(each, reps=tuple(
            replace(kept, rep=replace(kept.rep, faults=kick, verdict=Verdict.FAULT))
            if kept.number <= 5 else kept for kept in each.reps
        ))
        for each in last.sets
    )  # fmt: skip
    assert "go for a smaller range" in progress([replace(last, sets=sets)], on(1), UTC).step
    assert "smaller range" not in progress([last], on(1), UTC).step


def test_a_session_cut_short_or_unsure_is_not_a_clean_one() -> None:
    whole = record(1, share=1.0, seed=5)
    assert is_clean_session(whole)
    assert not is_clean_session(record(1, share=1.0, seed=5, reps_asked=16))
    unsure = tuple(
        replace(each, reps=tuple(
            replace(kept, rep=replace(kept.rep, verdict=Verdict.UNSURE)) if kept.number <= 6
            else kept for kept in each.reps
        ))
        for each in whole.sets
    )  # fmt: skip
    assert not is_clean_session(replace(whole, sets=unsure))


# --- three a week


@pytest.mark.parametrize(
    ("days", "today", "this_week", "next_day"),
    [
        ((0.0,), 0.1, 1, date(2026, 11, 4)),  # a day between two
        ((0.0,), 3.0, 1, date(2026, 11, 5)),  # overdue: today
        ((0.0, 2.0, 4.0), 4.1, 3, date(2026, 11, 9)),  # all of this week: next Monday
        ((4.0, 5.0, 6.0), 6.1, 3, date(2026, 11, 10)),
        ((0.0,), 20.0, 0, date(2026, 11, 22)),  # after a long pause
        ((0.0, 0.1), 0.2, 1, date(2026, 11, 4)),  # twice in one day is once
    ],
)
def test_what_is_due(days: Sequence[float], today: float, this_week: int, next_day: date) -> None:
    records = [record(k + 1, day=day, sides=BOTH, reps=5) for k, day in enumerate(days)]
    due = progress(records, on(today), UTC).due
    assert (due.this_week, due.next_day) == (this_week, next_day)


def test_full_weeks_in_a_row_are_counted() -> None:
    found = progress(month([0.9] * 8), on(18), UTC)
    assert found.due.full_weeks == 2
    assert due_line(found) == "This week 2 of 3; 2 full weeks before. Next one due: Friday, 20 Nov."


def test_a_session_dated_years_ahead_puts_nothing_off() -> None:
    """By a clock that was set wrong, and right again since."""
    days = (0.0, 2.0, 3650.0)
    records = [record(k + 1, day=day, sides=BOTH, reps=5) for k, day in enumerate(days)]
    due = progress(records, on(3.0), UTC).due
    assert (due.this_week, due.next_day) == (2, date(2026, 11, 6))
    assert progress(records[2:], on(3.0), UTC).due.next_day == date(2026, 11, 5)


@pytest.mark.parametrize("behind_days", [1.0, 20_000.0])
def test_a_clock_that_fell_back_and_that_nobody_set_is_no_earlier_than_the_last_session(
    behind_days: float,
) -> None:
    records = [record(k + 1, day=day, sides=BOTH, reps=5) for k, day in enumerate((0.0, 2.0))]
    unset = WallTime(on(2.0 - behind_days).unix_s, None)
    due = progress(records, unset, UTC).due
    assert (due.this_week, due.next_day) == (2, date(2026, 11, 6))


# --- how it is shown


def test_the_lines_and_the_page_say_the_same_weeks() -> None:
    found = progress(month([0.5 + 0.04 * k for k in range(12)]), on(27), UTC)
    lines = progress_lines(found)
    assert max(map(len, lines)) <= 80
    text = progress_page(found)
    body = text[text.index("<body>") : text.index("</html>")]
    pictures = ET.fromstring(body).findall(".//svg")
    assert len(pictures) == 4
    for monday in ("02 Nov", "23 Nov"):
        assert sum(line.startswith(f"  {monday}  3x") for line in lines) == 4
        assert text.count(monday) == 4


def test_a_session_whose_date_nobody_knows_is_doubted() -> None:
    first, *others = month([0.9] * 3)
    began = replace(first.session.began, doubt_s=None)
    first = replace(first, session=replace(first.session, began=began))
    assert progress_lines(progress([first, *others], on(6), UTC))[1].startswith(
        "1 of them at a time"
    )


# --- what to change -------------------------------------------------------------------------------


def test_it_says_what_broke_most_in_the_last_week_and_the_one_correction() -> None:
    found = progress(month([0.1, 0.1, 0.1, 1.0, 1.0, 1.0]), on(12), UTC)
    clean = sum(rep.verdict is Verdict.CLEAN for each in found.records[-3:] for rep in each.reps)
    assert found.change == (
        f"Nothing to change: {clean} repetitions of the last 3 sessions were clean."
    )
    sessions = month([1.0, 1.0])
    bad = with_fault(sessions[1], Fault.SHORT_HOLD, 9)
    found = progress([sessions[0], with_fault(bad, Fault.DROP, 4)], on(3), UTC)
    assert found.change == (
        "To change next, short hold: stay still up there before lowering. The hold at the top was"
        " short in 5 of 60 repetitions of the last 2 sessions."
    )
    assert found.change.split(":")[0] in progress_page(found)
    assert "short hold: stay still" in " ".join(progress_lines(found))
    assert 'class="card change"' in progress_page(found), "no green where nothing is won yet"


def with_fault(record_: SessionRecord, fault: Fault, reps: int) -> SessionRecord:
    """Return the session with a fault in the first repetitions of its first set."""
    first, *others = record_.sets
    seen = (FaultSeen(fault, 1.0, "s"),)
    rows = tuple(
        replace(row, rep=replace(row.rep, verdict=Verdict.FAULT, faults=seen)) if k < reps else row
        for k, row in enumerate(first.reps)
    )
    return replace(record_, sets=(replace(first, reps=rows), *others))


@pytest.mark.parametrize(
    ("most", "end"), [(0.37, 0.4), (0.4, 0.4), (1.2, 1.5), (42.7, 50.0), (88.0, 100.0), (0.0, 1.0)]
)
def test_an_axis_ends_at_a_number_that_can_be_read(most: float, end: float) -> None:
    assert round_top(most) == end


def test_nothing_is_less_than_nothing() -> None:
    assert figure(Estimate(-0.001, -0.004, 0.02, 9), "s", digits=2) == "0.00 s (0.00 to 0.02)"
