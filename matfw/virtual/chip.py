"""A bit-level HX711: SCK edges at given times in, DOUT's level at a given time out.

Written from the datasheet (AVIA HX711 V2.0) alone and shares nothing with the readers, so that a
reader's mistake is not repeated here. Where the datasheet is silent, the behaviours seen or
suspected in the field are options: whether DOUT falls during settling, and whether a conversion
that ends in mid-read tears the frame.

Nothing runs by itself: conversions that have ended are made up for at the next edge or look, at
their own times.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from matfw.virtual.defects import Defect

POWER_DOWN_S = 60e-6  # SCK high longer than this powers down, unless given; datasheet p. 5
SETTLING_CONVERSIONS = (
    4  # 400 ms at 10 SPS, 50 ms at 80 SPS; datasheet p. 3, "output settling time"
)
UPDATE_HIGH_S = (
    26e-6  # DOUT high while an unread result is replaced; the CS1237's figure, same family
)
MIN_COUNTS, MAX_COUNTS = -(1 << 23), (1 << 23) - 1  # datasheet p. 4: the code saturates
DATA_PULSES = 24
# Pulses in a frame -> share of the gain-128 counts that the next conversion gives (datasheet p. 5).
# 25: channel A, gain 128. 26: channel B, gain 32, where nothing is wired. 27: channel A, gain 64.
NEXT_GAIN: dict[int, float] = {25: 1.0, 26: 0.0, 27: 0.5}


@dataclass(slots=True)
class ChipCounters:
    """What has been done to the chip, for tests and the bench."""

    conversions: int = 0
    pulses: int = 0
    power_downs: int = 0
    torn: int = 0  # frames in which the conversion was replaced between two pulses
    bad_pulse_counts: int = 0  # frames of other than 25 to 27 pulses, power-downs apart
    longest_sck_high_s: float = 0.0


class Hx711Chip:
    """One converter with its bridge.

    counts_at: the bridge's ideal signal at a virtual time, counts at gain 128.
    rate_hz: 10 or 80 (the RATE pin). oscillator_error: 0.01 is 1 % fast. phase: share of a period
    by which the first conversion comes early. noise_counts: rms.
    power_down_s: SCK high longer than this powers the chip down; each chip has its own figure.
    is_ready_while_settling: give the four unsettled results instead of keeping DOUT high.
    tears: a conversion that ends in mid-read goes on from the bit where the old one was.
    """

    def __init__(
        self,
        counts_at: Callable[[float], float],
        *,
        rate_hz: float = 80.0,
        oscillator_error: float = 0.0,
        phase: float = 0.0,
        noise_counts: float = 0.0,
        seed: int = 0,
        defects: Sequence[Defect] = (),
        is_ready_while_settling: bool = False,
        tears: bool = False,
        power_on_s: float = 0.0,
        power_down_s: float = POWER_DOWN_S,
    ) -> None:
        self.counters = ChipCounters()
        self._rate_hz, self._oscillator_error = rate_hz, oscillator_error
        self.period_s = self._period_s(defects)
        self._counts_at = counts_at
        self._noise_counts = noise_counts
        self._rng = Random(seed)
        self._defects = tuple(defects)
        self._reset_s = self._next_reset_s(power_on_s)
        self._is_ready_while_settling = is_ready_while_settling
        self._tears = tears
        self._power_down_s = power_down_s
        self._gain_share = 1.0  # of the gain-128 counts, for the next result
        self._word = 0  # the latest result, 24 bits
        self._has_result = False
        self._pulses = 0  # of the frame now on DOUT
        self._level = True  # DOUT as the last event left it
        self._is_sck_high = False
        self._rise_s = 0.0
        self._high_until_s = -math.inf  # end of the short high when an unread result is replaced
        self._unsettled = 0  # results still to come that are not settled
        self._next_s = 0.0  # when the conversion now running ends
        self._restart(power_on_s - phase * self.period_s)

    @property
    def last_counts(self) -> int:
        """Return the signed counts of the latest result."""
        return self._word - (1 << 24) if self._word >> 23 else self._word

    @property
    def defects(self) -> tuple[Defect, ...]:
        """Return what is wrong with it."""
        return self._defects

    def change_defects(self, defects: Sequence[Defect], t_s: float) -> None:
        """Let this be wrong with it from t_s on, and nothing else.

        A RATE pin moved is heard from the conversion after the one now running.
        """
        self.catch_up(t_s)
        self._defects = tuple(defects)
        self._reset_s = self._next_reset_s(t_s)
        self.period_s = self._period_s(defects)

    def catch_up(self, t_s: float) -> None:
        """End the conversions due by t_s, as a look would, for whoever reads results past DOUT."""
        if not (self._is_sck_high and t_s - self._rise_s > self._power_down_s):
            self._convert_until(t_s)

    def next_change_s(self, t_s: float) -> float:
        """Return the next moment after t_s at which DOUT may move without an edge of SCK.

        The chip must have been looked at, or clocked, at t_s. A floating wire has no such moments.
        """
        moments = [self._next_s, self._high_until_s]
        if self._is_sck_high:  # longer than that, so just after it
            moments.append(math.nextafter(self._rise_s + self._power_down_s, math.inf))
        for defect in self._defects:
            moments += (defect.from_s, defect.until_s)
        return min([at_s for at_s in moments if at_s > t_s], default=math.inf)

    def set_sck(self, level: bool, t_s: float) -> None:
        """Put SCK to a level at t_s; a level it already has is no edge."""
        if level == self._is_sck_high or (self._defects and self._is_clock_cut(t_s)):
            return
        self._is_sck_high = level
        counters = self.counters
        if level:
            if t_s >= self._next_s or t_s >= self._reset_s:
                self._convert_until(t_s)
            self._rise_s = t_s
            counters.pulses += 1
            if self._has_result:  # else a stray pulse: nothing to shift out
                self._pulses += 1
                bit = DATA_PULSES - self._pulses
                self._level = bit < 0 or self._word >> bit & 1 == 1
            return
        high_s = t_s - self._rise_s
        # Without a call: this is hot.
        if high_s > counters.longest_sck_high_s:  # noqa: PLR1730
            counters.longest_sck_high_s = high_s
        if high_s > self._power_down_s:
            counters.power_downs += 1
            self._restart(t_s)

    def dout(self, t_s: float) -> bool:
        """Return what the computer sees on DOUT at t_s."""
        if self._is_sck_high and t_s - self._rise_s > self._power_down_s:
            level = True
        else:
            if t_s >= self._next_s or t_s >= self._reset_s:
                self._convert_until(t_s)
            level = self._level or t_s < self._high_until_s
        for defect in self._defects:
            if defect.is_active(t_s):
                level = defect.dout(level, self._rng)
        return level

    def _period_s(self, defects: Sequence[Defect]) -> float:
        rate_hz = self._rate_hz
        for defect in defects:
            rate_hz = defect.rate_hz or rate_hz
        return 1.0 / (rate_hz * (1.0 + self._oscillator_error))

    def _next_reset_s(self, t_s: float) -> float:
        """Return when, after t_s, a defect lets the converter begin again; inf if never."""
        ends = [d.until_s for d in self._defects if d.resets and d.until_s > t_s]
        return min(ends, default=math.inf)

    def _restart(self, t_s: float) -> None:
        """Begin settling at t_s, as after power-up; the gain stays (V2.0 of the datasheet)."""
        self._has_result = False
        self._pulses = 0
        self._level = True
        self._unsettled = SETTLING_CONVERSIONS - 1 if self._is_ready_while_settling else 0
        silent = 1 if self._is_ready_while_settling else SETTLING_CONVERSIONS
        self._next_s = t_s + silent * self.period_s

    def _convert_until(self, t_s: float) -> None:
        """End every conversion due by t_s; of many, only those that can matter are worked out."""
        while self._reset_s <= t_s:
            self._gain_share = 1.0
            self._restart(self._reset_s)
            self._reset_s = self._next_reset_s(self._reset_s)
        surplus = int((t_s - self._next_s) / self.period_s) - SETTLING_CONVERSIONS
        if surplus > 0:
            self._next_s += surplus * self.period_s
            self.counters.conversions += surplus
        while t_s >= self._next_s:
            self._end_conversion(self._next_s)
            self._next_s += self.period_s

    def _end_conversion(self, t_s: float) -> None:
        counters, pulses = self.counters, self._pulses
        counters.conversions += 1
        is_mid_read = 0 < pulses <= DATA_PULSES
        if pulses in NEXT_GAIN:
            self._gain_share = NEXT_GAIN[pulses]
        elif pulses:
            counters.bad_pulse_counts += 1
            counters.torn += is_mid_read
        self._word = self._result(t_s)
        if is_mid_read and self._tears:
            return
        if self._has_result and pulses <= DATA_PULSES:
            self._high_until_s = t_s + UPDATE_HIGH_S
        self._has_result = True
        self._pulses = 0
        self._level = False

    def _result(self, t_s: float) -> int:
        """Return the 24-bit two's complement of the signal at t_s, clamped as the chip does."""
        counts = self._counts_at(t_s)
        active = [defect for defect in self._defects if defect.is_active(t_s)]
        for defect in active:
            counts = defect.counts(t_s, counts, self._rng)
        counts *= self._gain_share
        if self._noise_counts:  # the converter's own: a shorted bridge rustles too
            counts += self._rng.gauss(0.0, self._noise_counts)
        for defect in active:
            counts = defect.result(counts)
        if self._unsettled:  # a step is answered over four results
            counts *= 1.0 - self._unsettled / SETTLING_CONVERSIONS
            self._unsettled -= 1
        return round(min(max(counts, MIN_COUNTS), MAX_COUNTS)) & 0xFFFFFF

    def _is_clock_cut(self, t_s: float) -> bool:
        return any(defect.is_clock_cut and defect.is_active(t_s) for defect in self._defects)
