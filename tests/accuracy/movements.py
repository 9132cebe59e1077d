"""People who do something besides the exercise: what they do, and what was made of it.

`getting_on` gets on, settles, lies still for 20 s and gets up, without a repetition; `movements`
lies for some 90 s and moves three to six times; `in_set` moves between the repetitions of a set;
`leaves` gets up 0.3 s after the last repetition or in the middle of one. Each kind uses the forms
that may be tuned on; with `alike` after its name those that load the mat much as a leg raised does;
with `held-out` the ones that may not, with `recorded` those made of real recordings, and with
`beam` those of a generator of forward dynamics (getting on and up are then other held-out forms):
these exist on held-out seeds only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from matfw.layouts import PRESETS
from matfw.messages import Announcement, CueGiven, Event, Rep, Verdict
from matfw.virtual.motion_script import SessionPlan
from matfw.virtual.rep_kinds import Draw
from matfw.virtual.sessions import random_session
from matfw.virtual.truth import TrueRep
from tests.accuracy import alike_forms, beam_forms, recorded
from tests.accuracy.matching import match
from tests.people.movements.forms import FORMS, Form, Purpose, Split
from tests.people.movements.scene import Planned, Scene, Span, play_scene

BASE_KINDS = ("getting_on", "movements", "in_set", "leaves")
HELD_OUT = " held-out"
ALIKE = " alike"
ALIKE_KINDS = tuple(kind + ALIKE for kind in ("movements", "in_set"))
TUNING_KINDS = (*BASE_KINDS, *ALIKE_KINDS)
HELD_OUT_KINDS = tuple(kind + HELD_OUT for kind in BASE_KINDS)
RECORDED = " recorded"
RECORDED_KINDS = tuple(kind + RECORDED for kind in ("getting_on", "movements", "in_set"))
BEAM = " beam"
BEAM_KINDS = tuple(kind + BEAM for kind in ("getting_on", "movements", "in_set"))
NOT_FOR_TUNING = (*HELD_OUT_KINDS, *RECORDED_KINDS, *BEAM_KINDS)
KINDS = (*TUNING_KINDS, *NOT_FOR_TUNING)
STILL_S = 20.0  # of lying still between getting on and getting up
MOVING_S = 90.0
GAP_S = (4.0, 16.0)  # of lying still between two movements
LEAVES_S = 0.3  # after the last repetition's end
BROKEN_SHARE = 0.4  # of those who leave do it in the middle of a repetition
EARLY_S, ECHO_S = 0.5, 2.0  # around a movement: what is reported there is about it
STRIDE = 4  # of the forms from person to person; prime to their numbers, 15 and 13: all come by
MOVES_IN_SET = 0.35  # after so many of the repetitions somebody moves
TRANSITS = (Purpose.ON, Purpose.UP)
SILENT = (
    Announcement.READY,
    Announcement.LIE_STILL,
    Announcement.NOT_JUDGING,
    Announcement.HIPS_LOST,
    Announcement.HIPS_BACK,
    Announcement.SEE_CONSOLE,
)  # not about any repetition

Table: TypeAlias = Callable[..., tuple[Form, ...]]  # of Purposes


@dataclass(frozen=True, slots=True)
class Moved:
    """What was reported of what is no repetition, by the form it was in ("" for lying still).

    extra, sounds: the forms' names, one entry each time. last_found: the last repetition of who
    left; None: in the middle of one. broken_found: the one broken off; None: none was. played: each
    form's name, once each time it was done.
    """

    played: tuple[str, ...]
    extra: tuple[str, ...]
    extra_clean: int
    sounds: tuple[str, ...]
    last_found: bool | None
    broken_found: bool | None


@dataclass(frozen=True, slots=True)
class Script:
    """What somebody is to do: the session, getting on and up, and what is done in between.

    leave_s: when getting up begins, in seconds from lying down; None: when the session ends.
    """

    plan: SessionPlan
    on: Form
    up: Form
    planned: Sequence[Planned]
    leave_s: float | None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the forms in their order."""
        return (self.on.name, *(each.name for each in self.planned), self.up.name)


def scene(kind: str, layout: str, seed: int, number: int) -> Scene:
    """Return a person of one of KINDS who does what `script` says."""
    of = script(kind, seed, number)
    return play_scene(
        of.plan, PRESETS[layout].cells, seed,
        on=of.on, up=of.up, planned=of.planned, leave_s=of.leave_s,
    )  # fmt: skip


def script(kind: str, seed: int, number: int) -> Script:
    """Return what a person of one of KINDS is to do.

    number goes round the forms, so that all get their turn.
    """
    base, table = base_kind(kind), _table(kind)
    rng = np.random.default_rng([seed, 2])
    ons = table(Purpose.ON)
    # Every round of the ways on meets other ways up and of settling.
    other = number + number // len(ons)
    on, up = _turn(ons, number), _turn(table(Purpose.UP), other)
    plan = _quiet(random_session(rng, "clean"))
    planned: list[Planned] = []
    leave_s = None
    match base:
        case "getting_on":
            plan = replace(plan, reps=(), rests_s=(), still_s=STILL_S)
            settle = _turn(table(Purpose.SETTLE), other)
            planned = [_planned(settle, plan, float(rng.uniform(0.2, 2.0)), rng)]
        case "movements":
            plan = replace(plan, reps=(), rests_s=(), still_s=MOVING_S)
            planned = _movements(plan, table, number, rng)
        case "in_set":
            plan, planned = _in_set(plan, table, number, rng)
        case "leaves":
            plan = _no_longer_than(plan, 6)
            leave_s = _leaves_s(plan, rng)
        case _:
            raise ValueError(f"kind must be one of {', '.join(KINDS)} (got {kind!r})")
    return Script(plan, on, up, planned, leave_s)


def moved(played: Scene, events: Sequence[Event]) -> Moved:
    """Return what was reported of a scene."""
    return moved_during(played.trace.truth, played.spans, played.broken, events)


def moved_during(
    truth: Sequence[TrueRep],
    spans: Sequence[Span],
    broken_off: Sequence[TrueRep],
    events: Sequence[Event],
) -> Moved:
    """Return what was reported while this was done."""
    found = [event for event in events if isinstance(event, Rep)]
    matched = match(truth, found)
    extra = [rep for index, rep in enumerate(found) if index not in matched]
    broken = [index for index in match(broken_off, extra) if index is not None]
    sounds = [
        event.t_s
        for event in events
        if isinstance(event, CueGiven) and event.cue not in SILENT
        if not any(rep.start_s - 0.6 <= event.t_s <= rep.end_s + 4.0 for rep in truth)
    ]
    return Moved(
        played=tuple(span.name for span in spans),
        extra=tuple(form_in(rep.start_s, rep.end_s, spans) for rep in extra),
        extra_clean=sum(rep.verdict is Verdict.CLEAN for rep in extra),
        sounds=tuple(form_in(at_s, at_s, spans) for at_s in sounds),
        last_found=matched[-1] is not None if truth and not broken_off else None,
        broken_found=bool(broken) if broken_off else None,
    )


def form_in(from_s: float, to_s: float, spans: Sequence[Span]) -> str:
    """Return the form that a stretch of time shares most with, "" if with none."""
    # A movement's echo is its own: whoever has just moved is still coming to rest.
    shared_s = [
        (min(to_s, span.end_s + ECHO_S) - max(from_s, span.start_s - EARLY_S), span.name)
        for span in spans
    ]
    longest_s, name = max(shared_s)
    return name if longest_s >= 0.0 else ""


def base_kind(kind: str) -> str:
    """Return a kind's name without where its forms come from."""
    for suffix in (HELD_OUT, RECORDED, BEAM, ALIKE):
        kind = kind.removesuffix(suffix)
    return kind


def _table(kind: str) -> Table:
    """Return the forms of a kind, by purpose."""
    split = Split.TUNING if kind in TUNING_KINDS else Split.HELD_OUT
    of, transits = FORMS, tuple(form for form in FORMS if form.purpose in TRANSITS)
    if kind.endswith(RECORDED):
        of = recorded.FORMS
    elif kind.endswith(BEAM):
        of = (*transits, *beam_forms.FORMS)
    elif kind.endswith(ALIKE):
        of = (*transits, *alike_forms.FORMS)
    return lambda *purposes: tuple(
        form for form in of if form.purpose in purposes and form.split is split
    )


def _turn(some: Sequence[Form], number: int) -> Form:
    return some[number % len(some)]


def _planned(form: Form, plan: SessionPlan, at_s: float, rng: Draw) -> Planned:
    return Planned(form.name, form.make(plan.body, rng), at_s)


def _quiet(plan: SessionPlan) -> SessionPlan:
    # The plan's own fidgets come at times that no longer fit.
    return replace(plan, fidgets=(), pushes=(), scratches=(), off_mats=(), fatigued=False)


def _movements(plan: SessionPlan, table: Table, number: int, rng: Draw) -> list[Planned]:
    some = table(Purpose.SETTLE, Purpose.MOVE, Purpose.THING)
    count = int(rng.integers(3, 7))
    planned, at_s = [], plan.settle_s
    for index in range(count):
        at_s += float(rng.uniform(*GAP_S))
        planned.append(_planned(some[(STRIDE * number + index) % len(some)], plan, at_s, rng))
        at_s = planned[-1].end_s
    return [each for each in planned if each.end_s < plan.lying_s]


def _in_set(
    plan: SessionPlan, table: Table, number: int, rng: Draw
) -> tuple[SessionPlan, list[Planned]]:
    some = [f for f in table(Purpose.SETTLE, Purpose.MOVE, Purpose.THING) if f.returns]
    rests, planned, at_s = [], [], plan.settle_s
    for index, rep in enumerate(plan.reps):
        rest_s = plan.rests_s[index]
        if index and rng.random() < MOVES_IN_SET:
            form = some[(STRIDE * number + index) % len(some)]
            planned.append(_planned(form, plan, at_s + float(rng.uniform(0.5, 2.5)), rng))
            rest_s = planned[-1].end_s - at_s + float(rng.uniform(0.5, 2.5))
        rests.append(rest_s)
        at_s += rest_s + rep.total_s
    return replace(plan, rests_s=tuple(rests)), planned


def _no_longer_than(plan: SessionPlan, count: int) -> SessionPlan:
    return replace(plan, reps=plan.reps[:count], rests_s=plan.rests_s[:count])


def _leaves_s(plan: SessionPlan, rng: Draw) -> float:
    before_s = plan.settle_s + sum(plan.rests_s) + sum(rep.total_s for rep in plan.reps[:-1])
    last = plan.reps[-1]
    if rng.random() >= BROKEN_SHARE:
        return before_s + last.total_s + LEAVES_S
    # From half-way up to less than half-way down: it has begun and is not over.
    latest_s = last.up_s + last.hold_s + 0.3 * last.down_s
    return before_s + float(rng.uniform(0.5 * last.up_s, latest_s))
