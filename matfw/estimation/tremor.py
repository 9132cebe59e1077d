"""How much a lifted leg trembles, learned from the load itself while it is up.

A leg held in the air shakes at 5-8 Hz: 0.02 degrees there are 2 N of load, as much as a good lift's
own force. A filter that takes it for information follows it. The fourth difference of 50 ms means
lets nothing of a lift through (a 2 s one leaves 0.01 N, a kick in 0.5 s some 10 N for a moment) and
multiplies 6 Hz by 6.85. What shakes is the leg, so load and moment shake together.
"""

from __future__ import annotations

from collections import deque
from operator import mul

from matfw.estimation.leg_model import LegModel
from matfw.estimation.noise import STEP_S, Sensing

WEIGHTS = (1.0, -4.0, 6.0, -4.0, 1.0)  # of a fourth difference
GAIN = 6.85**2  # of its power at 6 Hz
TAU_S = 0.7  # how fast the size is followed: a tremor lasts, a kick does not
MAX_N2 = 9.0  # that one step may count for
CALM_N2 = 0.4  # of it that heart and converters make, at a noise scale of 1
MOMENT_SPARE = 1.1  # power of the moment that is not the leg's


class Tremor:
    """Follow the load's shaking, one step of 50 ms at a time."""

    def __init__(self, model: LegModel) -> None:
        """Take the leg; it is calm."""
        lever_m = model.inertia_kgm2 / model.moment_kgm
        self._shared = 1.0, lever_m, MOMENT_SPARE * lever_m**2
        self._recent: deque[float] = deque(maxlen=len(WEIGHTS))
        self._power_n2 = 0.0

    def shift(self, force_n: float) -> None:
        """Note that loads will from now on be measured from force_n higher."""
        self._recent.extend([load_n - force_n for load_n in self._recent])

    def skip(self) -> None:
        """Note that a step is missing: no difference is taken across it."""
        self._recent.clear()

    def update(self, force_n: float, noise_scale: float) -> Sensing:
        """Return what it adds to the covariance of load (N) and moment (N m).

        noise_scale: of this body, variance against the usual.
        """
        self._recent.append(force_n)
        if len(self._recent) == len(WEIGHTS):
            power_n2 = sum(map(mul, WEIGHTS, self._recent)) ** 2 / GAIN
            self._power_n2 += STEP_S / TAU_S * (min(power_n2, MAX_N2) - self._power_n2)
        power_n2 = max(0.0, self._power_n2 - CALM_N2 * noise_scale)
        load, both, moment = self._shared
        return power_n2 * load, power_n2 * both, power_n2 * moment
