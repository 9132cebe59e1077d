"""Text files: a mat's settings, what a virtual person does on it, and what matfw must then say.

title    what it shows
[settings]        as in the person's own file
[person]          sex, height_m, mass_kg
[session]         side, layout, seed, and any field of `SessionPlan`
[[session.reps]]  one repetition a table, any field of `RepPlan`; count repeats it
[[session.pushes]] [[session.fidgets]]  as in `motion_script`
[session.off_mat] rep, force_n: a hand on the floor during that repetition (from 1)
[[defects]]       cell, problem, from_s, until_s: put on the counts
[expect]
  reps            one entry a repetition: "clean", or its faults joined by "+"
  cues            fault and sensor cues, in the order they are first heard; no others are
  weighs          whether somebody is weighed at all
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from matfw.calibration import RAIL_MAX_COUNTS
from matfw.layouts import PRESETS
from matfw.messages import (
    Announcement,
    CellProblem,
    CueGiven,
    Event,
    Mat,
    PersonWeighed,
    RawFrame,
    Rep,
    Side,
)
from matfw.service.replay import replay
from matfw.settings.model import Settings
from matfw.virtual.body import make_body
from matfw.virtual.motion_script import Fidget, Push, RepPlan, SessionPlan
from matfw.virtual.person import generate
from matfw.virtual.profiles import Profile
from matfw.virtual.sampling import CellErrors, record
from matfw.virtual.sessions import off_mat_on_rep
from matfw.virtual.trace import Trace
from matfw.workout.plan import Plan

FOLDER = Path(__file__).parent
PLAIN_CUES = {
    Announcement.READY,
    Announcement.REP,
    Announcement.SET_DONE,
    Announcement.UNSURE,
}  # not faults, nor what is broken
REST_S = 2.0  # before a repetition; the first one waits until the person has been weighed
FIRST_REST_S = 4.0
TYPICAL = RepPlan(roll_deg=1.0, knee_bend_deg=2.0)


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with a cell for a while."""

    cell: str
    problem: CellProblem
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """A file's contents, played."""

    name: str
    title: str
    mat: Mat
    trace: Trace
    frames: list[RawFrame]
    defects: tuple[Defect, ...]
    reps_per_set: int
    expect: dict[str, Any]  # Any: TOML

    def events(self) -> list[Event]:
        """Return what matfw says to it."""
        events: list[Event] = []
        replay(self.mat, self.frames, events.append, Plan(self.reps_per_set))
        return events


def names() -> list[str]:
    """Return all scenarios' names."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name: str) -> Scenario:
    """Read a scenario and let its person play it."""
    text = tomllib.loads((FOLDER / f"{name}.toml").read_text())
    settings = msgspec.convert(text.get("settings", {}), Settings)
    session = dict(text["session"])
    seed, layout = session.pop("seed"), settings.layout
    body_noise = session.pop("body_noise", 1.0)
    plan = _plan(session, text["person"])
    trace = generate(plan, PRESETS[layout].cells, seed, body_noise)
    mat = replace(settings.mat(), person=trace.person)
    if mat.side is Side.UNKNOWN:
        mat = replace(mat, side=plan.side)
    defects = tuple(
        Defect(d["cell"], CellProblem(d["problem"]), d["from_s"], d["until_s"])
        for d in text.get("defects", ())
    )
    frames = list(_broken(record(trace, mat, seed, CellErrors()), mat, defects))
    return Scenario(
        name, text["title"], mat, trace, frames, defects, settings.workout.reps, text["expect"]
    )


def reps_of(events: list[Event]) -> list[str]:
    """Return each repetition as a scenario's file writes it."""
    return [
        "+".join(sorted(seen.fault for seen in event.faults)) or str(event.verdict)
        for event in events
        if isinstance(event, Rep)
    ]


def cues_of(events: list[Event]) -> list[str]:
    """Return the fault and sensor cues in the order they were first heard."""
    cues = [event.cue for event in events if isinstance(event, CueGiven)]
    return list(dict.fromkeys(str(cue) for cue in cues if cue not in PLAIN_CUES))


def weighs(events: list[Event]) -> bool:
    """Return whether anybody was weighed."""
    return any(isinstance(event, PersonWeighed) for event in events)


def _plan(session: dict[str, Any], person: dict[str, Any]) -> SessionPlan:
    reps: list[RepPlan] = []
    for table in session.pop("reps", ()):
        fields = dict(table)
        count = fields.pop("count", 1)
        for way in ("up_profile", "down_profile"):
            if way in fields:
                fields[way] = Profile(*fields[way])
        reps += [replace(TYPICAL, **fields)] * count
    off_mat = session.pop("off_mat", None)
    pushes = tuple(Push(**push) for push in session.pop("pushes", ()))
    fidgets = tuple(Fidget(**fidget) for fidget in session.pop("fidgets", ()))
    rests = session.pop("rests_s", [FIRST_REST_S] + [REST_S] * (len(reps) - 1))
    plan = SessionPlan(
        side=Side(session.pop("side")),
        body=make_body(person["sex"], person["height_m"], person["mass_kg"]),
        reps=tuple(reps), rests_s=tuple(rests[: len(reps)]),
        pushes=pushes, fidgets=fidgets, **session,
    )  # fmt: skip
    if off_mat is None:
        return plan
    return replace(plan, off_mats=(off_mat_on_rep(plan, off_mat["rep"] - 1, off_mat["force_n"]),))


def _broken(frames: list[RawFrame], mat: Mat, defects: tuple[Defect, ...]) -> Iterator[RawFrame]:
    cells = [cell.name for cell in mat.cells]
    last: dict[Defect, int | None] = {}
    for frame in frames:
        counts = list(frame.counts)
        for defect in defects:
            index = cells.index(defect.cell)
            if not defect.from_s <= frame.t_s < defect.until_s:
                last[defect] = counts[index]
                continue
            match defect.problem:
                case CellProblem.LOST:
                    counts[index] = None
                case CellProblem.SATURATED:
                    counts[index] = RAIL_MAX_COUNTS
                case CellProblem.STUCK:
                    counts[index] = last[defect]
                case _:
                    raise ValueError(f"no such defect: {defect.problem}")
        yield replace(frame, counts=tuple(counts))
