"""Sessions over weeks -> is somebody better, and even; what to do next, and when.

A trend is a straight line through the sessions' own values, one a session: repetitions of one
session are alike, so that more of them prove less than more sessions. Its slope's 95 % interval
(Student's, n - 2) must leave 0 out, or no change is claimed. The next step is proposed after three
clean sessions in a row, as pelvic-floor trainers do (PeriCoach), and never taken by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from statistics import fmean
from typing import TypeAlias

from matfw.history.advice import kicks_too_often, summary
from matfw.history.measures import CLEAN, MEASURES, Estimate, t_95
from matfw.history.rows import SessionRecord, WallTime
from matfw.history.sides import SideFigures, by_side
from matfw.messages import Side, Verdict

MIN_SESSIONS, MIN_WEEKS = 6, 2.0  # for a trend: below, chance makes one
WEEK_S = 7 * 86_400.0
SESSIONS_A_WEEK = 3
CLEAN_SESSION = 0.8  # of the judged repetitions
MAX_UNSURE = 0.25  # of all: more, and nobody knows
CLEAN_IN_A_ROW = 3
MAX_REPS, MORE_REPS = 20, 2  # beyond 20 it is endurance: harder, not longer
SMALLER_DEG = 8.0
SIDES = (Side.LEFT, Side.RIGHT, Side.UNKNOWN)
SHOWN = (CLEAN, "tempo error", "hold", "range")
Sides: TypeAlias = Mapping[Side, SideFigures]
ASYMMETRY = "asymmetry"  # of clean shares, left against right, whichever is larger


@dataclass(frozen=True, slots=True)
class Week:
    """One week's figures by side. monday: its first day."""

    monday: date
    sessions: int
    sides: Sides


@dataclass(frozen=True, slots=True)
class Trend:
    """How a measure changes a week. change: None where there is too little data."""

    name: str
    unit: str
    side: Side | None
    change: Estimate | None
    sessions: int

    @property
    def word(self) -> str:
        """Return what may be claimed of it."""
        if self.change is None or self.change.low is None or self.change.high is None:
            return "too little data"
        if self.change.low <= 0.0 <= self.change.high:
            return "no change to be seen"
        grows = self.change.value > 0.0
        if self.name == CLEAN:
            return "better" if grows else "worse"
        if self.name in ("tempo error", ASYMMETRY):
            return "worse" if grows else "better"
        return "more" if grows else "less"


@dataclass(frozen=True, slots=True)
class Due:
    """The plan of three a week. next_day: the first day on which one is due."""

    this_week: int
    next_day: date
    full_weeks: int  # in a row before this one, with three or more


@dataclass(frozen=True, slots=True)
class Progress:
    """Where somebody stands. doubtful: sessions whose date nobody knows for sure.

    step: what to do next; change: what broke most of late, and the one correction.
    """

    records: tuple[SessionRecord, ...]
    weeks: tuple[Week, ...]
    trends: tuple[Trend, ...]
    due: Due
    step: str
    change: str
    clean_in_a_row: int
    doubtful: int


def progress(
    records: Sequence[SessionRecord], now: WallTime, zone: tzinfo | None = None
) -> Progress:
    """Return where one person stands. records: theirs, oldest first, one at least."""
    days = [_day(record.session.began.unix_s, zone) for record in records]
    return Progress(
        records=tuple(records),
        weeks=_weeks(records, days),
        trends=_trends(records),
        due=_due(days, _today(days, now, zone)),
        step=_step(records),
        change=_change(records),
        clean_in_a_row=_clean_in_a_row(records),
        doubtful=sum(record.session.began.doubt_s is None for record in records),
    )


def is_clean_session(record: SessionRecord) -> bool:
    """Return whether a session was good enough to count toward the next step."""
    verdicts = [rep.verdict for rep in record.reps]
    judged = len(verdicts) - verdicts.count(Verdict.UNSURE)
    is_whole = all(len(each.reps) >= each.reps_asked for each in record.sets)
    return (
        is_whole
        and verdicts.count(Verdict.UNSURE) <= MAX_UNSURE * len(verdicts)
        and verdicts.count(Verdict.CLEAN) >= CLEAN_SESSION * judged
    )


# --- weeks and trends


def _weeks(records: Sequence[SessionRecord], days: Sequence[date]) -> tuple[Week, ...]:
    weeks: dict[date, list[SessionRecord]] = {}
    for record, day in zip(records, days, strict=True):
        weeks.setdefault(_monday(day), []).append(record)
    return tuple(
        Week(monday, len(found), by_side(*found)) for monday, found in sorted(weeks.items())
    )


def _trends(records: Sequence[SessionRecord]) -> tuple[Trend, ...]:
    sessions = [(each.session.began.unix_s / WEEK_S, by_side(each)) for each in records]
    found = []
    for name in SHOWN:
        unit = "%" if name == CLEAN else MEASURES[name][0]
        for side in SIDES:
            points = _points(sessions, partial(_value, side=side, name=name))
            if points:
                found.append(Trend(name, unit, side, slope(points), len(points)))
    points = _points(sessions, _asymmetry)
    if points:
        found.append(Trend(ASYMMETRY, "%", None, slope(points), len(points)))
    return tuple(found)


def _points(
    sessions: Sequence[tuple[float, Sides]], of: Callable[[Sides], float | None]
) -> list[tuple[float, float]]:
    """Return each session's week and value, of those that have one."""
    values = ((week, of(sides)) for week, sides in sessions)
    return [(week, value) for week, value in values if value is not None]


def _value(figures: Sides, *, side: Side, name: str) -> float | None:
    found = figures[side].figures[name] if side in figures else None
    return None if found is None else found.value


def _asymmetry(figures: Sides) -> float | None:
    left, right = (_value(figures, side=side, name=CLEAN) for side in (Side.LEFT, Side.RIGHT))
    return None if left is None or right is None else abs(left - right)


def slope(points: Sequence[tuple[float, float]]) -> Estimate | None:
    """Return the change a week with its 95 % interval; None of too few or too close points."""
    weeks = [week for week, _ in points]
    if len(points) < MIN_SESSIONS or max(weeks) - min(weeks) < MIN_WEEKS:
        return None
    middle, level = fmean(weeks), fmean(value for _, value in points)
    spread = sum((week - middle) ** 2 for week in weeks)
    change = sum((week - middle) * (value - level) for week, value in points) / spread
    rest = sum((value - level - change * (week - middle)) ** 2 for week, value in points)
    freedom = len(points) - 2
    half = t_95(freedom) * math.sqrt(rest / freedom / spread)
    return Estimate(change, change - half, change + half, len(points))


# --- the plan


def _today(days: Sequence[date], now: WallTime, zone: tzinfo | None) -> date:
    """Return the date; by a clock that nobody has set it is at least that of the last session."""
    today = _day(now.unix_s, zone)
    return max(today, *days) if now.doubt_s is None else today


def _due(days: Sequence[date], today: date) -> Due:
    """Return what is due: three a week, a day between two of them.

    A session that is yet to come was dated by a clock that was wrong: it puts nothing off.
    """
    by_week: dict[date, set[date]] = {}
    past = [day for day in days if day <= today]
    for day in past:
        by_week.setdefault(_monday(day), set()).add(day)
    monday = _monday(today)
    this_week = len(by_week.get(monday, ()))
    rested = max(today, max(past) + timedelta(days=2)) if past else today
    next_monday = monday + timedelta(days=7)
    is_done = this_week >= SESSIONS_A_WEEK
    full_weeks, week = 0, monday - timedelta(days=7)
    while len(by_week.get(week, ())) >= SESSIONS_A_WEEK:
        full_weeks += 1
        week -= timedelta(days=7)
    return Due(this_week, max(rested, next_monday) if is_done else rested, full_weeks)


def _clean_in_a_row(records: Sequence[SessionRecord]) -> int:
    """Return how many of the last sessions in a row were clean, at what the last one asked for."""
    number = 0
    for record in reversed(records):
        if not is_clean_session(record) or _asked(record) != _asked(records[-1]):
            break
        number += 1
    return number


def _step(records: Sequence[SessionRecord]) -> str:
    """Return what to do next, in a sentence; nothing of it is done by itself."""
    last = records[-1]
    if kicks_too_often(last.reps):
        top = fmean(rep.angle_deg for rep in last.reps)
        floor = max(each.too_small_deg for each in last.sets)
        return (
            "A third of the last repetitions or more were kicks: go for a smaller range, about"
            f" {max(floor + 3.0, top - SMALLER_DEG):.0f}° instead of {top:.0f}°, until they are"
            " slow again."
        )
    in_a_row = _clean_in_a_row(records)
    if in_a_row < CLEAN_IN_A_ROW:
        return (
            f"Stay at this level: {in_a_row} of {CLEAN_IN_A_ROW} clean sessions in a row (a clean"
            f" one: every set whole, {CLEAN_SESSION:.0%} of what could be judged clean)."
        )
    reps, variation = _asked(last)
    head = f"{in_a_row} clean sessions in a row. If you like, the next step: "
    if reps < MAX_REPS:
        more = min(MAX_REPS, reps + MORE_REPS)
        return (
            f"{head}{more} repetitions a set (`set workout.reps {more}` at the console, or in a"
            " plan of your own)."
        )
    if variation == "plain":
        return f"{head}a loop band around the ankles, at 15 repetitions."
    return f"{head}a weight of 1 to 2 kg on the thigh, not on the knee, at 15 repetitions."


def _change(records: Sequence[SessionRecord]) -> str:
    """Return what broke most in the last sessions, a week's, and what to change; in a sentence.

    More than one: the main fault of a single session is often another the next day.
    """
    last = [record for record in records[-SESSIONS_A_WEEK:] if record.reps]
    found = summary([rep for record in last for rep in record.reps])
    of = "the last session" if len(last) == 1 else f"the last {len(last)} sessions"
    if found.words is None:
        return f"Nothing to change: {found.reps - found.unsure} repetitions of {of} were clean."
    happened = found.words.happened
    return (
        f"To change next, {found.words.title}: {found.words.remedy}. {happened} in"
        f" {found.main_count} of {found.reps} repetitions of {of}."
    )


def _asked(record: SessionRecord) -> tuple[int, str]:
    last = record.sets[-1]
    return last.reps_asked, last.variation


def _day(unix_s: float, zone: tzinfo | None) -> date:
    return datetime.fromtimestamp(unix_s, UTC).astimezone(zone).date()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
