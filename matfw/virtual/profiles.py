"""Speed profiles of a lift or a lowering: how people get from 0 to 1 in a phase.

The firmware's template is a family of smooth single humps. People also hesitate, rush the first
half, hold one speed, or let go; each of these is here so that no judge is tried on its own mirror.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matfw.virtual.deck import Array

GRID = 4097  # points of phase a profile is summed on; linear between, so < 0.3 % of acceleration
LANDING_SHARE = 0.20  # of a falling phase, in which flesh and foam stop the leg


@dataclass(frozen=True, slots=True)
class Profile:
    """A speed over phase. skew > 0: fast late, < 0: fast early.

    kind: `smooth` (tau^a (1-tau)^b; a = b = 2 is minimum jerk), `steady` (trapezoid of speed with
    ramps of `ramp` of the phase), `hesitating` (a dip of depth `dip` at `dip_at`), `falling`
    (speed grows to the end, where the mat stops it).
    """

    kind: str = "smooth"
    sharpness: float = 2.0
    skew: float = 0.0
    ramp: float = 0.25
    dip: float = 0.7
    dip_at: float = 0.5

    def travel(self, phase: Array) -> Array:
        """Return the share of the way done, 0..1, at each phase; phases outside 0..1 are held."""
        tau = np.linspace(0.0, 1.0, GRID)
        speed = self._speed(tau)
        way = np.concatenate([[0.0], np.cumsum(0.5 * (speed[1:] + speed[:-1]))])
        result: Array = np.interp(np.clip(phase, 0.0, 1.0), tau, way / way[-1])
        return result

    def _speed(self, tau: Array) -> Array:
        speed: Array
        match self.kind:
            case "smooth" | "hesitating":
                early = self.sharpness * (1.0 + self.skew)
                late = self.sharpness * (1.0 - self.skew)
                speed = tau**early * (1.0 - tau) ** late
                if self.kind == "hesitating":
                    speed = speed * (1.0 - self.dip * np.exp(-(((tau - self.dip_at) / 0.11) ** 2)))
            case "steady":
                up = np.clip(tau / self.ramp, 0.0, 1.0)
                down = np.clip((1.0 - tau) / self.ramp, 0.0, 1.0)
                tilt = 1.0 + self.skew * (tau - 0.5)
                speed = np.minimum(up, down) ** 2 * (3.0 - 2.0 * np.minimum(up, down)) * tilt
            case "falling":
                # The other leg and the foam take the last of it: nothing stops at once.
                given = np.clip((1.0 - tau) / LANDING_SHARE, 0.0, 1.0)
                speed = tau ** max(self.sharpness * 0.5, 0.5) * given
            case _:
                msg = f"no speed profile is called {self.kind!r}"
                raise ValueError(msg)
        return speed


MIN_JERK = Profile()


def random_profile(rng: np.random.Generator, descent: bool = False) -> Profile:
    """Return one of the ways people move; a third of them are far from minimum jerk."""
    draw = rng.random()
    if draw < 0.20:
        return MIN_JERK
    if draw < 0.60:
        return Profile("smooth", float(rng.uniform(1.2, 3.0)), float(rng.uniform(-0.4, 0.4)))
    if draw < 0.85:
        ramp = float(rng.uniform(0.15, 0.35))
        return Profile("steady", skew=float(rng.uniform(-0.6, 0.6)), ramp=ramp)
    dip = float(rng.uniform(0.3, 0.75 if descent else 0.6))
    return Profile(
        "hesitating",
        float(rng.uniform(1.5, 2.2)),
        float(rng.uniform(-0.2, 0.2)),
        dip=dip,
        dip_at=float(rng.uniform(0.35, 0.65)),
    )
