"""A trunk of lumps on foam that creeps and gives back less than it took.

Six lumps from the head to the lower leg, tied by what bends. The foam beneath each is a spring, a
spring that slips (so its force lags behind, either way), one that relaxes within seconds, and a
damper. All that the mat bears goes through it, so momentum is conserved whatever the foam does.
"""

from __future__ import annotations

import numpy as np

from tests.accuracy.others.plans import Array, Draw, Plan
from tests.accuracy.others.session import STEP_S

# Heights from the hips to the feet, and kg of the whole body's; the upper leg is another's matter.
PLACES = np.array([-0.47, -0.27, -0.13, 0.0, 0.13, 0.38])
SHARES = np.array([0.10, 0.30, 0.14, 0.14, 0.10, 0.06]) / 0.84
CHEST, HIPS, SHANK = 1, 3, 5
SINK_HZ, DAMPING = (3.0, 6.0), (0.15, 0.35)
SLIPS_SHARE, SLIPS_MM = (0.15, 0.35), (0.05, 0.3)  # of the stiffness, and when it does
CREEPS_SHARE, CREEPS_S = (0.1, 0.25), (2.0, 12.0)
BENDS_HZ = 2.0  # of a lump on its neighbours
TILT_M = 0.15  # the trunk's CoM over what it tilts about


def borne(load_n: Array, moment_nm: Array, plan: Plan, rest_kg: float, rng: Draw) -> Array:
    """Return what the mat bears besides what it did at first, (n, 2): N, N m about the hips.

    load_n, moment_nm: what the leg pulls at the hips by, (n,), over what it did at first. rest_kg:
    of the lumps.
    """
    kg, x_m = rest_kg * SHARES, plan.height_m * PLACES
    stiff = kg * (2.0 * np.pi * rng.uniform(*SINK_HZ)) ** 2 * rng.uniform(0.8, 1.25, len(kg))
    damper = 2.0 * rng.uniform(*DAMPING) * np.sqrt(stiff * kg)
    slips, creeps = float(rng.uniform(*SLIPS_SHARE)), float(rng.uniform(*CREEPS_SHARE))
    slip_m, creep_s = 1e-3 * float(rng.uniform(*SLIPS_MM)), float(rng.uniform(*CREEPS_S))
    elastic = stiff * (1.0 - slips - creeps)
    bends = _bending(x_m) * float(kg.mean()) * (2.0 * np.pi * BENDS_HZ) ** 2
    pulls = np.zeros((len(load_n), len(kg)))
    pulls[:, HIPS] = load_n
    couple_n = moment_nm / (x_m[SHANK] - x_m[CHEST])
    pulls[:, SHANK] += couple_n
    pulls[:, CHEST] -= couple_n
    sunk, speed = np.zeros(len(kg)), np.zeros(len(kg))
    slipped, relaxed = np.zeros(len(kg)), np.zeros(len(kg))
    foam_n, tilt = np.empty_like(pulls), np.empty(len(load_n))
    about = x_m - x_m.mean()
    slope = about / float(about @ about)
    for index, pull in enumerate(pulls):
        force = elastic * sunk + stiff * (slips * slipped + creeps * (sunk - relaxed))
        force += damper * speed
        foam_n[index], tilt[index] = force, slope @ sunk
        speed = speed + STEP_S * (pull - force - bends @ sunk) / kg
        moved = STEP_S * speed
        sunk = sunk + moved
        # It slips the more the further it is drawn, the same way as it moves.
        drawn = np.clip(slipped * np.sign(moved) / slip_m, 0.0, 1.0)
        slipped = np.clip(slipped + moved * (1.0 - drawn), -slip_m, slip_m)
        relaxed = relaxed + STEP_S / creep_s * (sunk - relaxed)
    leans_nm = 9.81 * rest_kg * TILT_M * tilt
    return np.stack([foam_n.sum(axis=1), foam_n @ x_m + leans_nm], axis=1)


def _bending(x_m: Array) -> Array:
    """Return the stiffness of what bends between lumps: no net force, no net moment, (k, k)."""
    rows = np.zeros((len(x_m) - 2, len(x_m)))
    for middle in range(1, len(x_m) - 1):
        before, after = x_m[middle] - x_m[middle - 1], x_m[middle + 1] - x_m[middle]
        whole = before + after
        rows[middle - 1, middle - 1 : middle + 2] = after / whole, -1.0, before / whole
    return np.asarray(rows.T @ rows)
