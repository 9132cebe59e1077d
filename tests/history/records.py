"""Sessions as they are read, made of a few words: for pages, progress and exports."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from matfw.history.rows import (
    Announced,
    LiveRep,
    RepRow,
    SessionRecord,
    SessionRow,
    SessionState,
    SetOutcome,
    SetRow,
    WallTime,
)
from matfw.messages import Fault, FaultSeen, Limits, Rep, Side, Tempo, Verdict

MONDAY = 1_793_610_000.0  # 2 Nov 2026, 17:00 UTC
DAY_S = 86_400.0
REP_S = 8.0


def rep_row(rng: random.Random, number: int, start_s: float, side: Side, share: float) -> RepRow:
    """Return a repetition; share: of clean ones."""
    up_s, hold_s, down_s = rng.gauss(2.0, 0.2), rng.gauss(1.1, 0.15), rng.gauss(3.0, 0.3)
    faults: tuple[FaultSeen, ...] = ()
    verdict, reason = Verdict.CLEAN, ""
    if rng.random() > share:
        verdict = Verdict.FAULT
        fault = rng.choice((Fault.RUSHED_DOWN, Fault.ROLL_BACK, Fault.KICK, Fault.OFF_MAT))
        faults = (FaultSeen(fault, 1.7, "s"),)
        down_s = 1.7 if fault is Fault.RUSHED_DOWN else down_s
        up_s = 0.7 if fault is Fault.KICK else up_s
    elif rng.random() < 0.06:
        verdict, reason = Verdict.UNSURE, "the hold is too close to its limit to tell"
    end_s = start_s + up_s + hold_s + down_s
    rep = Rep(
        rep=number, t_s=end_s + 0.6, start_s=start_s, top_s=start_s + up_s,
        lower_s=start_s + up_s + hold_s, end_s=end_s, up_s=up_s, hold_s=hold_s, down_s=down_s,
        angle_deg=rng.gauss(38.0, 3.0), front_shift_mm=1.0, verdict=verdict, faults=faults,
        side=side, reason=reason,
    )  # fmt: skip
    return RepRow(number=number, rep=rep, live=LiveRep(faults=faults),
                  announced=Announced.AFTER_COMMIT)  # fmt: skip


def record(
    number: int = 1,
    *,
    day: float = 0.0,
    share: float = 0.8,
    reps: int = 15,
    sides: Sequence[Side] = (Side.LEFT, Side.RIGHT) * 3,
    person: str | None = "ann",
    seed: int | None = None,
    reps_asked: int | None = None,
) -> SessionRecord:
    """Return a session of sets of 2-1-3; share: of clean repetitions."""
    rng = random.Random(number if seed is None else seed)
    sets, t_s, done = [], 20.0, 0
    for at, side in enumerate(sides, 1):
        rows = []
        for k in range(1, reps + 1):
            row = rep_row(rng, k, t_s, side, share)
            done += 1
            rows.append(replace(row, rep=replace(row.rep, rep=done)))
            t_s += REP_S
        t_s += 45.0
        sets.append(
            SetRow(
                number=at, side=side, outcome=SetOutcome.DONE, reps_asked=reps_asked or reps,
                rest_asked_s=45.0, tempo=Tempo(), too_small_deg=Limits().too_small_deg,
                too_high_deg=Limits().too_high_deg, variation="plain", load_kg=0.0,
                fatigue_percent=None, reps=tuple(rows),
            )
        )  # fmt: skip
    session = SessionRow(
        session_id=number, boot="a boot", began_monotonic_s=4.0,
        state=SessionState.DONE, person=person, is_virtual=False, layout="hex6",
        firmware="0.1.0", began=WallTime(MONDAY + DAY_S * day, 0.02),
        length_s=sets[-1].reps[-1].rep.end_s, weight_kg=64.2,
    )  # fmt: skip
    return SessionRecord(session=session, sets=tuple(sets))
