"""Others who do a long set: some tire, in ways and at times of their own, and some only wander.

Nothing of `tests.people.tiring`: here one sign leads and another follows at half its size, and the
course is a breakdown in the second half, a loss that comes early and stays, or one that a breather
takes back in part. Fresh people drift, hurry, warm up and take breathers as well: what alone is no
fatigue. Sizes are those of sets near failure: a third of the speed, a quarter of the range, several
times the tremor (biomechanics of the exercise; no tiring leg raise on load cells is recorded).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from tests.accuracy.others.plans import Array, Draw, Lift, Plan, draw_plan

REPS = (12, 18)
TIMES = ("up", "hold", "down", "height")
SCATTER = (0.06, 0.10, 0.06, 0.03)  # of TIMES, a repetition: sd of its logarithm
DRIFT, MAX_DRIFT = 0.025, 0.10  # of everybody, a repetition, and at most: of the logarithm
FOLLOWS = 0.5  # what a second sign has of its size
BREATHER_REPS, BREATHER_S = (3, 6), (4.0, 9.0)
LOST, RECOVERS = 0.12, 0.3  # of what is left, a repetition; of what was lost, in a breather
ADDED = {"sags_deg": 0.0, "leans_n": 0.0}  # what is added; all else is a factor

# What the last repetition is against the first: factors from, to, or what is added.
Manner = Mapping[str, tuple[float, float]]
TIRED: Mapping[str, Manner] = MappingProxyType(
    {
        "slows": {"up": (1.4, 1.9), "down": (0.95, 1.2), "rest": (1.0, 1.8)},
        "lets go": {"down": (0.45, 0.68), "shakes": (1.0, 2.0)},  # the height is kept
        "shrinks": {"height": (0.60, 0.78), "sags_deg": (0.0, 2.0)},  # the times are kept
        "cuts": {"hold": (0.25, 0.55), "down": (0.60, 0.80), "up": (0.9, 1.1)},
        "shakes": {
            "shakes": (3.0, 6.0), "sags_deg": (2.0, 5.0), "leans_n": (3.0, 8.0),
            "up": (1.1, 1.3), "height": (0.82, 0.93),
        },
    }
)  # fmt: skip
FRESH: Mapping[str, Manner] = MappingProxyType(
    {
        "steady": {},
        "hurries": {"up": (0.75, 0.9), "hold": (0.7, 1.0), "down": (0.8, 0.95)},
        "warms up": {"up": (0.8, 1.0), "height": (1.0, 1.15)},
        "takes breathers": {"rest": (1.0, 1.6)},
    }
)


def tiring_plan(rng: Draw, is_tired: bool) -> Plan:
    """Return a set of 12-17 repetitions by somebody who tires, or does not."""
    person = draw_plan(rng)
    count = int(rng.integers(*REPS))
    changes, course, takes_breathers = _manner(rng, is_tired)
    breathers = _breathers(rng, count) if takes_breathers else set()
    ways = _ways(course, breathers, count, rng)
    usual = [rng.uniform(*span) for span in ((1.7, 2.7), (0.8, 1.6), (2.4, 3.6), (30.0, 46.0))]
    at_s, lifts = person.on_s[1] + float(rng.uniform(6.0, 12.0)), []
    for number, wander in enumerate(_wandering(rng, count)):
        now = _now(changes, float(ways[number]))
        up_s, hold_s, down_s, height_deg = (
            float(value * now.get(name, 1.0) * factor)
            for name, value, factor in zip(TIMES, usual, wander, strict=True)
        )
        lifts.append(
            Lift(
                at_s, up_s, hold_s, down_s, height_deg,
                sags_deg=now["sags_deg"], leans_n=now["leans_n"], shakes=now.get("shakes", 1.0),
            )
        )  # fmt: skip
        breather_s = float(rng.uniform(*BREATHER_S)) if number in breathers else 0.0
        rest_s = (0.5 + float(rng.gamma(2.0, 0.7))) * now.get("rest", 1.0)
        at_s = lifts[-1].end_s + rest_s + breather_s
    leaves_s = lifts[-1].end_s + float(rng.uniform(2.5, 7.0))
    off_s = (leaves_s, leaves_s + person.off_s[1] - person.off_s[0])
    return replace(person, lifts=tuple(lifts), off_s=off_s, is_tired=is_tired)


def _manner(rng: Draw, is_tired: bool) -> tuple[dict[str, float], str, bool]:
    """Return what changes over the set, its course, and whether there are breathers."""
    if not is_tired:
        name = str(rng.choice(list(FRESH)))
        return _sizes(FRESH[name], 1.0, rng), "evenly", name == "takes breathers"
    leads, follows = (str(name) for name in rng.permutation(list(TIRED))[:2])
    changes = _sizes(TIRED[leads], 1.0, rng)
    for name, size in _sizes(TIRED[follows], FOLLOWS, rng).items():
        both = changes.get(name)
        is_sum = name in ADDED
        changes[name] = size if both is None else both + size if is_sum else both * size
    course = str(rng.choice(["breaks", "early", "recovers"]))
    return changes, course, course == "recovers"


def _sizes(manner: Manner, share: float, rng: Draw) -> dict[str, float]:
    return {
        name: share * size if name in ADDED else size**share
        for name, span in manner.items()
        for size in [float(rng.uniform(*span))]
    }


def _now(changes: Mapping[str, float], way: float) -> dict[str, float]:
    """Return what is changed when this share (0..1) of the way is gone."""
    return ADDED | {
        name: way * last if name in ADDED else last**way for name, last in changes.items()
    }


def _ways(course: str, breathers: set[int], count: int, rng: Draw) -> Array:
    """Return how far each repetition is on the way from fresh to spent."""
    progress = np.arange(count) / (count - 1)
    if course == "breaks":
        from_share = rng.uniform(0.45, 0.65)
        return np.clip((progress - from_share) / (0.9 - from_share), 0.0, 1.0)
    if course == "early":
        return np.asarray(1.0 - np.exp(-progress / rng.uniform(0.2, 0.35)))
    if course == "evenly":
        return progress
    lost, ways = 0.0, []
    for number in range(count):
        lost += LOST * (1.1 - lost)
        ways.append(lost)
        lost *= 1.0 - (RECOVERS if number in breathers else 0.0)
    return np.array(ways) / max(ways)


def _breathers(rng: Draw, count: int) -> set[int]:
    return set(np.cumsum(rng.integers(*BREATHER_REPS, count)).tolist())


def _wandering(rng: Draw, count: int) -> list[list[float]]:
    """Return factors of TIMES that scatter and drift, of whoever does not tire too."""
    walk = np.cumsum(DRIFT * rng.standard_normal((count, len(TIMES))), axis=0)
    walk = np.clip(walk - walk.mean(axis=0), -MAX_DRIFT, MAX_DRIFT)
    found: list[list[float]] = np.exp(walk + rng.normal(0.0, SCATTER, walk.shape)).tolist()
    return found
