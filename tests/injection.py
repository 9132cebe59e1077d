"""A reader beside what a real computer does to it: held up anywhere, chips that are reset.

Every conversion gives another random word, so that a value that is torn, of another conversion,
unsettled or at another gain is not the right one by chance; `Outcome.wrong` counts them.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from matfw.devices.parallel import ParallelReader
from matfw.virtual.bench import CALL_COST_S, VirtualBench
from matfw.virtual.clock import VirtualClock
from matfw.virtual.lines import Moment
from tests.rigs import counting_mat

OSCILLATOR_SPREAD = 0.1  # the datasheet says "typ" only
POWER_DOWN_S = (55e-6, 70e-6)  # of single chips, about the datasheet's 60 us
HOLE_S = 0.031  # what the line bridges without a word
KEPT_WORDS = 400
FRESH_PERIODS = 2.2  # a value whose conversion ended longer ago than this is another's, so wrong
INSIDE = (Moment.AFTER_RISE, Moment.BEFORE_FALL)
OUTSIDE = (Moment.BEFORE_RISE, Moment.AFTER_FALL)
SPIKE_S = 100e-6

Duration = Callable[[Random], float]


def heavy_tailed(rng: Random) -> float:
    """Return a stall of 20 us or more, half of them over 38 us, one in a hundred over 2 ms."""
    return float(min(20e-6 * rng.paretovariate(1.0), 0.02))


def log_uniform(rng: Random) -> float:
    """Return a stall of 10 us to 5 ms, as many in each decade."""
    return 10e-6 * math.exp(rng.random() * math.log(500.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """What is done to a reader.

    probability: of a stall, per pulse. inside_share: of the stalls, while SCK is high; the others
    lie within the two looks at the clock too. is_anywhere: also in looks, and sleeps end late.
    spike_probability: per frame, between two bursts, of a spike on the SCK of a random few chips.
    tail_ones: of the words' last bits, in every fourth word.
    """

    probability: float = 0.0
    inside_share: float = 0.5
    duration: Duration = heavy_tailed
    is_anywhere: bool = False
    spike_probability: float = 0.0
    tail_ones: int = 0


@dataclass(slots=True)
class Outcome:
    """What came of it."""

    frames: int = 0
    values: int = 0
    lost: int = 0
    wrong: int = 0
    holes: int = 0
    lasted_s: float = 0.0
    power_downs: int = 0
    torn: int = 0

    @property
    def lost_pct(self) -> float:
        """Return the share of conversions that are missing."""
        return 100.0 * self.lost / max(self.values + self.lost, 1)

    @property
    def holes_per_minute(self) -> float:
        """Return how often a minute any cell gave nothing for over HOLE_S, or 2.5 periods."""
        return 60.0 * self.holes / self.lasted_s


class _LateClock(VirtualClock):
    """Sleeps end late now and then."""

    def __init__(self, start_s: float, late_s: Callable[[], float]) -> None:
        super().__init__(start_s)
        self._late_s = late_s

    def sleep_s(self, duration_s: float) -> None:
        """Sleep and some more."""
        super().sleep_s(duration_s)
        if duration_s > 0.0:
            self.advance_s(self._late_s())


class Bench:
    """A parallel reader on chips of random words; `run` it."""

    def __init__(
        self,
        injection: Injection,
        *,
        is_sck_shared: bool = False,
        rate_hz: float = 80.0,
        seed: int = 0,
        cells: int = 4,
        is_ready_while_settling: bool = False,
        tears: bool = False,
        call_cost_s: float = CALL_COST_S,
    ) -> None:
        self._injection = injection
        self._rng = Random(seed)
        self._period_s = 1.0 / rate_hz
        self._words: deque[tuple[float, list[int]]] = deque(maxlen=KEPT_WORDS)
        self.clock = _LateClock(1000.0, self._late_s)
        errors = [self._rng.uniform(-1.0, 1.0) * OSCILLATOR_SPREAD for _ in range(cells)]
        self.bench = VirtualBench(
            counting_mat(cells, rate_hz),
            self._signal,
            self.clock,
            seed=seed,
            oscillator_error=errors,
            noise_counts=0.0,
            is_ready_while_settling=is_ready_while_settling,
            tears=tears,
            call_cost_s=call_cost_s,
            power_down_s=[self._rng.uniform(*POWER_DOWN_S) for _ in range(cells)],
        )
        self.chips = tuple(self.bench.chips.values())
        lines = self.bench.lines(is_sck_shared=is_sck_shared, delay_s=self._delay_s)
        self._is_sck_shared = is_sck_shared
        names = tuple(self.bench.chips)
        self.reader = ParallelReader(
            names, lines, self.clock, rate_hz=rate_hz, is_sck_shared=is_sck_shared
        )
        self._is_quiet = True
        self.reader.start()

    def run(self, frames: int, quiet_frames: int = 60) -> Outcome:
        """Read, after some quiet frames in which the rhythms are found; return what came."""
        for _ in range(quiet_frames):
            self.reader.read()
        self._is_quiet = False
        outcome, chips = Outcome(frames), self.chips
        began_s = self.clock.now_s()
        downs = sum(chip.counters.power_downs for chip in chips)
        got_s = [began_s] * len(chips)
        hole_s = max(HOLE_S, 2.5 * self._period_s)
        for _ in range(frames):
            frame = self.reader.read()
            for i, value in enumerate(frame.counts):
                if value is None:
                    continue
                outcome.values += 1
                outcome.wrong += not self._is_right(i, value, frame.t_s)
                outcome.holes += frame.t_s - got_s[i] > hole_s
                got_s[i] = frame.t_s
            if self._rng.random() < self._injection.spike_probability:
                self._spike()
        outcome.lasted_s = self.clock.now_s() - began_s
        period_s = [c.period_s for c in chips]
        slowest_s = max(period_s)
        due = [outcome.lasted_s / (slowest_s if self._is_sck_shared else p) for p in period_s]
        outcome.lost = max(0, round(sum(due)) - outcome.values)
        outcome.power_downs = sum(chip.counters.power_downs for chip in chips) - downs
        outcome.torn = sum(c.torn for c in self.reader.stats.cells.values())
        return outcome

    def _signal(self, t_s: float) -> list[int]:
        """Return each cell's word of a conversion that ends at t_s."""
        words = []
        for i in range(len(self.bench.chips) if hasattr(self, "bench") else 12):
            word = hash((t_s, i)) >> 7 & 0xFFFFFF
            if self._injection.tail_ones and word >> 20 & 3 == 0:
                word |= (1 << self._injection.tail_ones) - 1
            words.append(word - (1 << 24) if word >> 23 else word)
        self._words.append((t_s, words))
        return words

    def _is_right(self, cell: int, value: int, t_s: float) -> bool:
        oldest_s = t_s - FRESH_PERIODS * self._period_s
        for at_s, words in reversed(self._words):  # not quite in the order of their times
            if words[cell] == value:
                return at_s >= oldest_s
        return False

    def _late_s(self) -> float:
        injection, rng = self._injection, self._rng
        if self._is_quiet or not injection.is_anywhere or rng.random() >= injection.probability:
            return 0.0
        return injection.duration(rng)

    def _delay_s(self, moment: Moment) -> float:
        injection, rng = self._injection, self._rng
        if self._is_quiet or not injection.probability:
            return 0.0
        if moment in INSIDE:
            share = 0.5 * injection.inside_share
        elif moment in OUTSIDE:
            share = 0.5 * (1.0 - injection.inside_share)
        else:
            share = 0.5 if injection.is_anywhere else 0.0
        return injection.duration(rng) if rng.random() < share * injection.probability else 0.0

    def _spike(self) -> None:
        """Reset one, some or all chips between two bursts."""
        hit = self._rng.sample(self.chips, self._rng.choice((1, 2, len(self.chips))))
        for chip in hit:
            chip.set_sck(True, self.clock.now_s())
        self.clock.advance_s(SPIKE_S)
        for chip in hit:
            chip.set_sck(False, self.clock.now_s())
