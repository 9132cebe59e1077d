"""Two or three taps of a hand on the mat, from load, place and the quiet around them.

A hand that taps gives a pulse of some 0.1 s. So do a leg that lands, a heel that kicks, somebody
who hops aside; load alone does not tell them apart (of taps of 25-120 N, 86 % found at no false one
and 96 % at 2.7 an hour). What does is that the pulse's own place, change of moment over change of
force, is in a hand's reach, where no leg lands; that it was quiet before; and that pulses of one
kind follow each other in a rhythm, with next to no dip between them: an arm that is put elsewhere
has one as deep as its two pulses are high. Looked for only while the leg rests, listened always:
what seems a leg for a moment may be the arm that is thrown down.

It takes the loads as they were read: `impulses` withholds what one cell feels alone, which a tap
over a corner is, and so do they here, but for their place: a single cell's spike has the cell's.
A pulse is found in load without single wrong samples, smoothed. Its place is that of all samples
of it as they were read: the middle one of three is now and then taken twice and its neighbour not
at all, which of a tap of three samples, each cell's read at another time, makes another place.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from matfw.estimation.anthropometry import GRAVITY_M_S2
from matfw.messages import Cell, Loads, Phase, PhaseStep

ON_N = 7.0  # of a pulse over the load before; `conditioning` leaves 8 of a soft, short tap of 25 N
BACK_SHARE = 0.45  # of its peak: the pulse is over
WIDTH_S = (0.02, 0.22)  # from ON_N to back; a landing leg is wider, and so is a push
BASE_TAU_S = 0.25  # of the load that a pulse is over, while it is quiet, ...
BASE_LOUD_TAU_S = 1.5  # ... and while an arm is thrown down, or somebody moves
APART_S = (0.16, 0.56)  # from a tap to the next; an arm put elsewhere: 0.6 s and more
QUIET_S = 0.7  # before the first ...
THROWN_S = 0.25  # ... up to when the arm is thrown down, which the load dips for, ...
QUIET_SHARE = 0.4  # ... in which nothing is louder than this share of it
REACH_X_MM = (-800.0, 300.0)  # of a hand: from over the head to the hip; knees lie at 420
REACH_Y_MM = 360.0  # the deck's half width is 325
# Two taps of one hand are no farther apart, along and across. Cells are read up to 12 ms apart:
# virtual taps of 30 to 50 ms are found within 100 mm of their place along the mat, 24 across.
SPREAD_MM = (300.0, 150.0)
ALIKE = 3.5  # times that one is stronger than another at most
# Of the weaker of two taps, by which the load falls between them at most: the arm's fall takes 0.12
# to 0.29 off virtual taps, an arm that is moved and caught again 1.0 to 1.3.
DIP_SHARE = 0.6
TAPS = (2, 3)
LEAD_S = 0.03  # of a pulse that has come before it is found: the low-passes' delay
CORNER_HZ = 14.0  # of each of two low-passes, as in `conditioning`
# In place of two samples: the median with one is that one, and with two the larger.
NOT_READ = ((-math.inf, 0.0, 0.0), (math.inf, 0.0, 0.0))
HOLE_S = 0.1  # without one whole frame, after which it begins again


@dataclass(frozen=True, slots=True)
class _Pulse:
    at_s: float
    peak_n: float
    x_mm: float
    y_mm: float

    def is_like(self, other: _Pulse) -> bool:
        """Return whether one hand may have made both."""
        ratio = max(self.peak_n, other.peak_n) / min(self.peak_n, other.peak_n)
        along_mm, across_mm = abs(self.x_mm - other.x_mm), abs(self.y_mm - other.y_mm)
        return ratio <= ALIKE and along_mm <= SPREAD_MM[0] and across_mm <= SPREAD_MM[1]


class Taps:
    """Finds taps; says how many once no more can follow."""

    def __init__(self, cells: Sequence[Cell], rate_hz: float) -> None:
        """Take the cells in the frame's order and the nominal frame rate."""
        self._places = tuple((cell.x_mm, cell.y_mm) for cell in cells)
        self._gain = 1.0 - math.exp(-2.0 * math.pi * min(CORNER_HZ, 0.25 * rate_hz) / rate_hz)
        self._lead = round(LEAD_S * rate_hz)
        self._kept = self._lead + math.ceil(WIDTH_S[1] * rate_hz) + 2
        self._clean_s = -math.inf
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self._two = NOT_READ  # the last samples
        self._low1: tuple[float, float, float] | None = None
        self._low2: tuple[float, float, float] | None = None
        self._base: tuple[float, float, float] | None = None
        self._last_s = 0.0
        self._began_s: float | None = None
        self._peak_kg = 0.0
        self._samples = 0  # of the pulse
        self._read: deque[tuple[float, float, float]] = deque(maxlen=self._kept)
        self._heard: deque[tuple[float, float]] = deque()  # t_s, N off the base, before the pulse
        self._dip_n = 0.0  # that the load has fallen by since the last pulse
        self._taps: list[_Pulse] = []
        self._is_armed = True  # the last pulse has died away

    def update(self, loads: Loads, phase: PhaseStep | None) -> int:
        """Return 2 or 3 when so many taps have just ended, else 0."""
        t_s = loads.t_s
        if t_s - self._clean_s > HOLE_S:
            self.reset()
        if None in loads.loads_kg:
            return 0
        self._clean_s = t_s
        now = self._smoothed(loads)
        if self._base is None:
            self._base, self._last_s = now, t_s
            return 0
        (a, b, c), (kg, x_kgmm, y_kgmm) = self._base, now
        off_kg = kg - a
        off_n = off_kg * GRAVITY_M_S2
        if phase is not None and phase.phase is not Phase.REST and self._is_lifting(t_s, phase):
            self._stand_by(t_s, off_n)
        else:
            self._follow(t_s, off_n, off_kg)
        if self._began_s is None and self._base is not None:
            tau_s = BASE_TAU_S if abs(off_n) < ON_N else BASE_LOUD_TAU_S
            share = min(1.0, (t_s - self._last_s) / tau_s)
            self._base = a + share * off_kg, b + share * (x_kgmm - b), c + share * (y_kgmm - c)
        self._last_s = t_s
        return self._finished(t_s) if self._taps else 0

    def _is_lifting(self, t_s: float, phase: PhaseStep) -> bool:
        """Return whether a leg is up, and not just what began with taps.

        What begins within taps are the taps, of 90 N and more, and so is what began as the arm was
        thrown down for the first: of what has just begun that cannot be known yet.
        """
        first_s = self._taps[0].at_s if self._taps else self._began_s or t_s
        return phase.since_s < first_s - THROWN_S

    def _smoothed(self, loads: Loads) -> tuple[float, float, float]:
        """Return load and moments without single wrong samples, kg and kg mm."""
        kg = x_kgmm = y_kgmm = 0.0
        for load, (x_mm, y_mm) in zip(loads.loads_kg, self._places, strict=True):
            if load is not None:
                kg += load
                x_kgmm += load * x_mm
                y_kgmm += load * y_mm
        now = kg, x_kgmm, y_kgmm
        self._read.append(now)
        # The median of three, without a sort.
        older, last = self._two
        low, high = (older, last) if older < last else (last, older)
        middle = low if now < low else min(high, now)
        self._two = last, now
        a, b, c = self._low1 or middle
        d, e, f = self._low2 or middle
        gain = self._gain
        a += gain * (middle[0] - a)
        b += gain * (middle[1] - b)
        c += gain * (middle[2] - c)
        self._low1 = (a, b, c)
        self._low2 = (d + gain * (a - d), e + gain * (b - e), f + gain * (c - f))
        return self._low2

    def _stand_by(self, t_s: float, off_n: float) -> None:
        """Take nothing for a tap, but note how quiet it is: what is taken for a leg may be none."""
        self._taps, self._began_s, self._is_armed = [], None, False
        self._hear(t_s, abs(off_n))

    def _hear(self, t_s: float, off_n: float) -> None:
        heard = self._heard
        heard.append((t_s, off_n))
        oldest_s = t_s - QUIET_S - WIDTH_S[1]
        while heard[0][0] < oldest_s:
            heard.popleft()

    def _follow(self, t_s: float, off_n: float, off_kg: float) -> None:
        if self._began_s is None:
            self._is_armed = self._is_armed or off_n < ON_N
            if off_n < ON_N or not self._is_armed:
                self._dip_n = max(self._dip_n, -off_n)
                self._hear(t_s, abs(off_n))
                return
            self._began_s, self._peak_kg, self._samples, self._is_armed = t_s, off_kg, 1, False
            return
        self._samples += 1
        self._peak_kg = max(self._peak_kg, off_kg)
        peak_n = self._peak_kg * GRAVITY_M_S2
        if off_n > BACK_SHARE * peak_n:
            if t_s - self._began_s > WIDTH_S[1]:
                self._give_up(t_s)
            return
        self._end_pulse(t_s, peak_n)

    def _end_pulse(self, t_s: float, peak_n: float) -> None:
        began_s = self._began_s or t_s
        x_mm, y_mm = self._place_mm()
        pulse = _Pulse(began_s, peak_n, x_mm, y_mm)
        dip_n, self._dip_n, self._began_s = self._dip_n, 0.0, None
        is_reached = REACH_X_MM[0] <= x_mm <= REACH_X_MM[1] and abs(y_mm) <= REACH_Y_MM
        if not is_reached or t_s - began_s < WIDTH_S[0]:
            self._give_up(t_s)
        elif not self._taps:
            if self._is_quiet(began_s, peak_n):
                self._taps = [pulse]
        elif (
            APART_S[0] <= began_s - self._taps[-1].at_s
            and pulse.is_like(self._taps[0])
            and dip_n <= DIP_SHARE * min(peak_n, self._taps[-1].peak_n)
        ):
            self._taps.append(pulse)
        else:
            self._give_up(t_s)

    def _place_mm(self) -> tuple[float, float]:
        """Return the place of the whole pulse: its peak comes to each cell's sample at its time."""
        base = self._base or (0.0, 0.0, 0.0)
        samples = islice(reversed(self._read), self._samples + self._lead)
        offs = [(kg - base[0], x - base[1], y - base[2]) for kg, x, y in samples]
        kg, x_kgmm, y_kgmm = map(sum, zip(*offs, strict=True))
        # Less than nothing: what was read beside the pulse outweighs it, so it has no place.
        return (x_kgmm / kg, y_kgmm / kg) if kg > 0.0 else (math.inf, math.inf)

    def _is_quiet(self, began_s: float, peak_n: float) -> bool:
        before = [
            off_n for t_s, off_n in self._heard if began_s - QUIET_S <= t_s < began_s - THROWN_S
        ]
        return bool(before) and max(before) <= QUIET_SHARE * peak_n

    def _give_up(self, t_s: float) -> None:
        """Take what was seen for something else, and wait until it is quiet again."""
        self._taps = []
        self._began_s = None
        self._base = None
        self._heard.clear()
        self._heard.append((t_s, 1e3))  # loud: nothing within QUIET_S is a first tap

    def _finished(self, t_s: float) -> int:
        if self._began_s is not None:
            return 0
        if t_s - self._taps[-1].at_s <= APART_S[1]:
            return 0
        taps, self._taps = len(self._taps), []
        return taps if taps in TAPS else 0
