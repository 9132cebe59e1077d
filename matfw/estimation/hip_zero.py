"""The hip sensors' roll against the rest before a repetition."""

from __future__ import annotations

from matfw.estimation.noise import STEP_S
from matfw.messages import Hips

HIP_ZERO_TAU_S = 1.0  # of resting that the hip sensors' zero is the mean of


class HipZero:
    """Follow what the hip sensors show at rest; another set of sensors has another zero."""

    def __init__(self) -> None:
        """Begin without a zero."""
        self._zero: tuple[float, tuple[str, ...]] | None = None  # degrees, of these sensors

    def roll_deg(self, hips: Hips | None) -> float | None:
        """Return the pelvis's roll against rest, if the same sensors still answer."""
        zero = self._zero
        if hips is None or hips.roll_deg is None or zero is None or zero[1] != hips.sources:
            return None
        return hips.roll_deg - zero[0]

    def follow(self, hips: Hips | None) -> None:
        """Let the zero follow a step of rest."""
        if hips is None or hips.roll_deg is None:
            return
        if self._zero is None or self._zero[1] != hips.sources:
            self._zero = hips.roll_deg, hips.sources
        else:
            zero_deg = self._zero[0]
            zero_deg += STEP_S / HIP_ZERO_TAU_S * (hips.roll_deg - zero_deg)
            self._zero = zero_deg, hips.sources
