"""What is measured on people whom nobody taught: block by block, small and large lifts apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matfw.messages import Fault, Limits
from tests.accuracy.figures import Figure, quantiles, rate, share
from tests.accuracy.matching import Call
from tests.accuracy.outcomes import Outcome, RepOutcome
from tests.accuracy.populations import UNTAUGHT

SMALL_DEG, FULL_DEG = 7.0, 12.0  # from, to of what counts as a small lift; less is not asked for
LIMITS = Limits()
UP_FAULTS = {Fault.KICK, Fault.RUSHED_UP}
DOWN_FAULTS = {Fault.DROP, Fault.RUSHED_DOWN}


def measure(by_kind: Mapping[str, Sequence[Outcome]]) -> list[Figure]:
    """Return the figures of the untaught, with a line for each block as well."""
    some = {kind: by_kind[kind] for kind in UNTAUGHT if kind in by_kind}
    rows = [row for kind, outcomes in some.items() for row in _blocks(kind, outcomes)]
    return [
        *(_found("lifts of 12 deg or more found", rows, FULL_DEG, float("inf"))),
        *(_found("lifts of 7 to 12 deg found", rows, SMALL_DEG, FULL_DEG)),
        *(
            rate(
                "false reps in pauses", kind,
                sum(o.extra_in_pauses for o in outcomes), sum(o.pauses_s for o in outcomes),
            )
            for kind, outcomes in some.items()
        ),
        *(_live("up", rows)),
        *(_live("down", rows)),
        *(_errors(kind, reps) for kind, reps in rows),
        *(_flung(kind, reps) for kind, reps in rows),
        *(_dropped(kind, reps) for kind, reps in rows),
    ]  # fmt: skip


def _blocks(kind: str, outcomes: Sequence[Outcome]) -> list[tuple[str, list[RepOutcome]]]:
    reps = [rep for outcome in outcomes for rep in outcome.reps]
    names = dict.fromkeys(rep.block for rep in reps if rep.block)
    return [
        (kind, reps),
        *((f"{kind} {name}", [rep for rep in reps if rep.block == name]) for name in names),
    ]


def _found(
    name: str, rows: Sequence[tuple[str, list[RepOutcome]]], from_deg: float, to_deg: float
) -> list[Figure]:
    return [
        share(
            name, kind,
            [rep.verdict is not None for rep in reps if from_deg <= rep.height_deg < to_deg],
        )
        for kind, reps in rows
    ]  # fmt: skip


def _live(way: str, rows: Sequence[tuple[str, list[RepOutcome]]]) -> list[Figure]:
    return [
        share(
            f"untaught: live {way} in time", kind,
            [(rep.up if way == "up" else rep.down).call is Call.IN_TIME for rep in reps],
        )
        for kind, reps in rows
    ]  # fmt: skip


def _errors(kind: str, reps: Sequence[RepOutcome]) -> Figure:
    errors_s = [rep.errors_s for rep in reps if rep.errors_s]
    columns = [[1000.0 * abs(row[i]) for row in errors_s] for i in range(4)]
    return quantiles("untaught: start top lower end, median", kind, columns, [50.0], "ms")


def _flung(kind: str, reps: Sequence[RepOutcome]) -> Figure:
    """Return how many of those flung up, faster than the limit of a kick, are named so."""
    hits = [bool(UP_FAULTS & set(rep.named)) for rep in reps if rep.up_s < LIMITS.kick_up_s]
    return share("flung up, named kick or rushed_up", kind, hits)


def _dropped(kind: str, reps: Sequence[RepOutcome]) -> Figure:
    """Return how many of those let down faster than the limit of a drop are named so, once."""
    hits = [
        len(DOWN_FAULTS & set(rep.named)) == 1 for rep in reps if rep.down_s < LIMITS.drop_down_s
    ]
    return share("dropped, named drop or rushed_down, not both", kind, hits)
