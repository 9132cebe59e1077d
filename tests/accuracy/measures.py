"""What is measured on which population: outcomes -> figures.

A repetition that was missed counts against every share it could have been in: its fault was not
named, its phases not found. Times and angles, and what good repetitions are called, are of the
matched ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from matfw.messages import Fault, Verdict
from tests.accuracy import holes, tempos, untaught
from tests.accuracy.aims import with_aim
from tests.accuracy.contact import kinds as contact
from tests.accuracy.figures import Figure, quantiles, rate, share
from tests.accuracy.matching import Call
from tests.accuracy.movement_figures import movement_figures
from tests.accuracy.others.kinds import OTHERS, PROMPT, RESTING, TIRING
from tests.accuracy.outcomes import SET_FAULTS, Answer, Outcome, RepOutcome
from tests.accuracy.populations import HABITS, HIPS, KINDS, SENSORS, UNTAUGHT
from tests.accuracy.worst import with_worst

SETS = (
    *(
        "clean",
        "stress",
        "fidgeting",
        "resting",
        "mex",
        "faults",
        "stress_faults",
        "combined",
        "fatigue",
    ),
    *(*OTHERS, *contact.SETS, *TIRING, *RESTING, *PROMPT, *tempos.KINDS, *holes.KINDS),
)
LONG = ("fatigue", *TIRING)  # sets that are long enough to tire in
JUDGED = (
    "clean",
    "stress",
    "fidgeting",
    "faults",
    "stress_faults",
    *OTHERS,
    *contact.SETS,
)  # with good repetitions, known to be good
FAULTY = ("faults", "stress_faults", *OTHERS, *contact.SETS)
HIP_KINDS = (HIPS, *SENSORS, *HABITS)
BOW_LIMITS_MM = (0.8, 1.0, 1.3, 1.6, 2.0, 99.0)  # the last: not looked at
COMBINED = {Fault.ROLL_BACK, Fault.LEG_FORWARD}
REPS_PER_SET = 15
SOON_S = 1.2  # planned within 1 s of standstill; the crossing at 5 % comes a little sooner
ANSWER_S = 1.0  # after a repetition's end the sound of its verdict is to begin
SOUNDED = (Verdict.CLEAN, Verdict.UNSURE)  # always with a sound; a fault may have been named live
CUES = (
    (Fault.KICK, "the onset"),
    (Fault.DROP, "landing"),
    (Fault.TOO_HIGH, "crossing the limit"),
    (Fault.ROLL_BACK, "the hold's start"),
    (Fault.LEG_FORWARD, "the hold's start"),
    (Fault.OFF_MAT, "the start"),
)

ByKind = dict[str, list[Outcome]]


def measure(outcomes: Iterable[Outcome]) -> list[Figure]:
    """Return all figures of one layout, in the table's order, leaving out absent populations."""
    some = list(outcomes)
    by_kind: ByKind = {
        kind: of_kind for kind in KINDS if (of_kind := [o for o in some if o.job.kind == kind])
    }
    parts = (
        _counts,
        _of_others,
        _false_reps,
        _errors,
        _live,
        _cues,
        _false_cues,
        _answers,
        _named,
        _good,
        _of_sets,
    )
    figures = [figure for part in (*parts, _combined, untaught.measure) for figure in part(by_kind)]
    figures += movement_figures(by_kind)
    figures = [figure for figure in figures if figure.n or figure.unit == "/min"]
    return [with_aim(figure) for figure in with_worst(figures)]


def _counts(by_kind: ByKind) -> list[Figure]:
    return [
        *_set_shares("sets exact", by_kind, lambda o: o.found == o.true),
        *_set_shares("sets within 1", by_kind, lambda o: abs(o.found - o.true) <= 1),
        *_rep_shares("reps found", by_kind, lambda rep: rep.verdict is not None),
        *_over_holes(by_kind),
    ]


def _over_holes(by_kind: ByKind) -> list[Figure]:
    """Return how many of the repetitions that are found in a whole recording holes leave."""
    whole = {(o.job.layout, o.job.number): o.reps for o in by_kind.get(holes.WHOLE, ())}
    return [
        share(
            "reps found, of those found without holes", kind,
            [
                rep.verdict is not None
                for o in by_kind[kind]
                for rep, unbroken in zip(
                    o.reps, whole.get((o.job.layout, o.job.number), ()), strict=False
                )
                if unbroken.verdict is not None
            ],
        )
        for kind in holes.KINDS
        if kind in by_kind
    ]  # fmt: skip


def _of_others(by_kind: ByKind) -> list[Figure]:
    """Return how small lifts fare, and last ones of people who get up at once."""
    small = [
        share(
            "lifts of 13 to 21 deg found", kind,
            [rep.verdict is not None for rep in reps if Fault.TOO_SMALL in rep.faults],
        )
        for kind, reps in _reps_by_kind(by_kind, (*OTHERS, *contact.SETS))
    ]  # fmt: skip
    last = [
        share(
            "last rep found, gone within 1 s", kind,
            [
                o.reps[-1].verdict is not None
                for o in by_kind[kind]
                if o.leaves_s is not None and o.leaves_s <= SOON_S
            ],
        )
        for kind in (*OTHERS, *contact.SETS)
        if kind in by_kind
    ]  # fmt: skip
    return [*small, *last]


def _false_reps(by_kind: ByKind) -> list[Figure]:
    return [
        rate("false reps", kind, sum(o.extra for o in some), sum(o.lying_s for o in some))
        for kind, some in by_kind.items()
    ]


def _errors(by_kind: ByKind) -> list[Figure]:
    found = []
    for percent, name in ((50.0, "median"), (95.0, "p95")):
        for kind, reps in _reps_by_kind(by_kind, SETS):
            errors_s = [rep.errors_s for rep in reps if rep.errors_s]
            columns = [[1000.0 * abs(row[i]) for row in errors_s] for i in range(4)]
            name_ = f"start top lower end, {name}"
            found.append(quantiles(name_, kind, columns, [percent], "ms"))
    for kind, reps in _reps_by_kind(by_kind, SETS):
        off = [rep.angle_error_deg for rep in reps if rep.angle_error_deg is not None]
        values = (float(np.median(off)), float(np.std(off))) if off else (None, None)
        found.append(Figure("angle error, median and sd", kind, values, "deg", len(off)))
    return found


def _live(by_kind: ByKind) -> list[Figure]:
    found = []
    for way, reported in (("up", _reported_up), ("down", _reported_down)):
        rows = [
            (kind, [reported(rep) for rep in reps]) for kind, reps in _reps_by_kind(by_kind, SETS)
        ]
        found += [
            share(f"live {way} in time", kind, [call is Call.IN_TIME for call in calls])
            for kind, calls in rows
        ]
        for kind, calls in rows:
            values = tuple(
                100.0 * calls.count(call) / max(1, len(calls))
                for call in (Call.EARLY, Call.LATE, Call.MISSED)
            )
            found.append(Figure(f"live {way} early, late, not", kind, values, "%", len(calls)))
    found += [
        rate(
            "false live ups at rest", kind,
            sum(o.false_ups for o in some), sum(o.rest_s for o in some),
        )
        for kind, some in by_kind.items()
    ]  # fmt: skip
    return found


def _reported_up(rep: RepOutcome) -> Call:
    return rep.up.call


def _reported_down(rep: RepOutcome) -> Call:
    return rep.down.call


def _cues(by_kind: ByKind) -> list[Figure]:
    found = []
    for fault, moment in CUES:
        rows = [
            (kind, [rep.cue_s[fault] for rep in reps if fault in rep.faults])
            for kind, reps in _reps_by_kind(by_kind, FAULTY)
        ]
        for kind, delays_s in rows:
            hits = [delay_s is not None for delay_s in delays_s]
            found.append(share(f"{fault} cue live", kind, hits))
        if fault is Fault.DROP:
            for kind, delays_s in rows:
                hits = [delay_s is not None and delay_s < 0.0 for delay_s in delays_s]
                found.append(share("drop cue before landing", kind, hits))
        for kind, delays_s in rows:
            heard_ms = [1000.0 * delay_s for delay_s in delays_s if delay_s is not None]
            name = f"... after {moment}, median p95"
            found.append(quantiles(name, kind, [heard_ms], [50.0, 95.0], "ms"))
    return found


def _false_cues(by_kind: ByKind) -> list[Figure]:
    found = []
    for kind, reps in _reps_by_kind(by_kind, JUDGED):
        good = [rep for rep in reps if not rep.faults]
        per_set = REPS_PER_SET * sum(len(rep.false_cues) for rep in good) / max(1, len(good))
        found.append(Figure("false live cues in 15 good reps", kind, (per_set,), "", len(good)))
    return found


def _answers(by_kind: ByKind) -> list[Figure]:
    """Return whether the sounds of verdicts come in time, and about the repetition just done."""
    found = []
    for name, is_hit in (
        (f"verdict sounds within {ANSWER_S:.1f} s of the end", _is_soon),
        ("verdict sounds after the next top", _is_about_another),
    ):
        for kind, reps in _reps_by_kind(by_kind, (*JUDGED, *UNTAUGHT)):
            heard = [rep.answer for rep in reps if rep.answer is not None]
            found.append(share(name, kind, [is_hit(answer) for answer in heard]))
    found += [
        share(
            f"verdicts within {ANSWER_S:.1f} s of the end, sounded or not", kind,
            [rep.told_s <= ANSWER_S for rep in reps if rep.told_s is not None],
        )
        for kind, reps in _reps_by_kind(by_kind, (*JUDGED, *UNTAUGHT))
    ]  # fmt: skip
    found += [
        share(
            "clean or unsure reps with their sound", kind,
            [rep.answer is not None for rep in reps if rep.verdict in SOUNDED],
        )
        for kind, reps in _reps_by_kind(by_kind, (*JUDGED, *UNTAUGHT))
    ]  # fmt: skip
    return found


def _is_soon(answer: Answer) -> bool:
    return answer.delay_s <= ANSWER_S


def _is_about_another(answer: Answer) -> bool:
    return answer.is_after_next_top


def _named(by_kind: ByKind) -> list[Figure]:
    return [
        share(f"{fault} named", kind, [fault in rep.named for rep in reps if fault in rep.faults])
        for fault in Fault
        if fault not in SET_FAULTS
        for kind, reps in _reps_by_kind(by_kind, FAULTY)
    ]


def _good(by_kind: ByKind) -> list[Figure]:
    return [
        share(
            f"good reps called {verdict}", kind,
            [rep.verdict == verdict for rep in reps if rep.verdict and not rep.faults],
        )
        for verdict in (Verdict.FAULT, Verdict.UNSURE)
        for kind, reps in _reps_by_kind(by_kind, (*JUDGED, "combined", *HIP_KINDS))
    ]  # fmt: skip


def _of_sets(by_kind: ByKind) -> list[Figure]:
    """Return the faults that are reported of a set: a body bent from the start, fatigue."""
    found = []
    for fault in SET_FAULTS:
        for is_true in (True, False):
            for kind in (kind for kind in (*JUDGED, *LONG) if kind in by_kind):
                hits = [
                    fault in o.reported_of_set
                    for o in by_kind[kind]
                    if is_true is (o.is_bent if fault is Fault.BENT_BODY else o.is_fatigued)
                ]
                name = f"{fault} named in sets {'with' if is_true else 'without'} it"
                found += [share(name, kind, hits)] if hits else []
    return found


def _combined(by_kind: ByKind) -> list[Figure]:
    """Return what hips that roll back while the leg comes forward are called, and good ones."""
    found = []
    kinds = ("combined", *HIP_KINDS)
    for verdict in Verdict:
        for kind, reps in _reps_by_kind(by_kind, kinds):
            hits = [rep.verdict == verdict for rep in reps if rep.verdict and _is_combined(rep)]
            found.append(share(f"roll+forward called {verdict}", kind, hits))
    found += _trade_off(by_kind)
    for name, count in (("good reps given a hip fault", 0), ("roll or forward alone, named", 1)):
        for kind, reps in _reps_by_kind(by_kind, kinds):
            asked = [rep for rep in reps if rep.verdict and len(rep.faults) == count]
            hits = [bool(COMBINED & set(rep.named)) for rep in asked]
            found.append(share(name, kind, hits))
    return found


def _trade_off(by_kind: ByKind) -> list[Figure]:
    """Return what each limit of the curvature would catch, and what it would cost."""
    found = []
    for limit_mm in BOW_LIMITS_MM:
        for kind, reps in _reps_by_kind(by_kind, ("combined", HIPS)):
            values = []
            for is_asked in (_is_combined, _is_good):
                asked = [rep for rep in reps if rep.verdict and is_asked(rep)]
                # What is unsure anyway is caught, and costs the curvature nothing.
                is_over = [
                    rep.cancellation_score_mm > limit_mm
                    and (is_asked is _is_combined or math.isfinite(rep.cancellation_score_mm))
                    for rep in asked
                ]
                is_fault = [rep.verdict == Verdict.FAULT for rep in asked]
                if is_asked is _is_combined:
                    hits = sum(a or b for a, b in zip(is_over, is_fault, strict=True))
                else:
                    hits = sum(a and not b for a, b in zip(is_over, is_fault, strict=True))
                values.append(100.0 * hits / max(1, len(asked)))
            name = f"curvature over {limit_mm:.1f} mm: caught, good made unsure"
            found.append(Figure(name, kind, tuple(values), "%", sum(map(_is_combined, reps))))
    return found


def _is_good(rep: RepOutcome) -> bool:
    return not rep.faults


def _is_combined(rep: RepOutcome) -> bool:
    return set(rep.faults) >= COMBINED


def _reps_by_kind(by_kind: ByKind, kinds: Sequence[str]) -> list[tuple[str, list[RepOutcome]]]:
    return [
        (kind, [rep for outcome in by_kind[kind] for rep in outcome.reps])
        for kind in kinds
        if kind in by_kind
    ]


def _set_shares(name: str, by_kind: ByKind, is_hit: Callable[[Outcome], bool]) -> list[Figure]:
    return [
        share(name, kind, [is_hit(outcome) for outcome in by_kind[kind]])
        for kind in SETS
        if kind in by_kind
    ]


def _rep_shares(name: str, by_kind: ByKind, is_hit: Callable[[RepOutcome], bool]) -> list[Figure]:
    return [
        share(name, kind, [is_hit(rep) for rep in reps])
        for kind, reps in _reps_by_kind(by_kind, SETS)
    ]
