"""The worst of several populations for each figure: a mean hides the people a judge fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tests.accuracy.figures import Figure

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "worst clean": (
            "clean",
            "other_a_clean",
            "other_b_clean",
            "other_c_clean",
            "other_d_clean",
            "contact_clean",
        ),
        "worst restless": (
            "stress",
            "fidgeting",
            "other_a_restless",
            "other_b_restless",
            "other_c_restless",
            "other_d_restless",
            "contact_restless",
        ),
        "worst long": ("fatigue", "other_a_tiring", "other_b_tiring"),
    }
)
HIGH_IS_BAD = (
    *("false ", "start top ", "angle error", "good reps ", "live up early", "live down early"),
    *("bent_body named in sets without", "fatigue named in sets without"),
)
DETAIL = "..."  # belongs to the line above it, and its name is not its own
MIN_KINDS = 2  # of one population there is no worst


def with_worst(figures: Sequence[Figure]) -> list[Figure]:
    """Return the figures, and after those of one name the worst of each group that has several."""
    found: list[Figure] = []
    for number, figure in enumerate(figures):
        found.append(figure)
        if number + 1 == len(figures) or figures[number + 1].name != figure.name:
            found += _worst([each for each in figures if each.name == figure.name])
    return found


def _worst(figures: Sequence[Figure]) -> list[Figure]:
    found = []
    for group, kinds in GROUPS.items():
        some = [f for f in figures if f.kind in kinds and None not in f.values]
        if len(some) < MIN_KINDS or some[0].name.startswith(DETAIL):
            continue
        is_bad = some[0].name.startswith(HIGH_IS_BAD)
        columns = zip(*(f.values for f in some), strict=True)
        values = tuple(_worse(each, is_bad) for each in columns)
        # Several columns may be worst in several populations: then no one interval is theirs.
        whose = next((f for f in some if f.values == values), None)
        low, high, n = (whose.low, whose.high, whose.n) if whose else (None, None, 0)
        found.append(Figure(some[0].name, group, values, some[0].unit, n, low, high))
    return found


def _worse(values: Sequence[float | None], is_high_bad: bool) -> float:
    known = [value for value in values if value is not None]
    return max(known, key=abs) if is_high_bad else min(known)
