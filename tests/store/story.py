"""Repetitions, sessions and jobs to try the record with; all on virtual time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from matfw.history.rows import LiveRep, SessionInfo, SetInfo, WallTime
from matfw.messages import (
    Balance,
    CleanLoads,
    Fault,
    FaultSeen,
    Limits,
    Motion,
    Presence,
    RawFrame,
    Rep,
    Side,
    Tempo,
    Verdict,
)
from matfw.pipeline import Step
from matfw.store.jobs import Job, KeepRep
from matfw.store.tap import Asked

REP_S = 7.0  # from one repetition's start to the next one's
NOON = WallTime(1_800_000_000.0, 0.02)


def rep(number: int, *, start_s: float | None = None, **changed: Any) -> Rep:
    """Return a clean repetition, the number-th since second 10."""
    start_s = 10.0 + REP_S * (number - 1) if start_s is None else start_s
    plain = Rep(
        rep=number, t_s=start_s + 5.8, start_s=start_s, top_s=start_s + 1.2, lower_s=start_s + 3.1,
        end_s=start_s + 5.0, up_s=2.0, hold_s=1.0, down_s=3.0, angle_deg=38.0, front_shift_mm=1.5,
        verdict=Verdict.CLEAN, faults=(), side=Side.LEFT,
    )  # fmt: skip
    return replace(plain, **changed)


def faulty(number: int, *faults: Fault, **changed: Any) -> Rep:
    """Return a repetition with these faults."""
    seen = tuple(FaultSeen(fault, 0.812, "s") for fault in faults)
    return rep(number, verdict=Verdict.FAULT, faults=seen, **changed)


def session(person: str | None = "ann", began_s: float = 4.0, **changed: Any) -> SessionInfo:
    """Return a session as it begins."""
    plain = SessionInfo(
        boot="first boot", began_s=began_s, origin_s=began_s, began=NOON, person=person,
        is_virtual=False, layout="core4", firmware="0.1.0", weight_kg=64.0,
    )  # fmt: skip
    return replace(plain, **changed)


def asked(number: int = 1, side: Side = Side.LEFT, reps: int = 3) -> SetInfo:
    """Return what is asked for in a set."""
    return SetInfo(
        number=number, side=side, reps_asked=reps, rest_asked_s=45.0, tempo=Tempo(),
        limits=Limits(),
    )  # fmt: skip


def keep(x: Rep, info: SessionInfo | None = None, set_info: SetInfo | None = None) -> KeepRep:
    """Return the job of keeping a repetition, the x.rep-th of its set."""
    return KeepRep(
        session=info or session(), set_info=set_info or asked(), number=x.rep, rep=x,
        live=LiveRep(up_from_s=x.start_s + 0.3, faults=x.faults), now=NOON,
    )  # fmt: skip


def step(t_s: float, presence: Presence = Presence.LYING) -> Step:
    """Return what the line makes of a frame in which nothing happens."""
    return Step(
        raw=RawFrame(t_s, (1, 2, 3, 4)), clean=CleanLoads(t_s, (16.0,) * 4),
        balance=Balance(t_s=t_s, load_kg=64.0, x_kgmm=0.0, y_kgmm=0.0, x_mm=0.0, y_mm=0.0),
        motion=Motion(t_s=t_s, presence=presence), phase=None, faults=(), cue=None, events=(),
        window=None,
    )  # fmt: skip


@dataclass
class Kept:
    """Takes jobs and keeps them in a list; `kept_rep` and `is_failing` are the test's to set."""

    jobs: list[Job] = field(default_factory=list)
    kept_rep: int = 0
    is_failing: bool = False

    def put(self, job: Job) -> None:
        self.jobs.append(job)

    @property
    def reps(self) -> Sequence[KeepRep]:
        return [job for job in self.jobs if isinstance(job, KeepRep)]


@dataclass
class Wishes:
    """What is asked for, by whom; the test changes it."""

    person: str | None = "ann"
    reps: int = 3

    def now(self) -> Asked:
        return Asked(self.person, asked(reps=self.reps))
