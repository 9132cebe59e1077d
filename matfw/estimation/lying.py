"""Does somebody lie still, and where; have they left that place: from a load's last steps."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from matfw.estimation.noise import STEP_S
from matfw.estimation.step_means import StepMean
from matfw.layouts import LYING_MIN_SPAN_MM
from matfw.messages import Cell

LYING_MIN_KG = 20.0  # a child's weight; less is not judged
STILL_S = 1.5  # of stillness before somebody counts as lying; facts: forging by fidgets ends there
STILL_STEPS = round(STILL_S / STEP_S)
STILL_LOAD_SHARE = 0.015  # of the weight: range of the load while still
STILL_X_MM = 8.0  # range of the centre of pressure while still (breath 0.4-1.6 mm)
STILL_Y_MM = 6.0
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
    """The last STILL_S of load and moments."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        """Take the mat's cells; on a mat that is too short nobody lies."""
        x_mm = [cell.x_mm for cell in cells]
        self._can_lie = max(x_mm) - min(x_mm) >= LYING_MIN_SPAN_MM
        self._recent: deque[StepMean] = deque(maxlen=STILL_STEPS)
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
        """Return the last steps' centres of pressure across the mat, oldest first."""
        return [step.y_kgmm / step.load_kg for step in self._recent]

    def add(self, step: StepMean) -> None:
        """Take the next step that was measured."""
        self._recent.append(step)

    def forget(self) -> None:
        """Forget what was measured so far."""
        self._recent.clear()
        self._away_steps = 0

    def still_place(self) -> Place | None:
        """Return where somebody lies who has been still for STILL_S; None: nobody has."""
        if not self._is_still():
            return None
        n = len(self._recent)
        load_kg = sum(step.load_kg for step in self._recent) / n
        return Place(
            load_kg,
            sum(step.x_kgmm for step in self._recent) / n / load_kg,
            sum(step.y_kgmm for step in self._recent) / n / load_kg,
        )

    def _is_still(self) -> bool:
        if not self._can_lie or len(self._recent) < STILL_STEPS:
            return False
        loads = [step.load_kg for step in self._recent]
        mean_kg = sum(loads) / len(loads)
        if mean_kg < LYING_MIN_KG or max(loads) - min(loads) > STILL_LOAD_SHARE * mean_kg:
            return False
        xs = [step.x_kgmm / step.load_kg for step in self._recent]
        ys = self.recent_y_mm
        return max(xs) - min(xs) < STILL_X_MM and max(ys) - min(ys) < STILL_Y_MM

    def has_left(self, place: Place) -> bool:
        """Return whether the body has left its place and stays away; to be asked at each step."""
        load_kg = x_kgmm = y_kgmm = 0.0
        newest = list(islice(reversed(self._recent), GONE_STEPS))
        for step in newest:  # `sum` rounds otherwise from Python 3.12 on
            load_kg += step.load_kg
            x_kgmm += step.x_kgmm
            y_kgmm += step.y_kgmm
        steps = len(newest)
        load_kg /= steps
        if load_kg < GONE_ALL_SHARE * place.load_kg:
            return True
        off_mm = math.hypot(
            x_kgmm / steps / load_kg - place.x_mm, y_kgmm / steps / load_kg - place.y_mm
        )
        is_away = abs(load_kg / place.load_kg - 1.0) > GONE_SHARE or off_mm > MOVED_MM
        self._away_steps = self._away_steps + 1 if is_away else 0
        return self._away_steps * STEP_S >= GONE_STAYS_S - 0.5 * STEP_S
