"""What plates in a row see that one board cannot: a bent body, and the top leg leaving the other.

Three panels, or lines of cells, along the body weigh its ends and its middle apart. As the top leg
is made light its weight goes from the other leg to the hip, and the trunk see-saws over the pelvis
with it: both ends lose load together, within a tenth of a second or three, however high the leg
goes then. A hand or a shifted body moves load from one end to the other, or off the mat.

How high a leg is the plates do not show, nor whether one that was made light was lifted at all.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from itertools import islice, pairwise
from statistics import fmean

from matfw.messages import Cell, Limits, PlateBalance

MIN_PLATES = 3  # along the body; two see no bend, and one sees neither
# A leg's weight moves 2-6 % of the body's, split between the ends (18-46 N and 48-96 N of loads at
# their own places, which a hinged panel weighs by their distance from the hinge).
LEAVES_SHARE = 0.02  # of the weight that both ends together must lose ...
END_SHARE = 0.007  # ... and each of them, or it was no leg
LANDS_SHARE = 0.5  # of what they lost that comes back with the leg
SPAN_S = 0.5  # before now that load is compared with; making light takes 0.1-0.3 s
EDGE_S = 0.1  # mean of the load before and after
FLAT_S = 0.05  # over which a change that is over ...
FLAT_SHARE = 0.08  # ... goes on by less than this share of itself
LOW, HIGH = 0.1, 0.9  # crossings that show when a change began and ended
TAIL = 0.25  # of the time between them that lies before the first, or after the second

# Not every leg is seen to leave: some bodies take its weight elsewhere. After so many lifts beyond
# doubt of which the plates saw nothing they are not asked, until they see one again.
UNSEEN_LIFTS = 2
SEEN_S = 0.8  # since a lift began, after which what the plates saw of it is known


def contradicts_side(bend_deg: float | None, limits: Limits) -> bool:
    """Return whether the body, taken to lie on the side asked for, seems bent to its back.

    Then it lies arched, or bent forward on the other side: the plates cannot tell which, so they
    never decide the side. bend_deg: as in Motion.
    """
    return bend_deg is not None and bend_deg < -limits.bent_body_deg


class Plates:
    """The plates of a mat in their order along the body."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        """Take the cells; plates are distinguished by their names, placed by their cells."""
        names = list(dict.fromkeys(cell.plate for cell in cells))
        x_mm = {name: fmean(cell.x_mm for cell in cells if cell.plate == name) for name in names}
        order = sorted(names, key=lambda name: x_mm[name])
        self.are_enough = len(names) >= MIN_PLATES
        self._count = len(names)
        self._head, self._middle, self._foot = (
            names.index(order[i]) for i in (0, len(order) // 2, -1)
        )

    def ends_kg(self, plates: Sequence[PlateBalance]) -> tuple[float, float] | None:
        """Return the loads at the head end and at the foot end; None without every plate."""
        if not self.are_enough or len(plates) < self._count:
            return None
        return plates[self._head].load_kg, plates[self._foot].load_kg

    def curve_mm(self, plates: Sequence[PlateBalance]) -> float | None:
        """Return how far the middle plate's load lies beside the line between the outer ones."""
        if not self.are_enough or len(plates) < self._count:
            return None
        head, middle, foot = (plates[i].y_mm for i in (self._head, self._middle, self._foot))
        if head is None or middle is None or foot is None:
            return None
        return middle - 0.5 * (head + foot)


class LegContact:
    """Follow whether the top leg lies on the other one, by the loads at both ends.

    lift_off_s, touch_down_s: when it last left and last came back, None before. Simulated, on
    `hex6`: 98 % of both within 50 ms; a real leg may be made light less smoothly.
    """

    def __init__(self, rate_hz: float) -> None:
        """Take the frame rate; nobody lies there yet."""
        self._span = max(4, round(SPAN_S * rate_hz))
        self._edge = max(1, round(EDGE_S * rate_hz))
        self._flat = max(1, round(FLAT_S * rate_hz))
        self.begin(0.0)

    def begin(self, weight_kg: float) -> None:
        """Take somebody of this weight who has just come to lie still, so with the leg down."""
        self._recent: deque[tuple[float, float, float]] = deque(maxlen=self._span + self._edge)
        self._weight_kg = weight_kg
        self._lost_kg = 0.0
        self._is_changing = False
        self._has_landed = False
        self.is_off = False
        self.lift_off_s: float | None = None
        self.touch_down_s: float | None = None
        self._unseen_lifts = 0
        self._unseen_s = -math.inf  # when the last of them began

    @property
    def is_seen(self) -> bool:
        """Return whether this leg is one that the plates see leave."""
        return self._unseen_lifts < UNSEEN_LIFTS

    def see_lift(self, began_s: float, t_s: float) -> None:
        """Take that a leg is up beyond doubt, and was lifted then: do the plates say so too?"""
        if t_s - began_s <= SEEN_S:
            return
        if self.is_off:
            self._unseen_lifts = 0
        elif began_s - self._unseen_s > SEEN_S:
            self._unseen_lifts += 1
            self._unseen_s = began_s

    def skip(self) -> None:
        """Note that nothing was seen for a while: no change is looked for across it."""
        self._recent.clear()
        self._is_changing = False

    def has_just_landed(self) -> bool:
        """Return whether the leg has landed since this was last asked."""
        has_landed, self._has_landed = self._has_landed, False
        return has_landed

    def update(self, t_s: float, head_kg: float, foot_kg: float) -> None:
        """Take one frame's loads at both ends."""
        recent = self._recent
        recent.append((t_s, head_kg, foot_kg))
        if len(recent) < self._span + self._edge:
            return
        before = list(islice(recent, self._edge))
        sign = 1.0 if self.is_off else -1.0
        head_kg = sign * (head_kg - math.fsum([head for _, head, _ in before]) / self._edge)
        foot_kg = sign * (foot_kg - math.fsum([foot for _, _, foot in before]) / self._edge)
        changed_kg = head_kg + foot_kg
        if not self._is_changing:
            share = LANDS_SHARE if self.is_off else 1.0
            min_kg = max(LEAVES_SHARE * self._weight_kg, self._lost_kg) * share
            end_kg = END_SHARE * self._weight_kg * share
            self._is_changing = min(head_kg, foot_kg) > end_kg and changed_kg > min_kg
        if not self._is_changing:
            return
        _, head, foot = recent[-1 - self._flat]
        goes_on_kg = sign * (recent[-1][1] + recent[-1][2] - head - foot)
        if goes_on_kg < FLAT_SHARE * abs(changed_kg):
            self._is_changing = False
            self._decide(changed_kg, sum(head + foot for _, head, foot in before) / len(before))

    def _decide(self, changed_kg: float, before_kg: float) -> None:
        """Note a change that is over: when a leg left, it was its end, when it lands its begin."""
        sign = 1.0 if self.is_off else -1.0
        series = [(t, sign * (head + foot - before_kg)) for t, head, foot in self._recent]
        low_s, high_s = (_crossed_s(series, share * changed_kg) for share in (LOW, HIGH))
        if low_s is None or high_s is None:
            return
        tail_s = TAIL * (high_s - low_s)
        if self.is_off:
            self.touch_down_s = low_s - tail_s
            self._lost_kg = 0.0
            self._has_landed = True
        else:
            self.lift_off_s = high_s + tail_s
            self._lost_kg = changed_kg
        self.is_off = not self.is_off


def _crossed_s(series: Sequence[tuple[float, float]], level: float) -> float | None:
    """Return when a series last rose through a level."""
    for (late_s, late), (early_s, early) in pairwise(reversed(series)):
        if early < level <= late:
            return early_s + (late_s - early_s) * (level - early) / (late - early)
    return None
