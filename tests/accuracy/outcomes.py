"""One recording through the line that `matfw replay` runs -> what came out, against the truth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from matfw.errors import MatError
from matfw.judging.habits import learn, own_limits
from matfw.judging.reasons import MAY_CANCEL
from matfw.messages import (
    Announcement,
    Cue,
    CueGiven,
    Event,
    Fault,
    Mat,
    Phase,
    PhaseChanged,
    Rep,
    Verdict,
    cue_named,
)
from matfw.service.replay import replay
from matfw.virtual.truth import TrueRep
from tests.accuracy.matching import Called, call_moments, match
from tests.accuracy.movements import Moved, moved, moved_during
from tests.accuracy.populations import LEARNED_REPS, Job, Played, play

SET_FAULTS = (Fault.BENT_BODY, Fault.FATIGUE)  # of somebody, not of one repetition
FAULT_CUES = {cue_named(fault.value): fault for fault in Fault if fault not in SET_FAULTS}
VERDICT_CUES = {Verdict.CLEAN: Announcement.REP, Verdict.UNSURE: Announcement.UNSURE}
HEARD_S = 12.0  # after a verdict a sound may still come of it, however wrong that would be
LEAD_S, TRAIL_S = 0.6, 0.4  # around a repetition: a fault cue there is heard as being about it
ANSWER_S = 1.0  # after a verdict its cue is given
LINGER_S = 2.0  # after a repetition a cue may still be about it
EARLY_S = 2.0  # an `up` this long before a repetition is about something else
AFTER_S = 0.5  # a `down` this long after a repetition's end tells nobody anything


@dataclass(frozen=True, slots=True)
class Answer:
    """The sound of a verdict: how long after the true end; whether the next one's top was past."""

    delay_s: float
    is_after_next_top: bool


@dataclass(frozen=True, slots=True)
class RepOutcome:
    """One true repetition and what was made of it. Errors are found minus true.

    named: the faults of the found one; empty with verdict None if it was missed. cue_s: delay of
    the first live cue of its own fault, by fault, from the moment that each is counted from.
    suspicion_mm: of hips that cancel; inf where something else makes it `unsure`. height_deg,
    up_s, down_s: the true ones, standstill to standstill. block: what was asked for.
    answer: None if no sound came of the verdict. told_s: after the true end that it was reached.
    """

    faults: tuple[Fault, ...]
    named: tuple[Fault, ...]
    verdict: str | None
    errors_s: tuple[float, float, float, float] | None  # start, top, lower, end
    angle_error_deg: float | None
    up: Called
    down: Called
    cue_s: dict[Fault, float | None]
    false_cues: tuple[Fault, ...]
    cancellation_score_mm: float = 0.0
    height_deg: float = 0.0
    up_s: float = 0.0
    down_s: float = 0.0
    block: str = ""
    answer: Answer | None = None
    told_s: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One recording. extra: found repetitions that are none; false_ups: live calls at rest.

    extra_in_pauses: of the extra ones, those that begin in one of the pauses, pauses_s in all.
    leaves_s: from the last repetition's end to getting up, where it is known.
    """

    job: Job
    true: int
    found: int
    extra: int
    reps: tuple[RepOutcome, ...]
    false_ups: int
    lying_s: float
    rest_s: float
    is_bent: bool
    is_fatigued: bool
    reported_of_set: tuple[Fault, ...]
    moved: Moved | None = None
    extra_in_pauses: int = 0
    pauses_s: float = 0.0
    leaves_s: float | None = None


def run(job: Job) -> Outcome:
    """Play a job and judge what the line says."""
    played = play(job)
    events: list[Event] = []
    replay(played.mat, played.frames, events.append)
    if job.kind.endswith("learned"):
        mat = _learned(played, events)
        events.clear()
        replay(mat, played.frames, events.append)
    return compare(job, played, events)


def _learned(played: Played, events: Sequence[Event]) -> Mat:
    """Return the mat with the limits of a person whose first good repetitions are known to it."""
    found = [event for event in events if isinstance(event, Rep)]
    good = [
        found[index]
        for true, index in zip(played.truth, match(played.truth, found), strict=True)
        if index is not None and not true.faults
    ][:LEARNED_REPS]
    try:
        return replace(played.mat, limits=own_limits(played.mat.limits, learn(good)))
    except MatError:  # asked to do them again, and did not
        return played.mat


def compare(job: Job, played: Played, events: Sequence[Event]) -> Outcome:
    """Return what the events are worth against the truth."""
    found = [event for event in events if isinstance(event, Rep)]
    matched = match(played.truth, found)
    ups, false_ups = call_moments(_lifts(played.truth), _phases(events, Phase.UP))
    downs, _ = call_moments(
        [(rep.start_s, rep.lower_s, rep.end_s + AFTER_S) for rep in played.truth],
        _phases(events, Phase.DOWN),
    )
    cues = _live_cues(events, found)
    blocks = played.blocks or [""] * len(played.truth)
    extra = [rep for index, rep in enumerate(found) if index not in matched]
    reps = tuple(
        RepOutcome(
            true.faults,
            () if index is None else tuple(seen.fault for seen in found[index].faults),
            None if index is None else found[index].verdict.value,
            None if index is None else _errors_s(true, found[index]),
            None if index is None else found[index].angle_deg - true.angle_deg,
            up,
            down,
            {fault: _delay_s(fault, true, too_high_s, cues) for fault in true.faults},
            _false_cues(true, played.truth, cues),
            0.0 if index is None else _suspicion_mm(found[index]),
            true.angle_deg,
            true.up_s,
            true.down_s,
            block,
            answer,
            None if index is None else found[index].t_s - true.end_s,
        )
        for true, index, up, down, too_high_s, block, answer in zip(
            played.truth,
            matched,
            ups,
            downs,
            played.too_high_s,
            blocks,
            answers(played.truth, found, matched, events),
            strict=True,
        )
    )
    moving_s = sum(rep.end_s - rep.start_s for rep in played.truth)
    given = {event.cue.value for event in events if isinstance(event, CueGiven)}
    return Outcome(
        job,
        len(played.truth),
        len(found),
        len(extra),
        reps,
        sum(not _is_within(at_s, played.truth) for at_s in false_ups),
        played.lying_s,
        played.lying_s - moving_s,
        played.is_bent,
        played.is_fatigued,
        tuple(fault for fault in SET_FAULTS if fault.value in given),
        _moved(played, events),
        sum(a < rep.start_s < b for a, b in played.pauses_s for rep in extra),
        sum(b - a for a, b in played.pauses_s),
        played.leaves_s,
    )


def _moved(played: Played, events: Sequence[Event]) -> Moved | None:
    if played.scene:
        return moved(played.scene, events)
    return moved_during(played.truth, played.spans, (), events) if played.spans else None


def answers(
    truth: Sequence[TrueRep],
    found: Sequence[Rep],
    matched: Sequence[int | None],
    events: Sequence[Event],
) -> list[Answer | None]:
    """Return each true repetition's verdict sound: its tick, `unsure`, or one not named live."""
    given = [event for event in events if isinstance(event, CueGiven)]
    next_tops_s = [*(rep.top_s for rep in truth[1:]), math.inf][: len(truth)]
    rows: list[Answer | None] = []
    for true, index, next_top_s in zip(truth, matched, next_tops_s, strict=True):
        heard_s = None if index is None else _heard_s(found, index, given)
        rows.append(None if heard_s is None else Answer(heard_s - true.end_s, heard_s > next_top_s))
    return rows


def _heard_s(found: Sequence[Rep], index: int, given: Sequence[CueGiven]) -> float | None:
    rep = found[index]
    # A fault that was cued while it happened is not cued again, but the next repetition's may be.
    live = {x.cue for x in given if rep.start_s - LEAD_S <= x.t_s < rep.t_s}
    faults: set[Cue] = {seen.fault for seen in rep.faults}
    asked = faults - live if faults else {VERDICT_CUES[rep.verdict]}
    # What is judged after this one has the later sounds; two judged at once: the last has them.
    until_s = min((other.t_s for other in found[index + 1 :]), default=math.inf)
    heard = (x.t_s for x in given if rep.t_s <= x.t_s < until_s and x.cue in asked)
    at_s = next(heard, None)
    return at_s if at_s is not None and at_s - rep.t_s < HEARD_S else None


def _suspicion_mm(rep: Rep) -> float:
    is_other = rep.verdict is Verdict.UNSURE and rep.reason != MAY_CANCEL
    return math.inf if is_other else rep.cancellation_score_mm


def _phases(events: Sequence[Event], phase: Phase) -> list[float]:
    return [e.t_s for e in events if isinstance(e, PhaseChanged) and e.phase is phase]


def _live_cues(events: Sequence[Event], found: Sequence[Rep]) -> list[tuple[float, Fault]]:
    """Return the fault cues that do not come of a finished repetition's verdict."""
    cues = [
        (event.t_s, FAULT_CUES[event.cue])
        for event in events
        if isinstance(event, CueGiven) and event.cue in FAULT_CUES
    ]
    return [
        (at_s, fault)
        for at_s, fault in cues
        if not any(
            0.0 <= at_s - rep.t_s <= ANSWER_S and fault in (seen.fault for seen in rep.faults)
            for rep in found
        )
    ]


def _lifts(truth: Sequence[TrueRep]) -> list[tuple[float, float, float]]:
    ends_s = [float("-inf"), *(rep.end_s for rep in truth)]
    return [
        (max(before_s, rep.start_s - EARLY_S), rep.start_s, rep.end_s)
        for rep, before_s in zip(truth, ends_s, strict=False)
    ]


def _errors_s(true: TrueRep, found: Rep) -> tuple[float, float, float, float]:
    return (
        found.start_s - true.start_s,
        found.top_s - true.top_s,
        found.lower_s - true.lower_s,
        found.end_s - true.end_s,
    )


def _delay_s(
    fault: Fault, rep: TrueRep, too_high_s: float | None, cues: Sequence[tuple[float, Fault]]
) -> float | None:
    """Return how long after its moment a fault was first named live, None if not."""
    landing_s = rep.onset_s + rep.up_s + rep.hold_s + rep.down_s
    from_s = {
        Fault.KICK: rep.onset_s,
        Fault.DROP: landing_s,  # < 0 is before the leg lands
        Fault.TOO_HIGH: rep.top_s if too_high_s is None else too_high_s,
        Fault.ROLL_BACK: rep.top_s,
        Fault.LEG_FORWARD: rep.top_s,
    }.get(fault, rep.start_s)
    heard = [
        at_s
        for at_s, named in cues
        if named is fault and rep.start_s - LEAD_S <= at_s <= rep.end_s + TRAIL_S
    ]
    return heard[0] - from_s if heard else None


def _false_cues(
    rep: TrueRep, truth: Sequence[TrueRep], cues: Sequence[tuple[float, Fault]]
) -> tuple[Fault, ...]:
    """Return the fault cues heard during a repetition that neither it nor the last one deserves."""
    return tuple(
        fault
        for at_s, fault in cues
        if rep.start_s - LEAD_S <= at_s <= rep.end_s + TRAIL_S
        and not any(
            fault in other.faults and other.start_s - LEAD_S <= at_s <= other.end_s + LINGER_S
            for other in truth
        )
    )


def _is_within(at_s: float, truth: Sequence[TrueRep]) -> bool:
    """Return whether a call comes while the leg is up anyway: not at rest."""
    return any(rep.start_s <= at_s <= rep.end_s for rep in truth)
