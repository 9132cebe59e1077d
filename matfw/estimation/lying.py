"""Does somebody lie there, and where; have they left that place: from a load's last steps.

Mostly it shows when they lie still. Who begins to exercise at once, and rests too briefly to be
still, stays where they are all the same: over some seconds the mean load is their weight, and the
centre of pressure goes to and fro about one place. Nobody who gets on, sits up or rolls over does.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice

from matfw.estimation.noise import STEP_S
from matfw.estimation.step_means import StepMean
from matfw.layouts import LYING_MIN_SPAN_MM
from matfw.messages import Cell

LYING_MIN_KG = 20.0  # a child's weight; less is not judged
# Of the cells' distance from the deck's middle line. Whose load is farther off sits on the deck's
# edge, as many do for a while before they lie down: who lay there would hang over it.
LYING_BESIDE_SHARE = 0.9
STILL_S = 1.5  # of stillness before somebody counts as lying; facts: forging by fidgets ends there
STILL_STEPS = round(STILL_S / STEP_S)
STILL_LOAD_SHARE = 0.015  # of the weight: range of the load while still
STILL_X_MM = 8.0  # range of the centre of pressure while still (breath 0.4-1.6 mm)
STILL_Y_MM = 6.0
# Of somebody who does not lie still, and stays: standard deviations over so long, and by how much
# its halves' means may differ. Bodies of contact physics at 1-0.3-1 with rests of 0.2-0.6 s have
# 1.6 % of the weight, 15 mm, 3 mm; legs flung to 75 deg 4 %, 31 mm, 5 mm. Of 68 virtual people who
# get on 12 are known so before they lie still, ten of them within 20 mm of where they then lie and
# 0.4 % of the weight; two sit, and are weighed again.
STAYS_S = 5.0
STAYS_STEPS = round(STAYS_S / STEP_S)
JUST_STILL_STEPS = round(0.5 / STEP_S)
STAYS_LOAD_SHARE, STAYS_X_MM, STAYS_Y_MM = 0.06, 25.0, 8.0
STAYS_SHARE_APART, STAYS_MM_APART = 0.015, 10.0
GONE_S = 0.5  # over which the mean load must have left the weight ...
GONE_STEPS = round(GONE_S / STEP_S)
GONE_SHARE = 0.15  # ... by this share: sitting up, rolling over, getting off
GONE_STAYS_S = 0.5  # ... and not come back: a leg thrown up swings a fifth of a heavy body's weight
GONE_ALL_SHARE = 0.5  # no leg does this; whoever is that light has got off
MOVED_MM = 90.0  # mean centre of pressure away from rest: a new place, not a lift (17 mm at 45 deg)


@dataclass(slots=True)
class Place:
    """How heavy somebody is, and where their centre of pressure lies, at rest.

    Not frozen: whoever follows a resting body moves its place along.
    """

    load_kg: float
    x_mm: float
    y_mm: float


class Lying:
    """The last STAYS_S of load and moments."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        """Take the mat's cells; on a mat that is too short nobody lies."""
        x_mm = [cell.x_mm for cell in cells]
        self._can_lie = max(x_mm) - min(x_mm) >= LYING_MIN_SPAN_MM
        self._beside_mm = LYING_BESIDE_SHARE * max(abs(cell.y_mm) for cell in cells)
        self._recent: deque[StepMean] = deque(maxlen=STAYS_STEPS)
        self._away_steps = 0

    @property
    def is_known(self) -> bool:
        """Return whether anything was measured since the last was forgotten."""
        return bool(self._recent)

    @property
    def is_away(self) -> bool:
        """Return whether the body has left its place and may still come back."""
        return self._away_steps > 0

    @property
    def recent_y_mm(self) -> list[float]:
        """Return the centres of pressure across the mat of the last STILL_S, oldest first."""
        return [step.y_kgmm / step.load_kg for step in self._newest(STILL_STEPS)]

    def add(self, step: StepMean) -> None:
        """Take the next step that was measured."""
        self._recent.append(step)

    def forget(self) -> None:
        """Forget what was measured so far."""
        self._recent.clear()
        self._away_steps = 0

    def place(self) -> Place | None:
        """Return where somebody lies: still for STILL_S, or staying for STAYS_S; None: nobody."""
        place = self._kept_place() if self._can_lie else None
        return place if place is not None and abs(place.y_mm) <= self._beside_mm else None

    def _kept_place(self) -> Place | None:
        """Return where somebody has kept still, or stayed.

        Who has just become still is about to be weighed better than by staying.
        """
        newest = self._newest(STILL_STEPS)
        if len(newest) == STILL_STEPS and _are_still(newest):
            return mean_place(newest)
        if len(self._recent) == STAYS_STEPS and not _are_still(self._newest(JUST_STILL_STEPS)):
            return mean_place(self._recent) if self._stays() else None
        return None

    def _newest(self, steps: int) -> list[StepMean]:
        return list(islice(self._recent, max(0, len(self._recent) - steps), None))

    def _stays(self) -> bool:
        """Return whether a body that moves has stayed where it is."""
        loads = [step.load_kg for step in self._recent]
        mean_kg = sum(loads) / STAYS_STEPS
        if mean_kg < LYING_MIN_KG or _spread(loads) > STAYS_LOAD_SHARE * mean_kg:
            return False
        xs = [step.x_kgmm / mean_kg for step in self._recent]
        ys = [step.y_kgmm / mean_kg for step in self._recent]
        return (
            _spread(xs) < STAYS_X_MM
            and _spread(ys) < STAYS_Y_MM
            and _apart(loads) < STAYS_SHARE_APART * mean_kg
            and max(_apart(xs), _apart(ys)) < STAYS_MM_APART
        )

    def has_left(self, place: Place) -> bool:
        """Return whether the body has left its place and stays away; to be asked at each step."""
        mean = mean_place(list(islice(reversed(self._recent), GONE_STEPS)))
        if mean.load_kg < GONE_ALL_SHARE * place.load_kg:
            return True
        is_away = is_elsewhere(mean, place)
        self._away_steps = self._away_steps + 1 if is_away else 0
        return self._away_steps * STEP_S >= GONE_STAYS_S - 0.5 * STEP_S


def _are_still(steps: Sequence[StepMean]) -> bool:
    loads = [step.load_kg for step in steps]
    mean_kg = sum(loads) / len(loads)
    if mean_kg < LYING_MIN_KG or max(loads) - min(loads) > STILL_LOAD_SHARE * mean_kg:
        return False
    xs = [step.x_kgmm / step.load_kg for step in steps]
    ys = [step.y_kgmm / step.load_kg for step in steps]
    return max(xs) - min(xs) < STILL_X_MM and max(ys) - min(ys) < STILL_Y_MM


def mean_place(steps: Collection[StepMean]) -> Place:
    """Return the mean load of one step or more and where it lies: nowhere without any load."""
    load_kg = x_kgmm = y_kgmm = 0.0
    for step in steps:  # `sum` rounds otherwise from Python 3.12 on
        load_kg += step.load_kg
        x_kgmm += step.x_kgmm
        y_kgmm += step.y_kgmm
    if not load_kg:
        return Place(0.0, math.nan, math.nan)
    return Place(load_kg / len(steps), x_kgmm / load_kg, y_kgmm / load_kg)


def is_elsewhere(mean: Place, place: Place) -> bool:
    """Return whether a body with this mean over GONE_S is not where it lies."""
    off_mm = math.hypot(mean.x_mm - place.x_mm, mean.y_mm - place.y_mm)
    return abs(mean.load_kg / place.load_kg - 1.0) > GONE_SHARE or off_mm > MOVED_MM


def _spread(values: Sequence[float]) -> float:
    """Return their standard deviation; `statistics.pstdev` takes 13 times as long."""
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))


def _apart(values: Sequence[float]) -> float:
    """Return how far the means of both halves are apart."""
    half = len(values) // 2
    return abs(sum(values[:half]) / half - sum(values[half:]) / (len(values) - half))
