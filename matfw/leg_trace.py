"""The best belief followed back in time, and smoothed: a finished movement as seen from its end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matfw.leg_model import Array
from matfw.leg_noise import LIFTING, TRANSITION, stop_noise

RIDGE = np.diag([1e-9, 1e-9, 1e-9, 1e-6, 1e-6])  # a resting belief's spread is singular


@dataclass(frozen=True, slots=True)
class LegTrace:
    """One row a step, oldest first. before_x, before_p: as foretold, before the step was seen."""

    x: Array  # (n, 5)
    p: Array  # (n, 5, 5)
    before_x: Array
    before_p: Array
    kind: Array  # (n,)
    top_rad: Array  # (n,) highest angle of the movement so far

    def smoothed(self) -> Array:
        """Return the states as seen from the end, (n, 5): a Rauch-Tung-Striebel pass."""
        out = self.x.copy()
        state = self.x[-1]
        lifting = self.kind == LIFTING
        for k in range(len(out) - 2, -1, -1):
            x, p = self.x[k], self.p[k]
            if lifting[k] and not lifting[k + 1]:
                # It stopped here: what stopping says about the moving state comes first.
                gain = p[:, :3] @ np.linalg.inv(p[:3, :3] + stop_noise(self.top_rad[k : k + 1])[0])
                x = x - gain @ x[:3]
                p = p - gain @ p[:3, :]
            gain = np.linalg.solve(self.before_p[k + 1] + RIDGE, TRANSITION @ p).T
            if not lifting[k + 1]:
                gain[:, :3] = 0.0
            state = x + gain @ (state - self.before_x[k + 1])
            if not lifting[k]:
                state[:3] = 0.0
            out[k] = state
        return out
