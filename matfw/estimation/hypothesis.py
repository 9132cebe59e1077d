"""One hypothesis of the filter bank: where the leg is if it was, and what it may become in a step.

A resting body may lift its leg or begin to move about, a slow leg may come to rest, plates may see
it land, and after a hole it may be anywhere. Each costs what it is unlikely: see `filter_bank`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from matfw.estimation.kalman import Spread, State, widened
from matfw.estimation.noise import (
    ACCEL,
    ANGLE,
    LIFT_SD,
    LIFTING,
    RATE,
    RESTING,
    RESTLESS,
    RESTLESS_N,
    RESTLESS_NM,
    STEP_S,
    STOP_BASE_NM,
    Noise,
    stop_noise,
)

STOP_SLOW_RADPS = 0.5  # only a leg this slow may come to rest ...
STOP_AFTER_S = 0.3  # ... and only after this long
STOP_BEHIND = 8.0  # log weight behind the best from which on it is not worth the arithmetic
LANDED_SD_RAD = math.radians(2.5)  # of a leg that plates have seen land, about its rest
LANDED_COST = 20.0  # squared distance at most: what plates see may not have been the leg
REOPENED_SD = (math.radians(20.0), 0.6, 3.0)  # rad, rad/s, rad/s^2: of a leg lost sight of ...
REOPENED_N, REOPENED_NM = 3.0, 4.0  # ... and of a body's rest
REST_SIZE = 3  # numbers of a spread of push and base alone

# What a lift begins with: the leg's own part of a spread, all but that of push and base.
_LIFTS_OFF = (
    LIFT_SD[ANGLE] ** 2, 0.0, 0.0, 0.0, 0.0,
    LIFT_SD[RATE] ** 2, 0.0, 0.0, 0.0,
    LIFT_SD[ACCEL] ** 2, 0.0, 0.0,
)  # fmt: skip
# ... and a body that begins to move about.
_MOVES_ABOUT = RESTLESS_N**2, RESTLESS_NM**2
_OPENS_AGAIN = Noise(
    REOPENED_N**2, REOPENED_NM**2,
    aa=REOPENED_SD[ANGLE] ** 2, rr=REOPENED_SD[RATE] ** 2, cc=REOPENED_SD[ACCEL] ** 2,
)  # fmt: skip


class Hypothesis(Struct, gc=False):
    """One hypothesis; of a leg that rests (RESTING, RESTLESS) the spread is of push and base."""

    kind: int
    x: State
    p: Spread
    weight: float  # log, the best is 0
    age_s: float = 0.0  # since it became of this kind
    top_rad: float = 0.0  # highest angle since then

    def rest(self) -> tuple[State, Spread]:
        """Return state and spread of push and base alone."""
        _, _, _, u, b = self.x
        return (0.0, 0.0, 0.0, u, b), self.p[-REST_SIZE:]


def reopened(one: Hypothesis) -> Hypothesis:
    """Return a lifted leg that may be anywhere."""
    a, _, _, u, b = one.x
    p = widened(_of_leg(one.p), _OPENS_AGAIN)
    return Hypothesis(LIFTING, (a, 0.0, 0.0, u, b), p, 0.0, one.age_s, one.top_rad)


def lifts_off(resting: Hypothesis, per_s: float) -> Hypothesis:
    """Return what becomes of a hypothesis whose leg begins to lift."""
    p = (*_LIFTS_OFF, *resting.p)
    return Hypothesis(LIFTING, resting.x, p, resting.weight + _log_chance(per_s))


def calms(restless: Hypothesis, per_s: float) -> Hypothesis:
    """Return what becomes of a hypothesis whose body lies still again."""
    weight = restless.weight + _log_chance(per_s)
    return Hypothesis(RESTING, restless.x, restless.p, weight)


def moves_about(one: Hypothesis, per_s: float) -> Hypothesis:
    """Return what becomes of a hypothesis whose body begins to move about."""
    x, (uu, ub, bb) = one.rest()
    more_uu, more_bb = _MOVES_ABOUT
    p = uu + more_uu, ub, bb + more_bb
    return Hypothesis(RESTLESS, x, p, one.weight + _log_chance(per_s))


def see_landed(one: Hypothesis) -> None:
    """Let a lifted leg lie about its rest, at a cost."""
    a, r, c, u, b = one.x
    aa, ar, ac, au, ab, rr, rc, ru, rb, cc, cu, cb, uu, ub, bb = one.p
    spread = aa + LANDED_SD_RAD**2
    ga, gr, gc, gu, gb = aa / spread, ar / spread, ac / spread, au / spread, ab / spread
    one.x = a - ga * a, r - gr * a, c - gc * a, u - gu * a, b - gb * a
    one.p = (
        aa - ga * aa, ar - ga * ar, ac - ga * ac, au - ga * au, ab - ga * ab,
        rr - gr * ar, rc - gr * ac, ru - gr * au, rb - gr * ab,
        cc - gc * ac, cu - gc * au, cb - gc * ab,
        uu - gu * au, ub - gu * ab, bb - gb * ab,
    )  # fmt: skip
    widening = math.log(spread / LANDED_SD_RAD**2)
    one.weight -= 0.5 * min(a**2 / spread + widening, LANDED_COST)


def stopped(now: Sequence[Hypothesis], stops_per_s: float) -> Hypothesis | None:
    """Return what the likeliest hypothesis that has just stopped has become."""
    best, best_weight = None, -math.inf
    for one in now:
        if (
            one.kind != LIFTING
            or one.weight <= -STOP_BEHIND
            or one.weight <= best_weight  # coming to rest costs something
            or one.age_s <= STOP_AFTER_S
            or abs(one.x[RATE]) >= STOP_SLOW_RADPS
        ):
            continue
        noise = stop_noise(one.top_rad)
        cofactors, det = _cofactors(one.p, noise)
        distance = _quadratic(cofactors, one.x) / det
        widening = math.log(det / (noise[0] * noise[1] * noise[2]))
        weight = one.weight - 0.5 * (distance + widening)
        if weight > best_weight:
            best, best_weight, best_cofactors, best_det = one, weight, cofactors, det
    if best is None:
        return None
    x, p = _stood_still(best, best_cofactors, best_det)
    return Hypothesis(RESTING, x, p, best_weight + _log_chance(stops_per_s))


def _stood_still(one: Hypothesis, cofactors: _Six, det: float) -> tuple[State, Spread]:
    """Return push and base of a lifted leg, given that angle, rate and acceleration are 0."""
    a, r, c, u, b = one.x
    _, _, _, au, ab, _, _, ru, rb, _, cu, cb, uu, ub, bb = one.p
    c00, c01, c02, c11, c12, c22 = cofactors
    ga = (c00 * au + c01 * ru + c02 * cu) / det, (c00 * ab + c01 * rb + c02 * cb) / det
    gr = (c01 * au + c11 * ru + c12 * cu) / det, (c01 * ab + c11 * rb + c12 * cb) / det
    gc = (c02 * au + c12 * ru + c22 * cu) / det, (c02 * ab + c12 * rb + c22 * cb) / det
    u -= ga[0] * a + gr[0] * r + gc[0] * c
    b -= ga[1] * a + gr[1] * r + gc[1] * c
    uu -= ga[0] * au + gr[0] * ru + gc[0] * cu
    ub -= ga[0] * ab + gr[0] * rb + gc[0] * cb
    bb -= ga[1] * ab + gr[1] * rb + gc[1] * cb
    return (0.0, 0.0, 0.0, u, b), (uu, ub, bb + STOP_BASE_NM**2)


_Six = tuple[float, float, float, float, float, float]


def _cofactors(p: Spread, noise: tuple[float, float, float]) -> tuple[_Six, float]:
    """Return the cofactors (00, 01, 02, 11, 12, 22) and determinant of the leg's own spread."""
    a, b, c, d, e, f = p[0], p[1], p[2], p[5], p[6], p[9]
    a, d, f = a + noise[0], d + noise[1], f + noise[2]
    c00, c01, c02 = d * f - e * e, c * e - b * f, b * e - c * d
    return (c00, c01, c02, a * f - c * c, b * c - a * e, a * d - b * b), a * c00 + b * c01 + c * c02


def _quadratic(cofactors: _Six, state: State) -> float:
    c00, c01, c02, c11, c12, c22 = cofactors
    x, y, z, _, _ = state
    return c00 * x * x + c11 * y * y + c22 * z * z + 2.0 * (c01 * x * y + c02 * x * z + c12 * y * z)


def _log_chance(per_s: float) -> float:
    return math.log(per_s * STEP_S)


def _of_leg(p: Spread) -> Spread:
    """Return a spread as that of a leg that may be lifted; one at rest has none of its own."""
    if len(p) > REST_SIZE:
        return p
    none = 0.0
    return none, none, none, none, none, none, none, none, none, none, none, none, *p
