"""What all cells step by alike, as their supply does and no body: what the buzzer draws.

A buzzer pulls the supply of bridges and converters down for as long as it sounds, from an earcon's
0.1 s to the tone of a whole repetition. All cells then step by the same, at once, and back. A body
pushes where it lies, not on all cells alike, and gathers way. So that step is taken off, from its
first sample on; an end whose beginning was lost, in a movement say, is known by the load that it
leads back to. A step that stays was a zero that jumped in all cells: it is taken off until the mat
is left, and the next one who comes is weighed without it. One that does not stay was none: a crest
of a ripple of the supply, say, which swings about the load that was there before.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from msgspec.structs import replace

from matfw.messages import Loads

# That all cells step by, at least and at most: the buzzer's draw was 0.3 kg where it was measured,
# and more than this is a zero that has jumped (`zero_jumps`).
STEP_KG, STEP_MAX_KG = 0.15, 1.2
ONSET_KG = 0.1  # in a sample, off the straight line through the two before it
CALM_SHARE = 0.25  # of it that the samples before are off theirs, and move: a body gathers way
CALM_KG = 0.04  # ... or this, which is the noise of four cells' mean
CALM_SAMPLES = TREND_SAMPLES = 3  # before it: that are calm, and give the straight line
SPREAD = 0.3  # of it that the cells differ by at most, rms ...
SPREAD_KG = 0.06  # ... or this, which is their noise
# The converter's filter settles for four samples (HX711 datasheet p. 3); then a step is level.
STEP_SAMPLES = 6
LEVEL_SHARE = 0.15  # of the step that its last two samples may still move by
STEP_BACK = 0.4  # of the step that may be left when it is over
STEP_AGAIN = 0.6  # of the step that another one the same way is at least, if it is the same again
USUAL_S = 2.0  # that the usual load is taken over
BACK_SHARE = 0.5  # of a step that it misses the usual load by: the end of one that was not seen
# A step that does not stay: the load's mean over so long, without what is taken off, comes as near
# as this share of the step to what was usual before it, and is there for a while: a body that moves
# goes past. Its end was lost in a hole or in noise, or it was a ripple's crest. That shows soon:
# later who lies there may have gone on to weigh as much less, by a hand that leans or by creep.
STAYS_S, STAYS_SHARE = 0.4, 0.3
BACK_S = 0.2
DOUBTED_S = 3.0  # after it became level
LOST_S = 3.0  # a cell that gives nothing for so long: who lies there is then weighed again
LEFT_KG = 15.0  # on all cells, or less: whoever lay there has left
HOLE_PERIODS = 1.5  # between two frames: what was before belongs to another time
SLOWEST_HZ = 60.0  # at which a step is as short as this


class Supply:
    """Take off what all cells step by alike. offset_kg: of it now."""

    def __init__(self, cells: int, rate_hz: float) -> None:
        """Take the number of cells and the nominal frame rate; slow converters show no steps."""
        self._cells = cells
        self._can_see = cells > 1 and rate_hz >= SLOWEST_HZ
        self._hole_s = HOLE_PERIODS / rate_hz
        self._gain = 1.0 / (USUAL_S * rate_hz)
        self._stays_gain = 1.0 / (STAYS_S * rate_hz)
        self._most_back_frames = round(BACK_S * rate_hz)
        self._doubted_frames = round(DOUBTED_S * rate_hz)
        self.reset()

    def reset(self) -> None:
        """Begin with a supply that is steady."""
        self.offset_kg = 0.0
        self._before_kg = 0.0  # the offset before the step under way
        self._usual_kg: float | None = None  # on all cells, without the offset
        self._real_kg = 0.0  # usual before what is taken off now
        self._mean_kg = 0.0  # of the load since, with what is taken off
        self._back_frames = 0  # in which that was the usual one again
        self._level_frames = 0  # since the step became level
        self._whole_s = -math.inf  # when no cell was missing last
        self._forget()

    def _forget(self) -> None:
        """Forget the loads, and give up a step under way."""
        self._last_s = -math.inf
        self._rows: deque[Sequence[float]] = deque(maxlen=TREND_SAMPLES + 1)  # the last loads
        self._sums_kg = (0.0, 0.0)  # of the last two
        self._bends_kg: deque[float] = deque(maxlen=CALM_SAMPLES)
        self._samples = 0  # of the step under way

    def update(self, loads: Loads) -> Loads:
        """Return the loads without the step."""
        if not self._can_see:
            return loads
        t_s, loads_kg = loads.t_s, loads.loads_kg
        if None in loads_kg or t_s - self._last_s > self._hole_s:
            if self._samples:
                self.offset_kg = self._before_kg
            self._forget()
        self._last_s = t_s
        if None not in loads_kg:
            self._whole_s = t_s
            self._see(loads_kg)  # type: ignore[arg-type]
        elif self.offset_kg and t_s - self._whole_s > LOST_S:
            self.offset_kg, self._usual_kg = 0.0, None
        if not self.offset_kg:
            return loads
        offset_kg = self.offset_kg
        return replace(
            loads, loads_kg=tuple([None if x is None else x - offset_kg for x in loads_kg])
        )

    def _see(self, loads_kg: Sequence[float]) -> None:
        """Take a frame that lacks no cell."""
        older_kg, last_kg = self._sums_kg
        sum_kg = sum(loads_kg)
        bend_kg = abs(sum_kg - 2.0 * last_kg + older_kg)
        usual_kg, real_kg = self._usual_kg, sum_kg - self._cells * self.offset_kg
        self._usual_kg = (
            real_kg if usual_kg is None else usual_kg + self._gain * (real_kg - usual_kg)
        )
        settled_kg = self._before_kg if self._samples else self.offset_kg
        has_left = sum_kg - self._cells * settled_kg < LEFT_KG
        if has_left or abs(settled_kg) > STEP_MAX_KG or not self._stays(sum_kg):
            self.offset_kg, self._samples = 0.0, 0
        elif self._samples:
            self._go_on(loads_kg)
        elif bend_kg > ONSET_KG * self._cells and len(self._rows) > TREND_SAMPLES:
            calm_kg = max(CALM_SHARE * bend_kg, CALM_KG * self._cells)
            if abs(last_kg - older_kg) < calm_kg and max(self._bends_kg) < calm_kg:
                self._begin(loads_kg)
        self._bends_kg.append(bend_kg)
        self._rows.append(loads_kg)
        self._sums_kg = last_kg, sum_kg

    def _stays(self, sum_kg: float) -> bool:
        """Return whether the load stays where what is taken off has brought it."""
        if not self.offset_kg or self._samples:
            self._back_frames = 0
            return True
        self._level_frames += 1
        if self._level_frames > self._doubted_frames:
            return True
        self._mean_kg += self._stays_gain * (sum_kg - self._mean_kg)
        near_kg = STAYS_SHARE * abs(self._cells * self.offset_kg)
        is_back = abs(self._mean_kg - self._real_kg) < near_kg
        self._back_frames = self._back_frames + 1 if is_back else 0
        return self._back_frames <= self._most_back_frames

    def _begin(self, loads_kg: Sequence[float]) -> None:
        """See whether a step begins with this sample: all cells alike, off their straight lines."""
        last = self._rows[-1]
        trends = [(b - a) / TREND_SAMPLES for a, b in zip(self._rows[0], last, strict=True)]
        if not _are_alike(last, trends, loads_kg, 1):
            return
        self._from, self._trends, self._usual_at_kg = last, trends, self._usual_kg or 0.0
        self._before_kg, self._samples = self.offset_kg, 1
        self._moved_kg = self._last_moved_kg = _mean_off(last, trends, loads_kg, 1)
        self.offset_kg = self._before_kg + self._moved_kg

    def _go_on(self, loads_kg: Sequence[float]) -> None:
        """Add what the converters' filter spreads over some samples, until the step is level."""
        self._samples += 1
        step_kg = _mean_off(self._from, self._trends, loads_kg, self._samples)
        moved_kg = step_kg - self._moved_kg
        self._moved_kg = step_kg
        self.offset_kg = self._before_kg + step_kg
        is_level = max(abs(moved_kg), abs(self._last_moved_kg)) < LEVEL_SHARE * abs(step_kg)
        self._last_moved_kg = moved_kg
        if not is_level:
            if self._samples == STEP_SAMPLES:
                self._give_up()
            return
        is_step = STEP_KG < abs(step_kg) < STEP_MAX_KG and _are_alike(
            self._from, self._trends, loads_kg, self._samples
        )
        if not is_step:
            self._give_up()
            return
        self._samples = 0
        self._take(step_kg)
        self._mean_kg = sum(loads_kg)
        self._level_frames = 0

    def _take(self, step_kg: float) -> None:
        """Take a step that has become level: it begins, is over, or goes on from another."""
        before_kg = self._before_kg
        if not before_kg:
            self._real_kg = self._usual_at_kg
        if not before_kg and self._leads_back(step_kg):
            self.offset_kg = 0.0
        elif step_kg * before_kg > 0.0 and abs(step_kg) > STEP_AGAIN * abs(before_kg):
            self.offset_kg = step_kg  # the same again: its end in between was not seen
        elif abs(self.offset_kg) < STEP_BACK * max(abs(before_kg), abs(step_kg)):
            self.offset_kg = 0.0

    def _leads_back(self, step_kg: float) -> bool:
        """Return whether it is the end of a step whose beginning was lost, in a movement say."""
        assert self._usual_kg is not None
        back_kg = (self._usual_kg - sum(self._from)) / self._cells
        return abs(back_kg - step_kg) < BACK_SHARE * abs(step_kg)

    def _give_up(self) -> None:
        self.offset_kg, self._samples = self._before_kg, 0


def _mean_off(
    before: Sequence[float], trends: Sequence[float], now: Sequence[float], samples: int
) -> float:
    """Return how far all cells together are off the straight line that they were on."""
    return (sum(now) - sum(before) - samples * sum(trends)) / len(now)


def _are_alike(
    before: Sequence[float], trends: Sequence[float], now: Sequence[float], samples: int
) -> bool:
    """Return whether all cells are off it by the same."""
    mean_kg = _mean_off(before, trends, now, samples)
    limit_kg = max(SPREAD * abs(mean_kg), SPREAD_KG)
    square = sum(
        [
            (z - a - samples * trend - mean_kg) ** 2
            for a, trend, z in zip(before, trends, now, strict=True)
        ]
    )
    return square < limit_kg * limit_kg * len(now)
