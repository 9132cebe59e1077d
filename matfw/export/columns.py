"""THE TABLE of what is exported: each table's columns, with type, unit and meaning.

CSV, JSON and the schema are made from it. Seconds of sets and repetitions count from their
session's beginning, by a monotonic clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, TypeAlias

from matfw.history.rows import RepRow, SessionRecord, SetRow
from matfw.messages import FaultSeen, Rep

Value: TypeAlias = str | int | float | bool | None
DECIMALS = 4  # of seconds and sizes: finer than anything that is measured


@dataclass(frozen=True, slots=True)
class Column:
    """One column: name, JSON type, meaning, and how it is got from a row."""

    name: str
    kind: str
    meaning: str
    of: Callable[[Any], Value]  # of its table's row

    def value(self, row: object) -> Value:
        """Return a row's value."""
        found = self.of(row)
        return round(found, DECIMALS) if isinstance(found, float) else found


@dataclass(frozen=True, slots=True)
class SetOf:
    """A set with its session."""

    record: SessionRecord
    kept: SetRow


@dataclass(frozen=True, slots=True)
class RepOf:
    """A repetition with its set and session."""

    set_of: SetOf
    kept: RepRow

    @property
    def rep(self) -> Rep:
        """Return the repetition."""
        return self.kept.rep


@dataclass(frozen=True, slots=True)
class FaultOf:
    """One fault of a repetition. is_live: as the live line saw it, else of the verdict."""

    rep_of: RepOf
    seen: FaultSeen
    is_live: bool


def _iso(record: SessionRecord) -> str:
    began = datetime.fromtimestamp(record.session.began.unix_s, UTC)
    return began.isoformat(timespec="seconds").replace("+00:00", "Z")


SESSIONS: tuple[Column, ...] = (
    Column("session", "integer", "its number; never used again", lambda r: r.session.session_id),
    Column("person", "string", "profile in use; empty: none", lambda r: r.session.person),
    Column("began_utc", "string", "when it began, ISO 8601", _iso),
    Column("began_unix_s", "number", "the same, s since 1970", lambda r: r.session.began.unix_s),
    Column("unix_doubt_s", "number", "that may be wrong by, s; empty: nobody had set the clock",
           lambda r: r.session.began.doubt_s),
    Column("length_s", "number", "until its last repetition's end, s",
           lambda r: r.session.length_s),
    Column("state", "string", "open, done, interrupted", lambda r: str(r.session.state)),
    Column("is_virtual", "boolean", "no person lay there", lambda r: r.session.is_virtual),
    Column("weight_kg", "number", "the person's, as weighed, kg", lambda r: r.session.weight_kg),
    Column("layout", "string", "the mat", lambda r: r.session.layout),
    Column("firmware", "string", "version of matfw", lambda r: r.session.firmware),
)  # fmt: skip

SETS: tuple[Column, ...] = (
    Column("session", "integer", "of which session", lambda s: s.record.session.session_id),
    Column("set", "integer", "its number in the session", lambda s: s.kept.number),
    Column("side", "string", "lain on: left, right, unknown", lambda s: str(s.kept.side)),
    Column("outcome", "string", "open, done, ended (before all were done)",
           lambda s: str(s.kept.outcome)),
    Column("began_s", "number", "its first repetition's start, s", lambda s: s.kept.began_s),
    Column("length_s", "number", "to its last repetition's end, s", lambda s: s.kept.length_s),
    Column("reps", "integer", "repetitions done", lambda s: len(s.kept.reps)),
    Column("reps_asked", "integer", "repetitions asked for", lambda s: s.kept.reps_asked),
    Column("rest_asked_s", "number", "rest asked for after it, s", lambda s: s.kept.rest_asked_s),
    Column("up_asked_s", "number", "tempo asked for: ascent, s", lambda s: s.kept.tempo.up_s),
    Column("hold_asked_s", "number", "hold, s", lambda s: s.kept.tempo.hold_s),
    Column("down_asked_s", "number", "descent, s", lambda s: s.kept.tempo.down_s),
    Column("too_small_deg", "number", "limit of the day: a lower top is too small, deg",
           lambda s: s.kept.too_small_deg),
    Column("too_high_deg", "number", "a higher one is too high, deg",
           lambda s: s.kept.too_high_deg),
    Column("variation", "string", "plain, wall_slide, loop_band, weighted",
           lambda s: s.kept.variation),
    Column("load_kg", "number", "of a weight on the thigh, kg", lambda s: s.kept.load_kg),
    Column("fatigue_percent", "number",
           "slower, smaller or shorter at its end, %; 0: only trembling more; empty: none",
           lambda s: s.kept.fatigue_percent),
)  # fmt: skip

_REFINED = (
    ("start_s", "the leg leaves 5 % of its travel, s"),
    ("top_s", "it reaches 95 %, s"),
    ("lower_s", "it leaves 95 %, s"),
    ("end_s", "it comes back to 5 %, s"),
    ("up_s", "ascent, standstill to standstill, s"),
    ("hold_s", "hold, s"),
    ("down_s", "descent, s"),
    ("angle_deg", "highest angle over rest, deg"),
    ("front_shift_mm", "hips toward the body's front (+) or back (-), mm"),
    ("cancellation_score_mm", "how far the shift's course is curved, mm"),
)
REPS: tuple[Column, ...] = (
    Column("session", "integer", "of which session",
           lambda r: r.set_of.record.session.session_id),
    Column("set", "integer", "of which set", lambda r: r.set_of.kept.number),
    Column("rep", "integer", "its number in the set", lambda r: r.kept.number),
    Column("side", "string", "lain on", lambda r: str(r.rep.side)),
    *(Column(name, "number", meaning, attrgetter(f"rep.{name}"))
      for name, meaning in _REFINED),
    Column("verdict", "string", "clean, fault, unsure", lambda r: str(r.rep.verdict)),
    Column("faults", "string", "of the verdict, with blanks between",
           lambda r: " ".join(seen.fault for seen in r.rep.faults)),
    Column("reason", "string", "why it is unsure", lambda r: r.rep.reason),
    Column("live_up_from_s", "number", "the live line saw the ascent begin, s",
           lambda r: r.kept.live.up_from_s),
    Column("live_hold_from_s", "number", "the hold, s", lambda r: r.kept.live.hold_from_s),
    Column("live_down_from_s", "number", "the descent, s", lambda r: r.kept.live.down_from_s),
    Column("live_rest_from_s", "number", "rest, s", lambda r: r.kept.live.rest_from_s),
    Column("announced", "string", "its sound came after_commit or before_commit",
           lambda r: str(r.kept.announced)),
)  # fmt: skip

FAULTS: tuple[Column, ...] = (
    Column("session", "integer", "of which session",
           lambda f: f.rep_of.set_of.record.session.session_id),
    Column("set", "integer", "of which set", lambda f: f.rep_of.set_of.kept.number),
    Column("rep", "integer", "of which repetition", lambda f: f.rep_of.kept.number),
    Column("fault", "string", "its name", lambda f: str(f.seen.fault)),
    Column("value", "number", "how large, in `unit`", lambda f: f.seen.value),
    Column("unit", "string", "its unit", lambda f: f.seen.unit),
    Column("is_live", "boolean", "as the live line saw it; else of the verdict",
           lambda f: f.is_live),
)  # fmt: skip

KEYS: Mapping[str, tuple[str, ...]] = {
    "sessions": ("session",),
    "sets": ("session", "set"),
    "reps": ("session", "set", "rep"),
    "faults": ("session", "set", "rep", "fault", "is_live"),
}
COLUMNS: Mapping[str, Sequence[Column]] = {
    "sessions": SESSIONS, "sets": SETS, "reps": REPS, "faults": FAULTS,
}  # fmt: skip


def tables(records: Sequence[SessionRecord]) -> dict[str, list[list[Value]]]:
    """Return each table's rows, in the order of its columns."""
    sets = [SetOf(record, kept) for record in records for kept in record.sets]
    reps = [RepOf(each, kept) for each in sets for kept in each.kept.reps]
    rows: Mapping[str, Sequence[object]] = {
        "sessions": records, "sets": sets, "reps": reps,
        "faults": [fault for rep in reps for fault in _faults(rep)],
    }  # fmt: skip
    return {
        name: [[column.value(row) for column in COLUMNS[name]] for row in found]
        for name, found in rows.items()
    }


def _faults(rep_of: RepOf) -> Iterator[FaultOf]:
    for seen in rep_of.rep.faults:
        yield FaultOf(rep_of, seen, is_live=False)
    for seen in rep_of.kept.live.faults:
        yield FaultOf(rep_of, seen, is_live=True)
